import { familyOf, type Target } from './library.ts';
import { isAsExpected, type PocTrial, type Trial } from './trial.ts';

const seconds = (ms: number) => (ms / 1000).toFixed(1);
const share = ({ crashes, of }: { crashes: number; of: number }) => `${crashes}/${of}`;
const header = ['target', 'PoC', 'class', 'vulnerable', 'fixed', 'control', 'verdict', 'build s', 'verdict s', 'crash'];

/** One line per PoC, as wide as the widest of each column. */
export function plainTable(targets: readonly Target[], trials: readonly Trial[]): string {
  const rows = trials.flatMap((trial) => {
    const target = targets.find(({ id }) => id === trial.id)!;
    return trial.pocs.map((poc) => [
      trial.id,
      poc.poc,
      familyOf(target.recipe),
      ...outcome(poc),
      seconds(poc.buildMs),
      seconds(poc.verdictMs),
      crash(poc),
    ]);
  });
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  return [header, ...rows]
    .map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  '))
    .join('\n');
}

function outcome({ counts, verdict }: PocTrial): string[] {
  const control = counts.control.of === 0 ? '-' : counts.control.crashes === 0 ? 'silent' : 'trips';
  return [share(counts.vulnerable), share(counts.fixed), control, verdict];
}

const crash = ({ type, state }: PocTrial) => [type, state.split(' < ')[0] ?? ''].filter(Boolean).join(' in ');

/** Everything that is not as the recipe says, one line each. */
export function failures(trials: readonly Trial[]): string[] {
  return trials
    .filter((trial) => !isAsExpected(trial))
    .flatMap((trial) => [
      ...(trial.refused === undefined ? [] : [`${trial.id}: ${trial.refused}`]),
      ...trial.pocs.filter((poc) => poc.verdict !== poc.expected).map((poc) => `${trial.id} ${poc.poc}: ${poc.verdict}: ${poc.because}`),
      ...trial.failedTests.map((test) => `${trial.id}: a functional test fails on the ${test}`),
      ...(trial.statedFix?.holds === false ? [`${trial.id}: its stated fix is not as the recipe says: ${trial.statedFix.because}`] : []),
    ]);
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
const rule = (columns: number) => `|${' --- |'.repeat(columns)}`;

/** docs/TARGETS.md: what was measured, without times, so that it only changes when a target does. */
export function markdown(targets: readonly Target[], trials: readonly Trial[], measured: string): string {
  const trialOf = (id: string) => trials.find((trial) => trial.id === id);
  const count = (what: (target: Target) => string) => {
    const counts = new Map<string, number>();
    for (const target of targets) counts.set(what(target), (counts.get(what(target)) ?? 0) + 1);
    return [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, n]) => `${name} ${n}`)
      .join(' · ');
  };
  const packages = new Set(targets.map(({ recipe }) => recipe.target.purl)).size;
  return `# Targets

Written by \`npm run targets -- --write\`, which runs every recipe of [recipes/](../recipes) in the box and refuses to write when one of them is
not as it says. Each PoC and each harness was written here, from the advisory and the source.

${targets.length} targets of ${packages} packages. ${measured}

By ecosystem: ${count(({ recipe }) => recipe.target.ecosystem)}.

By class: ${count(({ recipe }) => familyOf(recipe))}.

${row(['target', 'what', 'class', 'PoCs', 'vulnerable', 'fixed', 'control', 'tests', 'seen'])}
${rule(9)}
${targets.map((target) => targetRow(target, trialOf(target.id))).join('\n')}
${statedFixes(targets, trialOf)}`;
}

function targetRow({ id, recipe }: Target, trial: Trial | undefined): string {
  const sum = (part: 'vulnerable' | 'fixed' | 'control') =>
    share({
      crashes: (trial?.pocs ?? []).reduce((n, { counts }) => n + counts[part].crashes, 0),
      of: (trial?.pocs ?? []).reduce((n, { counts }) => n + counts[part].of, 0),
    });
  const seen = [...new Set((trial?.pocs ?? []).map(crash))].slice(0, 2).join('; ');
  const cells = [
    familyOf(recipe),
    String(recipe.pocs.length),
    sum('vulnerable'),
    sum('fixed'),
    sum('control'),
    String(recipe.tests.length),
    seen,
  ];
  return row([`[${id}](../recipes/${id}.yaml)`, recipe.title, ...cells]);
}

function statedFixes(targets: readonly Target[], trialOf: (id: string) => Trial | undefined): string {
  const stated = targets.filter(({ recipe }) => recipe.statedFix);
  if (stated.length === 0) return '';
  const rows = stated.map(({ id, recipe }) => {
    const { version, fails, because, poc } = recipe.statedFix!;
    const found = trialOf(id)?.statedFix;
    const checked = found ? (fails === 'missing' ? 'the registry was asked' : `\`${poc}\` was run on it`) : 'not run';
    const { fixed } = recipe.variants;
    const really = fixed && 'version' in fixed && fixed.version !== version ? fixed.version : 'none';
    return row([id, version, fails === 'missing' ? 'cannot be installed' : 'does not fix', because, checked, really]);
  });
  return `
## Stated fixes that do not fix, or cannot be installed

${row(['target', 'stated', 'found', 'because', 'how', 'fixed in'])}
${rule(6)}
${rows.join('\n')}
`;
}
