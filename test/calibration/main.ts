import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sortOut } from '../../src/clearinghouse/duplicates/batch.ts';
import { wordLevels } from '../../src/clearinghouse/duplicates/common-words.ts';
import { groupsOf, type Pair } from '../../src/clearinghouse/duplicates/groups.ts';
import type { Calibration, Model } from '../../src/clearinghouse/duplicates/model.ts';
import type { Decision } from '../../src/clearinghouse/duplicates/same.ts';
import { decidePair } from '../../src/clearinghouse/duplicates/score.ts';
import { baselines } from './baselines.ts';
import { advisoryNeighbours, backgroundTexts, crashSet, type DataSet, dataDigest, textSet, weaknessParents } from './data.ts';
import { learnCrashes, learnTexts } from './learn.ts';
import { bCubed, calibrationError, type Rates, ratesOf } from './measure.ts';
import { commonWordLevels } from './words.ts';

// Fits the calibration of duplicates to the labelled pairs, prints what it is worth on the parts it was not fitted to, and writes it.
const station = join(import.meta.dirname, '..', '..', 'src', 'clearinghouse', 'duplicates');
const [seeds, folds] = [5, 5];
const digest = dataDigest();
if (digest === undefined) process.exit(69);
if (process.argv.includes('--tables')) {
  writeFileSync(join(station, 'common-words.ts'), wordsFile(commonWordLevels(backgroundTexts())));
  writeFileSync(join(station, 'weakness-parents.ts'), parentsFile(weaknessParents()));
  process.stdout.write('common-words.ts and weakness-parents.ts written; the fit, which reads them, is a run of its own\n');
  process.exit(0);
}
const [crashes, texts, neighbours] = [crashSet(), textSet(), advisoryNeighbours()];
const none: Model = { intercept: 0, weights: {} };
print('crashes', crashes, (ours) => ({ data: '', crash: learnCrashes(crashes, ours), text: none }));
print('texts', texts, (ours) => ({ data: '', crash: none, text: learnTexts(texts, neighbours, ours) }));
const all = () => true;
const fitted: Calibration = { data: digest, crash: learnCrashes(crashes, all), text: learnTexts(texts, neighbours, all) };
writeFileSync(join(station, 'calibration.ts'), calibrationFile(fitted));

type Learn = (ours: (split: string) => boolean) => Calibration;
interface Outcome {
  readonly pairs: Rates;
  readonly groups: Pick<Rates, 'precision' | 'recall' | 'f1'>;
  readonly error?: number;
}

/** One line per method: mean over the seeds, and the spread of F1. Every pair is measured once per seed, by a model that never saw its split. */
function print(name: string, set: DataSet, learn: Learn): void {
  const runs = Array.from({ length: seeds }, (_, seed) => crossValidate(set, learn, seed));
  const alone = Array.from({ length: seeds }, (_, seed) => crossValidatePairs(set, learn, seed));
  process.stdout.write(`\n${name}: ${set.pairs.length} pairs, ${set.samples.length} records, ${seeds} seeds × ${folds} parts\n`);
  process.stdout.write(
    '                              precision recall    F1 (± sd)       unsure   B³ precision recall F1 (± sd)      calibration error\n',
  );
  report('ours, tool door', runs);
  report('ours, pair by pair', alone);
  for (const [method, same] of Object.entries(baselines)) report(method, [baseline(set, same)]);
}

/** As the tool door answers for all records of a part at once. */
function crossValidate(set: DataSet, learn: Learn, seed: number): Outcome {
  const decided: { decision: Decision; same: boolean }[] = [];
  const found: string[] = set.samples.map((_, i) => `alone ${i}`);
  for (let part = 0; part < folds; part++) {
    const model = learn((split) => partOf(split, seed) !== part);
    const own = set.samples.map((sample, i) => ({ ...sample, i })).filter(({ split }) => partOf(split, seed) === part);
    const { pairs, groups } = sortOut(
      own.map(({ traits }) => traits),
      model,
    );
    const lines = new Map(pairs.map(({ a, b, decision }) => [key(own[a]!.i, own[b]!.i), decision]));
    for (const [g, group] of groups.entries()) for (const i of group) found[own[i]!.i] = `${part} ${g}`;
    for (const { a, b, same } of set.pairs.filter((pair) => partOf(pair.split, seed) === part))
      decided.push({ decision: lines.get(key(a, b)) ?? (found[a] === found[b] ? 'same' : 'distinct'), same });
  }
  return {
    pairs: ratesOf(decided),
    groups: bCubed(
      found,
      set.samples.map(({ truth }) => truth),
    ),
  };
}

