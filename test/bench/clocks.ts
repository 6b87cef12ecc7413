import { readdirSync, readFileSync } from 'node:fs';
import { flow } from '../../src/app/flow.ts';
import { runDues } from '../../src/app/worker.ts';
import type { Doors } from '../../src/base/doors.ts';
import { day, plusMs } from '../../src/base/instant.ts';
import { strikeClocks } from '../../src/clearinghouse/cases/clocks/actions.ts';
import { clockKinds } from '../../src/clearinghouse/cases/clocks/clock.ts';
import { endEmbargoes } from '../../src/clearinghouse/cases/embargoes/actions.ts';
import { openEmbargo } from '../../src/clearinghouse/cases/embargoes/embargo.ts';
import type { OpenDb } from '../../src/io/db/postgres.ts';

/** A hub at rest looks once a second for what is due. */
const roundsPerSecond = 1;
const [cases, kinds, rounds] = [5_000, clockKinds.slice(0, 6), 400];

/** What it costs to keep the promises of 5,000 open cases, none of which is due: CPU of this process and of all of PostgreSQL's. */
export async function benchClocks(doors: Doors, pool: OpenDb['pool']): Promise<string> {
  const promises = { ...flow, dues: [endEmbargoes, strikeClocks] };
  const round = (dues: typeof flow) => cpuMsOf(pool, rounds, () => runDues(doors, dues));
  await round(promises);
  await round(flow);
  const [none, allNone] = [await round(promises), await round(flow)];
  await openCases(doors, pool);
  await pool.query('ANALYZE cases, case_clocks');
  const [many, allMany] = [await round(promises), await round(flow)];
  const share = (ms: number) => `${ms.toFixed(2)} ms (${((ms * roundsPerSecond) / 10).toFixed(2)} % of a core)`;
  return [
    `${cases} open cases with ${kinds.length} running clocks each, at rest, CPU a second: ${share(many)}; with no case ${share(none)}; ratio ${(many / none).toFixed(2)}`,
    `every due of the hub beside them: ${share(allMany)}; with no case ${share(allNone)}`,
  ].join('\n');
}

async function openCases(doors: Doors, pool: OpenDb['pool']): Promise<void> {
  const now = doors.clock.now();
  const embargo = JSON.stringify(openEmbargo(now, []));
  await pool.query(
    `INSERT INTO cases (id, vulnerabilities, package, title, finding_ids, finder_org_ids, state, vfdpxa, embargo, embargo_ends_at, opened_at, tlp, compartments)
     SELECT 'cas_b' || n, '[]', 'pkg:npm/b' || n, 'x', '{}', '{}', 'open', 'Vfdpxa', $1::jsonb, $2::timestamptz + n * interval '1 minute', $3, 'RED', ARRAY['cas_b' || n]
     FROM generate_series(1, $4::int) AS n`,
    [embargo, plusMs(now, 21 * day), now, cases],
  );
  await pool.query(
    `INSERT INTO case_clocks (id, case_id, kind, about, owed_by, because, started_at, due_at, next_at, tlp, compartments)
     SELECT 'clk_b' || n || '_' || kind, 'cas_b' || n, kind, '', 'coordinator', 'x', $1, $2::timestamptz + n * interval '1 minute', $2::timestamptz + n * interval '1 minute', 'RED', ARRAY['cas_b' || n]
     FROM generate_series(1, $3::int) AS n, unnest($4::text[]) AS kind`,
    [now, plusMs(now, 7 * day), cases, [...kinds]],
  );
}

/** Milliseconds of CPU that one time takes, of `times` in a row. */
async function cpuMsOf(pool: OpenDb['pool'], times: number, run: () => Promise<unknown>): Promise<number> {
  const server = await postmaster(pool);
  const [own, theirs] = [process.cpuUsage(), ticksUnder(server)];
  for (let i = 0; i < times; i++) await run();
  const { user, system } = process.cpuUsage(own);
  // A tick of /proc is 10 ms on every Linux that runs this.
  return ((user + system) / 1000 + (ticksUnder(server) - theirs) * 10) / times;
}

async function postmaster(pool: OpenDb['pool']): Promise<number> {
  const { rows } = await pool.query('SELECT pg_backend_pid() AS pid');
  return statOf(Number(rows[0].pid))?.parent ?? 0;
}

function ticksUnder(parent: number): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.reduce((sum, pid) => {
    const stat = statOf(Number(pid));
    return stat && stat.parent === parent ? sum + stat.ticks : sum;
  }, 0);
}

/** proc(5): after the name in brackets come the state and the parent; user and system time are the 12th and 13th of these. */
function statOf(pid: number): { parent: number; ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined; // gone in the meantime
  }
}
