import type { Instant } from '../../src/base/instant.ts';
import { openEmbedded } from '../../src/io/db/open.ts';
import { appendEntries, headOf } from '../../src/trust/log/store.ts';

// Appends to the log until it is killed, and says each entry's number only after its commit came back.
const db = await openEmbedded(process.argv[2]!);
const at = '2026-11-21T09:00:00.000Z' as Instant;
for (;;) {
  const seq = await db.transaction(['org_*'], async (tx) => {
    const events = [{ event: 'test.happened' as const, thing: 'x', label: { tlp: 'RED' as const, compartments: ['org_x'] } }];
    await appendEntries(tx, { actor: 'test', at, salt: () => 'salt', events });
    return (await headOf(tx)).size;
  });
  process.stdout.write(`${seq}\n`);
}
