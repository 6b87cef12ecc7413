import type { Tx } from '../../../base/doors.ts';
import type { Instant } from '../../../base/instant.ts';
import { label } from '../../../base/label.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { action, done } from '../../../trust/action.ts';
import { isObject } from '../../advisories/csaf/json.ts';
import { laterStamp } from '../../advisories/formats/osv/stamp.ts';
import type { Document } from '../release.ts';
import { osvDocuments } from '../store.ts';
import { type OsvKept, takeOsv } from './record.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

type Found = OsvKept & { readonly keys: readonly string[] };

export const mirrorOsv = action({
  name: 'releases.mirrorOsv',
  at: 'POST /api/releases/osv',
  summary:
    'Keep OSV records that another database has published, to be handed out under its name; what is older than what is here is left out.',
  by: ['coordinator'],
  input: wire.mirrorInput,
  output: wire.mirrorOut,
  async run(ctx, { source, records }) {
    const taken = records.map((record) => takeOsv(record, source));
    const { seq } = await store.lockOsv(ctx.tx);
    const ids = taken.flatMap((one) => (isRefusal(one) ? [] : [one.id]));
    const here = new Map((await store.osvHeads(ctx.tx, ids)).map((head) => [head.id, head]));
    const [changed, counts] = [new Map<string, Found>(), { same: 0, older: 0 }];
    const refused: object[] = [];
    const no = (index: number, { code, because, at }: Refusal) =>
      refused.push({ index, id: idOf(records[index]), code, because, ...(at === undefined ? {} : { at }) });
    for (const [index, one] of taken.entries()) {
      if (isRefusal(one)) {
        no(index, one);
        continue;
      }
      const before = changed.get(one.id) ?? here.get(one.id);
      if (before?.source === null) no(index, refuse('conflict', 'this id is one of our own records', '/id'));
      else if (!before || laterStamp(one.modified, before.modified)) changed.set(one.id, one);
      else if (laterStamp(before.modified, one.modified)) counts.older++;
      else counts.same++;
    }
    await store.saveOsv(ctx.tx, [...changed.values()], seq, ctx.now);
    const result = { kept: changed.size, ...counts, refused };
    const payload = { source, ids: [...changed.keys()], same: counts.same, older: counts.older, refused: refused.length };
    // What is mirrored is public; who of the staff did it is the staff's.
    const event = { event: 'osv.mirrored' as const, thing: 'osv', label: label('AMBER', 'hou_clearinghouse'), payload };
    return changed.size === 0 ? done(result) : done(result, event);
  },
});

function idOf(record: unknown): string | null {
  return isObject(record) && typeof record.id === 'string' ? record.id.slice(0, 64) : null;
}

/** A release's own record, in the transaction that publishes it: a later version takes the place of the earlier one, and nobody else's stays in it. */
export async function keepOwnOsv(tx: Tx, documents: readonly Pick<Document, 'format' | 'text'>[], at: Instant): Promise<void> {
  const found = documents.filter((d) => d.format === 'osv').flatMap(({ text }) => ownRecord(text));
  const { seq } = await store.lockOsv(tx);
  await store.saveOsv(tx, found, seq, at);
}

/** What was released before this hub kept records to be asked for; once. */
export async function fillOsv(tx: Tx, at: Instant): Promise<void> {
  const { seq, filled } = await store.lockOsv(tx);
  if (filled) return;
  // In the order of the feed: of several versions the last one stays.
  const newest = new Map((await osvDocuments(tx)).flatMap(ownRecord).map((record) => [record.id, record]));
  await store.saveOsv(tx, [...newest.values()], seq, at);
  await store.osvFilled(tx);
}

/** As it was published, byte for byte. */
function ownRecord(text: string): Found[] {
  const taken = takeOsv(JSON.parse(text), null);
  return isRefusal(taken) ? [] : [{ ...taken, text }];
}
