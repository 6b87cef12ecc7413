import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { referenceText } from '../../../../../test/reference-data.ts';
import { isRefusal } from '../../../../base/refusal.ts';
import { readSarif } from '../sarif.ts';
import { problemsOf } from './problem.ts';
import { reportOnSarif } from './report.ts';

// The validator's own inputs and reports, and logs of real tools (shared/data/sarif-suite): facts by others, read where they lie.
const suite = 'sarif-suite';
const data = process.env.BREAKWATER_REFERENCE ?? join(import.meta.dirname, '..', '..', '..', '..', '..', '..', 'shared', 'data');
const isHere = referenceText(`${suite}/PROVENANCE.md`) !== undefined;
const namesIn = (folder: string) => (isHere ? readdirSync(join(data, suite, folder)).sort() : []);
const read = (path: string) => (referenceText(`${suite}/${path}`) ?? '').replace(/^\uFEFF/, '');

/** `runs[0].tool['a b']`, as the validator names a place. */
function pointerOf(place: string): string {
  const steps = [...place.matchAll(/\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]|\.?([^.[\]]+)/g)];
  return steps.map(([, quoted, index, name]) => `/${(quoted ?? index ?? name)!.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Expected {
  readonly runs: { readonly results?: { readonly ruleId: string; readonly message: { readonly arguments: string[] } }[] }[];
}

/** Sorted `rule pointer`, as often as it is reported. */
function expectedOf(name: string): string[] {
  const report = JSON.parse(read(`validate/expected/${name}`)) as Expected;
  const results = report.runs.flatMap((run) => run.results ?? []);
  return results.map(({ ruleId, message }) => `${ruleId} ${pointerOf(message.arguments[0]!)}`).sort();
}

test.runIf(isHere)('every report of the validator: the same rules at the same places, as often, and none more', () => {
  let [right, expected] = [0, 0];
  for (const name of namesIn('validate/expected')) {
    const want = expectedOf(name);
    const rules = new Set([name.split('.')[0]!, ...want.map((line) => line.split(' ')[0]!)]);
    const report = reportOnSarif(read(`validate/inputs/${name}`));
    if (isRefusal(report)) throw new Error(`${name}: ${report.because}`);
    const got = report.problems.filter(({ rule }) => rules.has(rule)).map(({ rule, pointer }) => `${rule} ${pointer}`);
    expected += want.length;
    // Whether a URI can be reached is not asked: nothing goes out from here.
    if (name.startsWith('SARIF2006')) continue;
    expect({ name, got: got.sort() }).toEqual({ name, got: want });
    right += want.length;
  }
  process.stderr.write(`SARIF validator suite: ${right} of ${expected} problems at their places, none more\n`);
  expect(right).toBe(121);
});

test.runIf(isHere)('only what is meant to break the schema breaks it', () => {
  const broken = namesIn('validate/inputs').filter((name) => {
    const report = reportOnSarif(read(`validate/inputs/${name}`));
    return !isRefusal(report) && report.problems.some(({ rule }) => rule.startsWith('JSON'));
  });
  expect(broken).toEqual([
    'JSON1001.SyntaxError.sarif',
    'JSON1002.DeserializationError.sarif',
    'SimpleExample.sarif-external-properties.json',
  ]);
});

test.runIf(isHere)('the schema’s own verdict, on whole logs and on logs with one thing broken', () => {
  const schema = JSON.parse(read('sarif-2.1.0.schema.json')) as object;
  const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  let broken = 0;
  for (const folder of ['validate/inputs', 'real-tools', 'spec-examples'])
    for (const name of namesIn(folder)) {
      const text = read(`${folder}/${name}`);
      if (text.length > 100_000 || name.startsWith('JSON1001')) continue;
      for (const log of [JSON.parse(text), ...variants(text)]) {
        if (typeof log !== 'object' || log === null || Array.isArray(log)) continue;
        const { problems } = problemsOf(log as Record<string, unknown>);
        const mine = problems.every(({ rule }) => !rule.startsWith('JSON'));
        if (!mine) broken++;
        expect({ name, mine, log: mine === isValid(log) ? 0 : log }).toEqual({ name, mine: isValid(log), log: 0 });
      }
    }
  expect(broken).toBeGreaterThan(200);
});

/** The log with every sixteenth value of another type, out of range, gone or under another name. */
function* variants(text: string): Generator<unknown> {
  const count = text.match(/:/g)?.length ?? 0;
  for (let i = 0; i < Math.min(count, 48); i += 16)
    for (const change of [() => null, () => 'x', () => -7, () => 1.5, () => [], () => ({}), () => undefined]) {
      let seen = 0;
      yield JSON.parse(text, (_, value) => (seen++ === i ? change() : value));
    }
}

test.runIf(isHere)('logs of real tools: one finding a result', () => {
  const counts = Object.fromEntries(
    namesIn('real-tools').map((name) => {
      const log = JSON.parse(read(`real-tools/${name}`)) as Record<string, unknown>;
      const report = reportOnSarif(log);
      const drafts = readSarif(log, 'pkg:generic/x');
      if (isRefusal(report) || isRefusal(drafts)) throw new Error(name);
      expect(drafts.drafts.length + drafts.skipped).toBe(report.findings.length);
      return [name, [report.findings.length, drafts.skipped]];
    }),
  );
  expect(counts).toEqual({
    'SuppressionTestCurrent.sarif': [4, 3],
    'appendix_k3.sarif': [1, 0],
    'bash-report-fabricated-no-internal-dupes-subset.sarif': [4, 0],
    'bash-report-fabricated-no-internal-dupes.sarif': [5, 0],
    'bash-report-subset-same-hash-code-same-unique-id.sarif': [4, 0],
    'bash-report.sarif': [27, 0],
    'codeQL-output.sarif': [72, 0],
    'dependency_check.sarif': [13, 0],
    'dockle_0_3_15.sarif': [4, 0],
    'njsscan.sarif': [2, 0],
    'no_runs.sarif': [0, 0],
    'semgrepowasp-benchmark-sample.sarif': [1768, 0],
    'spotbugs.sarif': [56, 0],
    'suppression_test.sarif': [5, 3],
  });
});
