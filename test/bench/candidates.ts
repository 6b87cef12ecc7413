import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { buildDoors } from '../../src/app/build.ts';
import { readConfig } from '../../src/app/config.ts';
import { flow } from '../../src/app/flow.ts';
import { makeId } from '../../src/base/id.ts';
import { epochMs } from '../../src/base/instant.ts';
import { insist } from '../../src/base/refusal.ts';
import { compare } from '../../src/clearinghouse/duplicates/actions.ts';
import { keptOf, traitsShape } from '../../src/clearinghouse/duplicates/candidates/kept.ts';
import { digestsOf } from '../../src/clearinghouse/duplicates/candidates/store.ts';
import { traitsOfFinding } from '../../src/clearinghouse/duplicates/traits.ts';
import type { Finding } from '../../src/clearinghouse/findings/finding.ts';
import { insertFindings } from '../../src/clearinghouse/findings/store.ts';
import { house } from '../../src/trust/access.ts';
import { act } from '../../src/trust/act.ts';
import { laneOf } from '../../src/trust/flow.ts';
import { insertOrg } from '../../src/trust/orgs/store.ts';
import { floodOf } from './flood.ts';

// `node test/bench/candidates.ts [flood] [held …]`: a flood of findings from nothing; how long one new finding takes where so many are held.
const [, , ...given] = process.argv;
const held = given.filter((arg) => /^\d+$/.test(arg)).map(Number);
const newOnes = 300;
const lanes = Math.max(...flow.hops.filter((hop) => hop.verb.name === compare.name).map((hop) => hop.lanes));
const dir = mkdtempSync(join(tmpdir(), 'bw-bench-'));
const { doors, db } = await buildDoors(readConfig({ ...process.env, BREAKWATER_DATA: dir }));
const print = (text: string) => process.stdout.write(`${text}\n`);
print(`${process.version}, ${process.arch}, ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]} load`);
const orgIds: Finding['orgId'][] = [];
for (let i = 0; i < 20; i++) {
  const id = makeId('org', 0, randomBytes(10));
  orgIds.push(id);
  await db.transaction([], (tx) => insertOrg(tx, { id, name: `Lab ${i}`, roles: ['finder'], createdAt: doors.clock.now() }));
}
await db.pool.query('CREATE TABLE bench_rows (body text NOT NULL)');
const flood = floodOf(7, orgIds);
const tables =
  'finding_outcomes, comparisons, regroupings, vulnerability_members, vulnerabilities, finding_keys, finding_traits, finding_places';

if (given.length === 0 || given.includes('flood')) await benchFlood();
let filled = 0;
await empty();
for (const count of given.length === 0 ? [10_000, 100_000, 1_000_000] : held) await withHeld(count);
await db.close();
rmSync(dir, { recursive: true, force: true });

async function benchFlood(): Promise<void> {
  const first = await fromNothing(1000);
  const ten = await fromNothing(10_000);
  const [time, memory] = [ten.seconds / first.seconds, ten.peakMib / first.peakMib];
  print(`ten times the findings: ${time.toFixed(1)} times the time, ${memory.toFixed(2)} times the memory`);
}

/** So many findings through the hub's own verb, in as many lanes as the hub follows it in, each one after the other. */
async function fromNothing(count: number): Promise<{ seconds: number; peakMib: number }> {
  await empty();
  const found = Array.from({ length: count }, (_, i) => flood(i));
  await db.transaction(house.reads, (tx) => insertFindings(tx, found));
  let peak = 0;
  const before = await cpuMs();
  const startedAt = performance.now();
  const each = () => (peak = Math.max(peak, process.memoryUsage().rss));
  const own = Array.from({ length: lanes }, (_, no) => found.filter(({ id }) => laneOf(id, lanes) === no));
  const took = (await Promise.all(own.map((lane) => timesOf(lane, each)))).flat();
  const seconds = (performance.now() - startedAt) / 1000;
  const used = sinceOf(before, await cpuMs(), count);
  const { rows } = await asHouse('SELECT count(*) AS n, (SELECT count(*) FROM vulnerability_members) AS m FROM vulnerabilities');
  const peakMib = peak / 2 ** 20;
  print(
    `${count} findings from nothing: ${seconds.toFixed(1)} s, ${shares(took)}; ${used}; ${rows[0].m} counted in ${rows[0].n} vulnerabilities; ${peakMib.toFixed(0)} MiB`,
  );
  return { seconds, peakMib };
}

