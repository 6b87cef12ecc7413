import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';
import { referenceText } from '../reference-data.ts';

// Through the verb and into the store: PostgreSQL takes every draft, and nothing that was handed over ends in a fault.
const root = process.env.BREAKWATER_REFERENCE ?? join(import.meta.dirname, '../../../shared/data');
let hub: TestHub;
let finder: Actor;
beforeAll(async () => {
  hub = await openHub();
  finder = await hub.join('Lab', 'finder');
});
afterAll(() => hub.close());

interface Imported {
  items: unknown[];
  skipped: number;
  quarantined?: { because: string };
}
const take = (input: object) =>
  hub.do<Imported>(finder, findings.importDocument, { quarantine: true, purl: 'pkg:generic/acme/thing', ...input });

test('12,184 OSV records', async () => {
  const texts = ['oss-fuzz', 'rustsec', 'pysec', 'go-vulndb'].map((name) => referenceText(`osv-records/${name}.jsonl`));
  if (texts.includes(undefined)) return;
  const records = texts.flatMap((text) => text!.split('\n').filter(Boolean));
  let [received, skipped] = [0, 0];
  for (let i = 0; i < records.length; i += 400) {
    const imported = await take({ document: `[${records.slice(i, i + 400).join(',')}]` });
    expect(imported.quarantined).toBeUndefined();
    received += imported.items.length;
    skipped += imported.skipped;
  }
  expect({ received, skipped }).toEqual({ received: 12_120, skipped: 64 });
});

test.each([
  ['csaf-advisories', 187],
  ['scanner-reports', 88],
  ['sarif-suite/real-tools', 14],
  ['vex-samples', 17],
  ['osv-records/ghsa-samples', 22],
])('%s: received, or kept with a reason', async (folder, read) => {
  if (referenceText(`${folder.split('/')[0]}/PROVENANCE.md`) === undefined) return;
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  const told: Imported[] = [];
  for (const file of files) told.push(await take({ data: readFileSync(join(file.parentPath, file.name)).toString('base64') }));
  const kept = told.filter((t) => t.quarantined);
  process.stdout.write(`${folder}: ${told.length - kept.length} read, ${kept.length} in quarantine\n`);
  expect(told.length - kept.length).toBe(read);
  expect(kept.filter((t) => t.quarantined!.because === '')).toEqual([]);
});
