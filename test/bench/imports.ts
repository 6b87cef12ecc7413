import { randomBytes } from 'node:crypto';
import type { Doors } from '../../src/base/doors.ts';
import { insist } from '../../src/base/refusal.ts';
import { bulkEntry } from '../../src/clearinghouse/findings/actions.ts';
import { openDocument } from '../../src/clearinghouse/findings/formats/document.ts';
import { readDocument } from '../../src/clearinghouse/findings/formats/formats.ts';
import type { Actor } from '../../src/trust/access.ts';
import { act } from '../../src/trust/act.ts';
import { referenceText } from '../reference-data.ts';
import { compare, line } from './measure.ts';

/** OSV records read beside JSON.parse of the same bytes, and taken in as entries of an upload. */
export async function benchImports(doors: Doors, finder: Actor): Promise<void> {
  const texts = ['oss-fuzz', 'rustsec', 'pysec', 'go-vulndb'].map((name) => referenceText(`osv-records/${name}.jsonl`));
  if (texts.includes(undefined)) return;
  const records = texts.flatMap((text) => text!.split('\n').filter(Boolean));
  const bytes = records.map((record) => Buffer.from(record));
  const read = async () => {
    for (const record of bytes) insist(readDocument(insist(openDocument(record)), undefined, { purl: null }));
  };
  const parse = async () => {
    for (const record of bytes) JSON.parse(record.toString());
  };
  const measured = await compare(`${records.length} OSV records recognised and read`, 'JSON.parse of the same', read, parse, 3);
  process.stdout.write(`${line(measured)}\n`);
  process.stdout.write(`reading: ${((records.length / measured.oursMs) * 1000).toFixed(0)} records/s\n`);
  const upload = `bench-${randomBytes(4).toString('hex')}`;
  const some = records.slice(0, 2000);
  const take = (document: string, entry: number) =>
    act(doors, bulkEntry, { who: { actor: finder }, input: { upload, entry, document }, key: `bulk:${upload}:${entry}` });
  const startedAt = performance.now();
  for (const [i, record] of some.entries()) insist(await take(record, i + 1));
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`bulk: ${(some.length / seconds).toFixed(0)} durable entries/s, one upload, one after the other\n`);
  const againAt = performance.now();
  for (const [i, record] of some.entries()) insist(await take(record, i + 1));
  process.stdout.write(`bulk: ${(some.length / ((performance.now() - againAt) / 1000)).toFixed(0)} entries/s sent again\n`);
}
