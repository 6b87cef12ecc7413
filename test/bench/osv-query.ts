import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildHttp } from '../../src/app/http.ts';
import { osvRoutes } from '../../src/app/osv.ts';
import type { Doors } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import { insist } from '../../src/base/refusal.ts';
import { mirrorOsv } from '../../src/clearinghouse/releases/osv/actions.ts';
import { house } from '../../src/trust/access.ts';
import { act } from '../../src/trust/act.ts';
import { osvRecords } from '../equipment/osv-records.ts';

interface Figures {
  readonly rate: number;
  readonly failed: number;
  readonly meanBytes: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The OSV door over real HTTP with all records that were handed over, beside the hub's smallest route under the same load in the same run. */
export async function benchOsvQuery(doors: Doors, seconds = 5, rate = 1000): Promise<string> {
  const records = osvRecords();
  if (records.length === 0) return 'OSV queries: no records beside this checkout';
  for (let i = 0; i < records.length; i += limits.osvRecordsAtOnce)
    insist(
      await act(doors, mirrorOsv, {
        who: { actor: house },
        input: { source: 'bench', records: records.slice(i, i + limits.osvRecordsAtOnce) },
      }),
    );
  const dir = mkdtempSync(join(tmpdir(), 'bw-osv-bench-'));
  const log = (problem: string, error: unknown) => void process.stderr.write(`${problem} ${String(error)}\n`);
  const app = await buildHttp(doors, {
    actions: [],
    version: '0',
    deskDir: join(dir, 'none'),
    publicDir: dir,
    log,
    proxies: ['127.0.0.1'],
  });
  await osvRoutes(app, doors, log);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const under = (requests: readonly object[], forSeconds = seconds) =>
    load(join(dir, 'load.json'), { url, rate, seconds: forSeconds, requests });
  const queries = queriesFrom(records).map((query) => ({ path: '/v1/query', body: JSON.stringify(query) }));
  try {
    const lines: string[] = [];
    // The first are asked of an empty shelf.
    const cold = await under(queries, 2);
    lines.push(told(`OSV: ${rate} queries/s, ${records.length} records, cold`, cold));
    for (let round = 0; round < 2; round++) {
      const [baseline, asked] = [await under([{ path: '/health' }]), await under(queries)];
      lines.push(told('the smallest route', baseline), told('OSV queries', asked), `  p95 ratio ${(asked.p95 / baseline.p95).toFixed(2)}`);
    }
    return lines.join('\n');
  } finally {
    await app.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** One question of each package that a record tells of: with one of its versions, by purl, or by a commit; one in four is of a package that nobody tells of. */
function queriesFrom(records: readonly Record<string, unknown>[]): object[] {
  interface Affected {
    readonly package: { readonly ecosystem: string; readonly name: string; readonly purl?: string };
    readonly versions?: readonly string[];
    readonly ranges?: readonly { readonly type: string; readonly events: readonly Readonly<Record<string, string>>[] }[];
  }
  // A package of which four hundred records tell is asked for as often as any other, and not four hundred times in a row.
  const known = new Set<string>();
  const asked = records.flatMap((record, i): object[] => {
    const [first] = record.affected as Affected[];
    const name = JSON.stringify([first?.package.ecosystem, first?.package.name]);
    if (!first || known.has(name)) return [];
    known.add(name);
    const { package: named, versions = [], ranges = [] } = first;
    const events = ranges.flatMap((range) => range.events);
    const version = versions[i % (versions.length || 1)] ?? events.find((e) => e.fixed !== undefined)?.fixed ?? '1.0.0';
    if (i % 8 === 0) return [{ package: { ecosystem: named.ecosystem, name: `${named.name}-not` }, version }];
    if (i % 8 === 2 && named.purl !== undefined) return [{ package: { purl: named.purl }, version }];
    const commit = events.find((e) => (e.introduced?.length ?? 0) === 40)?.introduced;
    if (i % 8 === 4 && commit !== undefined) return [{ commit }];
    return [{ package: { ecosystem: named.ecosystem, name: named.name }, version }];
  });
  const stride = 7919;
  return asked.map((_, i) => asked[(i * stride) % asked.length]!);
}

function load(file: string, what: object): Promise<Figures> {
  writeFileSync(file, JSON.stringify(what));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('exit', (code) =>
      code === 0 ? resolve(JSON.parse(said) as Figures) : reject(new Error(`the load generator ended with ${code}`)),
    );
  });
}

function told(name: string, { rate, failed, meanBytes, p50, p95, p99 }: Figures): string {
  const ms = (n: number) => `${n.toFixed(1)} ms`;
  return `${name.padEnd(44)} ${rate.toFixed(0)}/s, p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, ${meanBytes.toFixed(0)} bytes each${failed ? `, ${failed} FAILED` : ''}`;
}

if (process.argv[1] === import.meta.filename) {
  const { buildDoors } = await import('../../src/app/build.ts');
  const { readConfig } = await import('../../src/app/config.ts');
  const dir = mkdtempSync(join(tmpdir(), 'bw-bench-'));
  const { doors } = await buildDoors(readConfig({ ...process.env, BREAKWATER_DATA: dir }));
  process.stdout.write(`${await benchOsvQuery(doors, Number(process.argv[2] ?? 20))}\n`);
  await doors.db.close();
  rmSync(dir, { recursive: true, force: true });
}