/** Each labelled pair by itself. */
function crossValidatePairs({ samples, pairs }: DataSet, learn: Learn, seed: number): Outcome {
  const scored = Array.from({ length: folds }, (_, part) => {
    const model = learn((split) => partOf(split, seed) !== part);
    return pairs
      .filter((pair) => partOf(pair.split, seed) === part)
      .map((pair) => ({ ...pair, ...decidePair(samples[pair.a]!.traits, samples[pair.b]!.traits, model) }));
  }).flat();
  return { pairs: ratesOf(scored), groups: grouped(samples, scored), error: calibrationError(scored) };
}

function baseline({ samples, pairs }: DataSet, same: (typeof baselines)[string]): Outcome {
  const decided = pairs.map((pair) => ({
    ...pair,
    decision: same(samples[pair.a]!, samples[pair.b]!) ? ('same' as const) : ('distinct' as const),
    score: 1,
  }));
  const groups = grouped(
    samples,
    decided.filter((d) => d.decision === 'same'),
  );
  return { pairs: ratesOf(decided), groups };
}

function grouped(samples: DataSet['samples'], pairs: readonly Pair[]): Outcome['groups'] {
  const found = samples.map((_, i) => `alone ${i}`);
  for (const [g, group] of groupsOf(samples.length, pairs).entries()) for (const i of group) found[i] = String(g);
  return bCubed(
    found,
    samples.map(({ truth }) => truth),
  );
}

function partOf(split: string, seed: number): number {
  return createHash('sha256').update(`${seed} ${split}`).digest().readUInt32BE(0) % folds;
}

function key(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function report(name: string, runs: readonly Outcome[]): void {
  const mean = (of: (run: Outcome) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const sd = (of: (run: Outcome) => number) => Math.sqrt(runs.reduce((sum, run) => sum + (of(run) - mean(of)) ** 2, 0) / runs.length);
  const show = (of: (run: Outcome) => number) => mean(of).toFixed(3);
  const p = [show((r) => r.pairs.precision), show((r) => r.pairs.recall), show((r) => r.pairs.f1), `± ${sd((r) => r.pairs.f1).toFixed(3)}`];
  const g = [
    show((r) => r.groups.precision),
    show((r) => r.groups.recall),
    show((r) => r.groups.f1),
    `± ${sd((r) => r.groups.f1).toFixed(3)}`,
  ];
  const error = runs[0]!.error === undefined ? '' : show((r) => r.error!);
  process.stdout.write(`${name.padEnd(30)} ${p.join('  ')}   ${show((r) => r.pairs.abstain)}    ${g.join('  ')}   ${error}\n`);
}

function calibrationFile({ data, crash, text }: Calibration): string {
  const model = (m: Model) =>
    `{\n    intercept: ${digits(m.intercept)},\n    weights: {\n${Object.entries(m.weights)
      .map(([name, weight]) => `      ${name}: ${digits(weight)},\n`)
      .join('')}    },\n  }`;
  return `import type { Calibration } from './model.ts';\n\n/** Written by \`npm run calibrate\`; \`data\` is the digest of what it was fitted to. */\nexport const calibration: Calibration = {\n  data: '${data}',\n  crash: ${model(crash)},\n  text: ${model(text)},\n};\n`;
}

function digits(value: number): number {
  return Number(value.toFixed(4));
}

function wordsFile(levels: readonly string[]): string {
  const quoted = levels.map((level) => (level === '' ? "  '',\n" : `  ${wrap(level)},\n`));
  return `/** Written by \`npm run calibrate\`: stems of published advisories by how common they are, level 0 = in all. What is not here is rare. */\nexport const wordLevels = ${wordLevels};\nexport const commonWords: readonly string[] = [\n${quoted.join('')}];\n`;
}

function parentsFile(parents: readonly string[]): string {
  const rows = rowsOf(parents.join(' ')).map((row) => `  '${row}',\n`);
  return `/**\n * Written by \`npm run calibrate\`: each weakness with what it is a kind of ("ChildOf", research view 1000).\n * Facts from CWE, copyright The MITRE Corporation, used under the CWE Terms of Use.\n */\nexport const weaknessParents: readonly string[] = [\n${rows.join('')}];\n`;
}

/** A long text as several, joined. */
function wrap(text: string): string {
  const rows = rowsOf(text);
  return rows.length === 1 ? `'${rows[0]}'` : `[\n${rows.map((row) => `    '${row}',\n`).join('')}  ].join(' ')`;
}

/** None wider than the house's lines. */
function rowsOf(text: string): string[] {
  const rows: string[] = [];
  for (const word of text.split(' ')) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + word.length < 125) rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows;
}