async function withHeld(count: number): Promise<void> {
  const startedAt = performance.now();
  await db.pool.query('ALTER TABLE finding_keys DROP CONSTRAINT finding_keys_pkey');
  await fill(filled, count);
  await db.pool.query('ALTER TABLE finding_keys ADD PRIMARY KEY (key, finding_no)');
  filled = count;
  await db.pool.query('VACUUM ANALYZE finding_traits, finding_keys, findings, vulnerability_members, vulnerabilities');
  const fillSeconds = (performance.now() - startedAt) / 1000;
  const fresh = Array.from({ length: newOnes }, (_, i) => flood(count + i));
  filled += newOnes;
  await db.transaction(house.reads, (tx) => insertFindings(tx, fresh));
  const before = await cpuMs();
  const { took, peer } = await besideInserts(fresh);
  const used = sinceOf(before, await cpuMs(), newOnes);
  const { rows } = await asHouse(`SELECT count(*) AS n, pg_size_pretty(sum(pg_total_relation_size(c)))
    FROM unnest('{finding_traits,finding_keys}'::regclass[]) AS c`);
  const rss = process.memoryUsage().rss / 2 ** 20;
  print(
    `${count} held: ${shares(took)}; ${used}; one committed insert ${shares(peer)}; hub ${rss.toFixed(0)} MiB, traits and keys ${rows[0].pg_size_pretty}; filled in ${fillSeconds.toFixed(0)} s`,
  );
}

/** Turn by turn with the least that PostgreSQL can durably do, because how busy the machine is weighs on both. */
async function besideInserts(found: readonly Finding[]): Promise<{ took: number[]; peer: number[] }> {
  const [took, peer]: [number[], number[]] = [[], []];
  for (const finding of found) {
    const at = performance.now();
    await db.transaction([], async (tx) => void (await sql`INSERT INTO bench_rows VALUES (${finding.text})`.execute(tx)));
    peer.push(performance.now() - at);
    took.push(...(await timesOf([finding])));
  }
  return { took, peer };
}

