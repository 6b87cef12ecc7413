import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { buildDoors } from '../../src/app/build.ts';
import { readConfig } from '../../src/app/config.ts';
import type { Doors } from '../../src/base/doors.ts';
import { makeId } from '../../src/base/id.ts';
import { insist } from '../../src/base/refusal.ts';
import * as claims from '../../src/clearinghouse/claims/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { act } from '../../src/trust/act.ts';
import { chainVerifier } from '../../src/trust/log/entry.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { insertOrg } from '../../src/trust/orgs/store.ts';
import { benchCasePage } from './case-page.ts';
import { benchClocks } from './clocks.ts';
import { benchCsaf } from './csaf.ts';
import { benchDuplicates } from './duplicates.ts';
import { benchHorizons } from './horizons.ts';
import { benchImports } from './imports.ts';
import { benchInspectLog } from './inspect-log.ts';
import { compare, line, median } from './measure.ts';
import { benchOsvQuery } from './osv-query.ts';
import { benchPatch } from './patch.ts';
import { benchRuns } from './runs.ts';
import { benchTap } from './tap.ts';
import { benchTree } from './tree.ts';
import { benchVerdict } from './verdict.ts';

// Prints ratios against a peer or a baseline of the same run. Nothing here is asserted: these machines are noisy.
const mib = 1024 * 1024;
const boxLimits = {
  wallMs: 10_000,
  cpuSec: 10,
  memoryBytes: 512 * mib,
  pids: 64,
  cpus: 1,
  fileBytes: mib,
  openFiles: 64,
  tmpBytes: mib,
  outputBytes: mib,
};
const dir = mkdtempSync(join(tmpdir(), 'bw-bench-'));
const { doors, db } = await buildDoors(readConfig({ ...process.env, BREAKWATER_DATA: dir }));
process.stdout.write(`${process.version}, ${process.arch}, ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]} load\n`);
const finder = await joinAsFinder(doors);
await db.pool.query('CREATE TABLE bench_rows (id text PRIMARY KEY, body jsonb NOT NULL)');

const report = { purl: 'pkg:npm/minimist@1.2.5', title: 'A bug', text: 'x'.repeat(700), versions: ['1.2.5'] };
const submit = () => act(doors, findings.submit, { who: { actor: finder }, input: report }).then(insist);
const insertRow = () =>
  db.transaction(
    [],
    async (tx) =>
      void (await sql`INSERT INTO bench_rows VALUES (${randomBytes(8).toString('hex')}, ${JSON.stringify(report)})`.execute(tx)),
  );
const declare = () =>
  act(doors, claims.declare, {
    who: { actor: finder },
    input: {
      purl: `pkg:npm/p${randomBytes(6).toString('hex')}`,
      technique: 'fuzzing',
      contact: 'a',
      startsAt: doors.clock.now(),
      endsAt: '2030-01-01T00:00:00Z',
    },
  });

process.stdout.write(
  `${line(await compare('200 findings received, one after the other', '200 committed single-row inserts', times(200, submit), times(200, insertRow)))}\n`,
);
process.stdout.write(
  `${line(await compare('200 findings received, 16 at once', '200 committed inserts, 16 at once', atOnce(200, 16, submit), atOnce(200, 16, insertRow)))}\n`,
);
const latencies: number[] = [];
const startedAt = performance.now();
await atOnce(1000, 16, async () => {
  const at = performance.now();
  await submit();
  latencies.push(performance.now() - at);
})();
const seconds = (performance.now() - startedAt) / 1000;
latencies.sort((a, b) => a - b);
process.stdout.write(
  `intake: ${(1000 / seconds).toFixed(0)} durable findings/s at 16 at once; p50 ${median(latencies).toFixed(1)} ms, p99 ${latencies[989]!.toFixed(1)} ms\n`,
);
process.stdout.write(`${await benchTap('committed single-row inserts, 16 at once', insertRow)}\n`);
await benchImports(doors, finder);
process.stdout.write(`${await benchClocks(doors, db.pool)}\n`);
process.stdout.write(`${await benchCsaf()}\n`);
await benchCasePage(doors, (text) => process.stdout.write(text));
await benchTree(doors, [100, 1_000], (text) => process.stdout.write(text));
process.stdout.write(`${benchHorizons()}\n`);
process.stdout.write(`${benchInspectLog()}\n`);
process.stdout.write(`${await benchOsvQuery(doors)}\n`);
await declare();
process.stdout.write(`${line(await compare('log of all that verified from genesis', 'the same rows read only', verifyLog, readLog))}\n`);
await benchBox(doors);
process.stdout.write(`${await benchVerdict(doors, dir)}\n`);
process.stdout.write(`${await benchPatch(doors)}\n`);
process.stdout.write(`${await benchRuns(doors)}\n`);
benchDuplicates((text) => process.stdout.write(text));
await doors.db.close();
rmSync(dir, { recursive: true, force: true });

function times(n: number, run: () => Promise<unknown>): () => Promise<void> {
  return async () => {
    for (let i = 0; i < n; i++) await run();
  };
}

function atOnce(n: number, width: number, run: () => Promise<unknown>): () => Promise<void> {
  return async () => {
    let left = n;
    const lane = async () => {
      while (left-- > 0) await run();
    };
    await Promise.all(Array.from({ length: width }, lane));
  };
}

async function* pages() {
  for (let after = 0; ; ) {
    const page = await doors.db.transaction(house.reads, (tx) => entriesAfter(tx, after, 1000));
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)!.seq;
  }
}

async function verifyLog(): Promise<void> {
  const verifier = chainVerifier();
  for await (const page of pages()) for (const entry of page) insist(verifier.add(entry) ?? true);
}

async function readLog(): Promise<void> {
  for await (const _ of pages());
}

async function benchBox({ box }: Doors): Promise<void> {
  const probe = await box.probe();
  if (!probe.usable) return void process.stdout.write(`box: could-not-tell: ${probe.missing.join('; ')}\n`);
  const spec = { argv: ['/usr/bin/true'], cwd: '/tmp', env: {}, trees: [], files: [], profile: 'poc' as const, limits: boxLimits };
  const bare = () => new Promise((resolve) => spawn('/usr/bin/true').on('close', resolve));
  process.stdout.write(
    `${line(
      await compare(
        '20 runs of true in a box',
        '20 bare runs of true',
        times(20, () => box.run(spec)),
        times(20, bare),
      ),
    )}\n`,
  );
}

async function joinAsFinder(to: Doors): Promise<Actor> {
  const orgId = makeId('org', 0, randomBytes(10));
  await to.db.transaction([], (tx) => insertOrg(tx, { id: orgId, name: 'Bench Lab', roles: ['finder'], createdAt: to.clock.now() }));
  return {
    kind: 'person',
    id: makeId('psn', 0, randomBytes(10)),
    orgId,
    name: 'bench',
    roles: ['finder'],
    scopes: ['*'],
    reads: [orgId],
    tiers: { [orgId]: 0 },
  };
}
