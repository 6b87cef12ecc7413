import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Box, BoxResult, TreeId } from '../../src/base/doors.ts';
import { insist } from '../../src/base/refusal.ts';
import { bubblewrapBox } from '../../src/io/boxes/bubblewrap.ts';
import { gvisorBox } from '../../src/io/boxes/gvisor.ts';
import { type Trees, treeStore } from '../../src/io/boxes/trees.ts';
import { bounds, type More, specOf } from './kit-specs.ts';

export type DriverId = 'bubblewrap' | 'gvisor';
/** What every probe has at hand. */
export interface Kit {
  readonly driver: DriverId;
  /** gVisor is a kernel of its own: some numbers are its own, and its count of processes runs behind. */
  readonly isShared: boolean;
  readonly isRoot: boolean;
  readonly dir: string;
  readonly box: Box;
  readonly trees: Trees;
  readonly hostile: Uint8Array;
  run(argv: readonly string[], more?: More, signal?: AbortSignal): Promise<BoxResult>;
  /** Our hostile program (hostile.c), its words split at blanks. */
  evil(words: string, more?: More): Promise<BoxResult>;
  sh(script: string, more?: More): Promise<BoxResult>;
  treeOf(files: Readonly<Record<string, string>>): Promise<TreeId>;
  fileIn(tree: TreeId, path: string): Promise<string>;
  /** Another process with a box on the same store, and with a descriptor 7 that its own parent left open. */
  workerOf(script: string): ChildProcessByStdio<null, Readable, null>;
  /** What the control groups of this store's runs have in their names. */
  groupsOf(): string;
  close(): void;
}

/** One probe: what is tried, what must happen; `happens` says in a few words what did, or throws. */
export interface Probe {
  readonly tries: string;
  readonly must: string;
  happens(kit: Kit): Promise<string>;
  /** Why it means nothing here. */
  unless?(kit: Pick<Kit, 'driver' | 'isShared' | 'isRoot'>): string | false;
}

export const out = (result: BoxResult) => Buffer.from(result.stdout).toString('utf8');
export const allowed = (said: string) => said.split('\n').filter((line) => line.includes('ALLOWED'));

const isThere = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
export const absent: Record<DriverId, string | false> = {
  bubblewrap: !(isThere('bwrap') && isThere('clang')) && 'apt-get install -y bubblewrap clang',
  gvisor: !((process.env.BREAKWATER_RUNSC || isThere('runsc')) && isThere('clang')) && 'apt-get install -y runsc clang',
};

export function openBox(driver: DriverId, dir: string, trees: Trees, more: object = {}): Box {
  const runsc = process.env.BREAKWATER_RUNSC;
  const options = { dir, trees, ...(driver === 'gvisor' && runsc ? { runsc } : {}), ...more };
  return driver === 'gvisor' ? gvisorBox(options) : bubblewrapBox(options);
}

/** Runs a theme's probes against a driver, and keeps what happened for the attack report. */
export function contract(driver: DriverId, themes: Readonly<Record<string, readonly Probe[]>>): void {
  if (absent[driver]) console.warn(`box contract of ${driver} skipped: \`${absent[driver]}\``);
  describe.skipIf(absent[driver] !== false)(`${driver} box`, () => {
    let kit: Kit;
    beforeAll(async () => {
      kit = kitOf(driver);
      await kit.box.probe();
    }, 120_000);
    afterAll(async () => {
      for (const owner of ['agent', 'other']) await kit.box.discard(owner);
      kit.close();
    });
    for (const [theme, probes] of Object.entries(themes))
      for (const probe of probes) {
        const because = probe.unless?.({ driver, isShared: driver === 'bubblewrap', isRoot: process.getuid?.() === 0 }) ?? false;
        if (because !== false) record(driver, theme, probe, `not tried: ${because}`, true);
        test.skipIf(because !== false)(
          `${theme}: ${probe.tries}: ${probe.must}`,
          async () => {
            try {
              record(driver, theme, probe, await probe.happens(kit), true);
            } catch (cause) {
              record(driver, theme, probe, (cause as Error).message.split('\n')[0]!, false);
              throw cause;
            }
          },
          120_000,
        );
      }
  });
}

function record(driver: DriverId, theme: string, { tries, must }: Probe, happened: string, held: boolean): void {
  const dir = process.env.BOX_PROBES;
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  appendFileSync(join(dir, `${driver}.jsonl`), `${JSON.stringify({ theme, tries, must, happened, held })}\n`);
}

export function kitOf(driver: DriverId): Kit {
  const dir = mkdtempSync(join(tmpdir(), 'box-contract-'));
  const program = join(dir, 'hostile');
  execFileSync('clang', ['-static', '-O1', '-o', program, join(import.meta.dirname, 'hostile.c')]);
  const hostile = readFileSync(program);
  const trees = treeStore(join(dir, 'store', 'trees'));
  const box = openBox(driver, join(dir, 'store'), trees);
  const run: Kit['run'] = (argv, more = {}, signal) => box.run(specOf(hostile, argv, more), signal);
  return {
    driver,
    isShared: driver === 'bubblewrap',
    isRoot: process.getuid?.() === 0,
    ...{ dir, box, trees, hostile, run },
    evil: (words, more) => run(['/hostile', ...words.split(' ')], more),
    sh: (script, more) => run(['/bin/sh', '-c', script], more),
    treeOf: async (files) => {
      const from = mkdtempSync(join(dir, 'tree-'));
      for (const [name, text] of Object.entries(files)) execFileSync('sh', ['-c', 'cat > "$0"', join(from, name)], { input: text });
      return insist(await trees.add(from));
    },
    fileIn: async (tree, path) => Buffer.from(insist(await trees.read(tree, path))).toString(),
    workerOf: (script) => workerOf(driver, dir, script),
    groupsOf: () => `${createHash('sha256').update(join(dir, 'store')).digest('hex').slice(0, 8)}-`,
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function workerOf(driver: DriverId, dir: string, script: string) {
  const kit = JSON.stringify(join(import.meta.dirname, `../../src/io/boxes/${driver}.ts`));
  const runsc = driver === 'gvisor' && process.env.BREAKWATER_RUNSC ? { runsc: process.env.BREAKWATER_RUNSC } : {};
  const head = `
    import { readFileSync } from 'node:fs';
    import { ${driver}Box as open } from ${kit};
    const store = ${JSON.stringify(join(dir, 'store'))};
    const box = open({ dir: store, acceptUnenforced: true, ...${JSON.stringify(runsc)} });
    const files = [{ at: '/hostile', bytes: readFileSync(${JSON.stringify(join(dir, 'hostile'))}), executable: true }];
    const spec = { cwd: '/tmp', env: {}, trees: [], files, profile: 'poc', limits: ${JSON.stringify({ ...bounds, wallMs: 60_000 })} };`;
  const stdio = ['ignore', 'pipe', 'inherit', 'ignore', 'ignore', 'ignore', 'ignore', 'pipe'] as const;
  return spawn(process.execPath, ['--input-type=module', '-e', head + script], { stdio: [...stdio] }) as ChildProcessByStdio<
    null,
    Readable,
    null
  >;
}

export async function saidBy(worker: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  const said: Buffer[] = [];
  worker.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  await once(worker, 'close');
  return Buffer.concat(said).toString();
}
