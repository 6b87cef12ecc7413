import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildLab } from '../src/app/build.ts';
import { readConfig } from '../src/app/config.ts';
import { insist } from '../src/base/refusal.ts';
import { assemble, type Cast } from './cast.ts';
import { type DrivenClock, drivenClock } from './clock.ts';
import { type Agreed, coordinate } from './coordination.ts';
import { claim, report } from './findings.ts';
import { httpServerProject } from './npm-project.ts';
import { type HubProcess, runHub } from './process.ts';
import { fixExposure, keepInventory, publish } from './publication.ts';
import { review, startModel } from './review.ts';
import { type Screen, terminal } from './screen.ts';

/** Who may look around afterwards, and as what. */
const visitors = [
  ['ada', 'coordinator'],
  ['cjson', 'maintainer'],
  ['hospital', 'operator'],
  ['north', 'finder'],
  ['lab', 'developer'],
  ['institute', 'evaluator'],
] as const;

// The main job on real input, from outside: a hub as a process of its own, people who speak to it over HTTP, a clock that is driven.
const keep = process.argv.includes('--keep');
const dir = mkdtempSync(join(tmpdir(), 'breakwater-demo-'));
const screen = terminal();
const clock = drivenClock(join(dir, 'clock'));
const probe = await buildLab(readConfig({ ...process.env, BREAKWATER_DATA: join(dir, 'data') })).box.probe();
if (!probe.usable) {
  process.stderr.write(
    `The box cannot hold what it must hold on this machine, so nothing can be replayed:\n  ${probe.missing.join('\n  ')}\n`,
  );
  rmSync(dir, { recursive: true, force: true });
  process.exit(69);
}
const model = await startModel();
const env = { BREAKWATER_DATA: join(dir, 'data'), BREAKWATER_CLOCK_FILE: clock.file, BREAKWATER_MODEL_ORIGINS: model.origin };

screen.title('Breakwater: one real finding and one model travel the whole way');
const hub = await runHub(env, screen);
screen.step(
  'hub',
  `is at ${hub.url} (process ${hub.pid()}; ${process.env.DATABASE_URL ? 'a PostgreSQL of your own' : 'embedded PostgreSQL'})`,
);
let failure: unknown;
try {
  const cast = await assemble(hub, screen);
  await run(hub, cast, clock, screen);
  if (keep) await stay(hub, cast, screen);
} catch (error) {
  failure = error;
  process.stderr.write(`\nThe demo failed: ${(error as Error).message}\n`);
}
await hub.stop();
await model.close();
rmSync(dir, { recursive: true, force: true });
process.exit(failure === undefined ? 0 : 1);

async function run(hub: HubProcess, cast: Cast, clock: DrivenClock, screen: Screen): Promise<void> {
  const project = await httpServerProject(join(dir, 'project'));
  screen.title('A finding');
  await keepInventory(cast, project, screen);
  await claim(cast, clock, screen);
  const told = await report(hub.url, cast, screen);
  const agreed = await coordinateBoth(cast, clock, screen);
  const feed = await publish(cast, agreed, clock, join(env.BREAKWATER_DATA, 'public'), screen);
  await asStrangersDo(hub, feed, screen);
  await fixExposure(cast, project, screen);
  screen.title('A model');
  const reviewed = await review(cast, clock, model.url, screen);
  screen.title('Summary');
  const line = await verifyLog(hub, cast);
  const replayed = [told.north, told.south, told.reef].filter((f) => f.verdict === 'reproduced').length;
  screen.detail(`4 reports received; ${replayed} replayed in the box, 1 refused (${told.mirage.verdict}: ${told.mirage.stateBecause})`);
  screen.detail(`2 vulnerabilities; the C one credits ${agreed[0]!.finders} co-finders; ${feed.size} advisories published at their hour`);
  screen.detail(`1 operator exposed, then fixed; model review of ${reviewed.runs} runs: ${reviewed.verdict}`);
  screen.detail(`took ${screen.elapsed().toFixed(0)} s; the hub was started again ${hub.restarts()} times`);
  screen.detail(line);
  if (replayed !== 3 || told.mirage.verdict === 'reproduced' || agreed[0]!.finders !== 2 || reviewed.verdict !== 'inconclusive')
    throw new Error('the summary is not what it must be');
}

