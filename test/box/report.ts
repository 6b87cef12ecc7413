import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';

// `npm run attack`: runs every probe against every driver and writes what happened into docs/BOX.md. `--as-recorded`: only writes.
interface Happened {
  readonly theme: string;
  readonly tries: string;
  readonly must: string;
  readonly happened: string;
  readonly held: boolean;
}

const root = join(import.meta.dirname, '../..');
const recorded = join(root, '.build/attack');
const document = join(root, 'docs/BOX.md');
const themes = ['running', 'bounding', 'escaping', 'giving', 'ending', 'doors'];
const drivers = ['bubblewrap', 'gvisor'] as const;

if (!process.argv.includes('--as-recorded')) {
  rmSync(recorded, { recursive: true, force: true });
  const suite = [...themes.map((theme) => `test/contracts/box-${theme}.test.ts`), 'test/soak/box-gvisor.test.ts'];
  spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...suite], {
    cwd: root,
    env: { ...process.env, BOX_PROBES: recorded },
    stdio: 'inherit',
  });
}

const cell = (text: string) =>
  text
    .replace(/[\p{Cc}|]/gu, ' ')
    .replaceAll('<', '&lt;')
    .slice(0, 160);
const read = (driver: string): readonly Happened[] => {
  const file = join(recorded, `${driver}.jsonl`);
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Happened)
    : [];
};
/** A probe that was tried twice counts as it went last. */
const results = drivers.map((driver) => ({ driver, of: new Map(read(driver).map((h) => [`${h.theme} ${h.tries}`, h])) }));
const all = new Map(results.flatMap(({ of }) => [...of]));
const rows = themes.flatMap((theme) => [...all].filter(([, h]) => h.theme === theme));
const told = (h: Happened | undefined) => (h ? `${h.held ? '' : '**did not hold**: '}${cell(h.happened)}` : 'not run');
const version = (program: string) => {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0]!.trim();
  } catch {
    return `${program}: not installed`;
  }
};
const held = results.map(({ driver, of }) => {
  const tried = [...of.values()].filter((h) => !h.happened.startsWith('not tried'));
  return `${driver}: ${tried.filter((h) => h.held).length} of ${tried.length} held`;
});
const table = [
  `Measured on ${new Date().toISOString().slice(0, 10)}: Linux ${release()}, ${process.arch}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${version('bwrap')}, ${version(process.env.BREAKWATER_RUNSC ?? 'runsc')}, worker ${process.getuid?.() === 0 ? 'root (tier A)' : 'without rights (tier B)'}.`,
  `${held.join('; ')}.`,
  '',
  `| # | what is tried | what must happen | ${drivers.join(' | ')} |`,
  `|---|---|---|${drivers.map(() => '---').join('|')}|`,
  ...rows.map(
    ([key, h], i) => `| ${i + 1} | ${cell(h.tries)} | ${cell(h.must)} | ${results.map(({ of }) => told(of.get(key))).join(' | ')} |`,
  ),
].join('\n');
const text = readFileSync(document, 'utf8');
const [head, rest] = text.split('<!-- probes -->') as [string, string];
const tail = rest.split('<!-- /probes -->')[1]!;
writeFileSync(document, `${head}<!-- probes -->\n\n${table}\n\n<!-- /probes -->${tail}`);
process.stdout.write(`${held.join('\n')}\n`);
if (results.some(({ of }) => [...of.values()].some((h) => !h.held))) process.exitCode = 1;