/** CPU milliseconds that this process and PostgreSQL's have used: a busy machine makes them wait, not work. */
async function cpuMs(): Promise<{ hub: number; database: number }> {
  const { user, system } = process.cpuUsage();
  const { rows } = await asHouse('SELECT pid FROM pg_stat_activity WHERE datname = current_database()');
  // Fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms; the name before them may hold blanks.
  const ticks = rows.map(({ pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return { hub: (user + system) / 1000, database: ticks.reduce((a, b) => a + b, 0) * 10 };
}

async function timesOf(found: readonly Finding[], each = () => 0): Promise<number[]> {
  const took: number[] = [];
  for (const { id } of found) {
    const at = performance.now();
    insist(await act(doors, compare, { who: { actor: house }, input: { id } }));
    took.push(performance.now() - at);
    each();
  }
  return took;
}

function sinceOf(before: { hub: number; database: number }, after: { hub: number; database: number }, count: number): string {
  const each = (name: 'hub' | 'database') => ((after[name] - before[name]) / count).toFixed(1);
  return `CPU each ${each('hub')} ms hub, ${each('database')} ms database`;
}

function shares(took: readonly number[]): string {
  const sorted = [...took].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
}

/** Held findings as the verb leaves them, written straight into the tables: a million acts would take hours. */
async function fill(from: number, to: number): Promise<void> {
  const homes = new Map<string, string>();
  for (let start = from; start < to; start += 5000) {
    const found = Array.from({ length: Math.min(5000, to - start) }, (_, i) => flood(start + i));
    const traits = found.map((f) => traitsOfFinding(f, { logs: [], patches: [] }, epochMs(f.receivedAt)));
    const keys = traits.map(digestsOf);
    const column = <T>(of: (f: Finding) => T) => found.map(of);
    await asHouse(
      `INSERT INTO findings (id, org_id, reporter_id, receipt, format, title, text, purl, package, versions, attachments, reference_urls,
         upstream_ids, rung, state, commitment, commitment_salt, tlp, compartments, received_at, state_at)
       SELECT id, org, 'psn_bench', id, 'plain', 'held', text, 'pkg:npm/held', package, '{}', '[]', '[]', '{}', 'claimed', state, '', '', 'RED',
         ARRAY[org], at, at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS f (id, org, text, package, state, at)`,
      [
        column((f) => f.id),
        column((f) => f.orgId),
        column((f) => f.text),
        column((f) => f.package),
        column((f) => f.state),
        column((f) => f.receivedAt),
      ],
    );
    const nos = await asHouse(
      `INSERT INTO finding_traits (finding_id, state, traits, shape, keys, tlp, compartments, compared_at)
       SELECT id, state, traits, ${traitsShape}, keys::bigint[], 'RED', ARRAY['hou_clearinghouse', org], at
       FROM unnest($1::text[], $2::text[], $3::json[], $4::text[], $5::text[], $6::timestamptz[]) AS t (id, state, traits, keys, org, at)
       RETURNING no`,
      [
        column((f) => f.id),
        column((f) => f.state),
        traits.map((t) => JSON.stringify(keptOf(t))),
        keys.map((k) => `{${k.join()}}`),
        column((f) => f.orgId),
        column((f) => f.receivedAt),
      ],
    );
    const [flat, of] = [keys.flat(), keys.flatMap((k, i) => k.map(() => nos.rows[i].no))];
    await asHouse(`INSERT INTO finding_keys SELECT key, no FROM unnest($1::bigint[], $2::bigint[]) AS k (key, no)`, [flat, of]);
    await settleHeld(found, homes);
  }
}

async function settleHeld(found: readonly Finding[], homes: Map<string, string>): Promise<void> {
  const valid = found.filter((f) => f.state === 'valid');
  const opened = valid.filter((f) => !homes.has(f.recipeId!) && homes.set(f.recipeId!, f.id.replace('fnd', 'vul')));
  await asHouse(
    `INSERT INTO vulnerabilities (id, name, package, state, tlp, compartments, opened_at)
     SELECT id, id, package, 'open', 'RED', '{hou_clearinghouse}', at FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS v (id, package, at)`,
    [opened.map((f) => homes.get(f.recipeId!)), opened.map((f) => f.package), opened.map((f) => f.receivedAt)],
  );
  await asHouse(
    `INSERT INTO vulnerability_members (vulnerability_id, finding_id, org_id, reporter_id, received_at, joined_at, because, tlp, compartments)
     SELECT v, f, org, 'psn_bench', at, at, 'held', 'RED', '{hou_clearinghouse}'
     FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS m (v, f, org, at)`,
    [valid.map((f) => homes.get(f.recipeId!)), valid.map((f) => f.id), valid.map((f) => f.orgId), valid.map((f) => f.receivedAt)],
  );
}

async function empty(): Promise<void> {
  await db.pool.query(`TRUNCATE ${tables}, findings CASCADE`);
}

async function asHouse(text: string, values: unknown[] = []) {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('app.reads', $1, true)`, [house.reads.join(',')]);
    const result = await client.query(text, values);
    await client.query('COMMIT');
    return result;
  } finally {
    client.release();
  }
}