async function coordinateBoth(cast: Cast, clock: DrivenClock, screen: Screen): Promise<Agreed[]> {
  const cjson = await coordinate(
    {
      package: 'pkg:deb/debian/cjson',
      maintainer: cast.cjson,
      embargoDays: 8,
      cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
      title: 'cJSON reads past the end of an object that stops after a comma',
      summary: 'A document whose object ends directly after a comma makes the parser read one byte beyond the buffer it was given.',
      affected: [{ introduced: null, fixed: '1.7.15-1+deb12u4' }],
      cve: 'CVE-2023-53154',
      cwe: 'CWE-125',
      patch: await maintainersPatch(),
    },
    cast,
    clock,
    screen,
  );
  const minimist = await coordinate(
    {
      package: 'pkg:npm/minimist',
      maintainer: cast.minimist,
      embargoDays: 8,
      cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      title: 'minimist writes to Function.prototype through constructor.constructor',
      summary: 'Dotted options can walk through constructor.constructor and change the prototype that all functions share.',
      affected: [{ introduced: null, fixed: '1.2.6' }],
      cve: 'CVE-2021-44906',
      cwe: 'CWE-1321',
      patch: null,
    },
    cast,
    clock,
    screen,
  );
  return [cjson, minimist];
}

/** What the maintainer really shipped: the patch as it stands in Debian's source package. */
async function maintainersPatch(): Promise<Uint8Array> {
  const { sources } = buildLab(readConfig({ ...process.env, ...env }));
  const patch = '0002-Fix-heap-buffer-overflow.patch';
  const { tree } = insist(await sources.fetch({ kind: 'debian', package: 'cjson', version: '1.7.15-1+deb12u4', patch, including: false }));
  return insist(await sources.read(tree, `debian/patches/${patch}`));
}

/** The command a stranger would use, on the hub of the demo. */
async function verifyLog(hub: HubProcess, cast: Cast): Promise<string> {
  const main = join(import.meta.dirname, '../src/app/main.ts');
  const asked = { ...process.env, BREAKWATER_TOKEN: cast.ada.token };
  const { stdout } = await promisify(execFile)(process.execPath, [main, '--url', hub.url, 'log', 'verify'], { env: asked });
  return stdout.trim();
}

/** What everybody can do with what was published: check all of it with the log's key alone, and ask as scanners ask OSV. */
async function asStrangersDo(hub: HubProcess, feed: { readonly key: string; readonly size: number }, screen: Screen): Promise<void> {
  const main = join(import.meta.dirname, '../src/app/main.ts');
  const verify = () =>
    promisify(execFile)(process.execPath, [main, 'releases', 'verify', `${hub.url}/public/`, '--key', feed.key], {
      env: { ...process.env, BREAKWATER_CLOCK_FILE: env.BREAKWATER_CLOCK_FILE },
    });
  let { stdout } = await verify();
  // The documents come first, and the checkpoint that speaks of them last.
  for (let tries = 0; !stdout.includes(`${feed.size} releases`) && tries < 40; tries++) ({ stdout } = await verify());
  screen.step('stranger', stdout.trim());
  const query = { version: '1.2.5', package: { ecosystem: 'npm', name: 'minimist' } };
  const reply = await fetch(`${hub.url}/v1/query`, { method: 'POST', body: JSON.stringify(query) });
  const { vulns = [] } = (await reply.json()) as { vulns?: { id: string }[] };
  if (vulns.length !== 1) throw new Error(`OSV's query gave ${vulns.length} records of minimist 1.2.5`);
  screen.step('scanner', `asks for minimist 1.2.5 as it asks OSV: ${vulns[0]!.id}`);
}

async function stay(hub: HubProcess, cast: Cast, screen: Screen): Promise<void> {
  screen.title(`The hub stays at ${hub.url} until Ctrl-C`);
  screen.detail('Sign in to the desk with one of these links; each works once, within 15 minutes:');
  for (const [key, role] of visitors) {
    const { name, personId } = cast[key];
    const { secret } = await cast.ada.say<{ secret: string }>('orgs.issueLink', { personId });
    screen.step(name, `${role.padEnd(11)} ${hub.url}/enter#${secret}`);
  }
  screen.detail('More links: "Organisations" on the desk as Ada; or as Ada on the command line, for example for herself:');
  screen.detail(`export BREAKWATER_URL=${hub.url} BREAKWATER_TOKEN=${cast.ada.token}`);
  screen.detail(`bin/breakwater orgs issue-link --person-id ${cast.ada.personId}`);
  // The signal comes from the terminal and again from whoever started us: the second one must not cut the ending short.
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}
