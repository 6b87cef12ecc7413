import { expect, test } from 'vitest';
import { sha256 } from '../../base/canonical.ts';
import { limits } from '../../base/limits.ts';
import type { Evidence } from '../../lab/evidence.ts';
import { nonceOf } from '../../lab/experiment.ts';
import { flakeOf } from './flake.ts';
import { reportsOf } from './reports.ts';

const digest = 'a'.repeat(64);
const blank = {
  ...{ argv: [], end: 'exited', exit: 86, signal: null, oomKills: 0, pidsRefused: 0, wallMs: 1, cpuUs: 1, peakBytes: 1 },
  ...{ stdout: { sha256: digest, shown: '' }, stderr: { sha256: digest, shown: '' } },
} as const;
type Run = Evidence['runs'][number];
const run = (text: string | string[], over: Partial<Run> = {}): Run => ({
  ...{ ...blank, end: 'exited' as const, variant: 'vulnerable' as const, input: 'poc' as const, index: 0, symbolized: false, argv: [] },
  reports: [text].flat().map((each, i) => ({ name: `san.${i}`, sha256: sha256(each), text: each })),
  ...over,
});
const evidence = (...runs: Run[]): Evidence => ({ specDigest: digest, provider: 'rehearsed', builds: [], runs });

test('of each build and input the first run that left reports, and the symbolised one', () => {
  const found = reportsOf([
    evidence(run('one'), run('two', { index: 1 }), run('named', { symbolized: true }), run([], { input: 'control' })),
    undefined,
    evidence(run('fixed', { variant: 'fixed' })),
  ]);
  expect(found.map((r) => [r.trial, r.variant, r.symbolized, r.text])).toEqual([
    [0, 'vulnerable', false, 'one'],
    [0, 'vulnerable', true, 'named'],
    [2, 'fixed', false, 'fixed'],
  ]);
  expect(found[0]).toMatchObject({ name: 'san.0', sha256: sha256('one'), bytes: 3 });
});

test('what a target wrote moves no cursor, hides nothing and tells no nonce', () => {
  const nonce = nonceOf(digest, { variant: 'vulnerable', input: 'poc', index: 0 });
  const [report] = reportsOf([evidence(run(`\u001b[2Jred\u001b[31m\r\nnext\tcell\u0000\u202eesrever\u2028${nonce}\ud800`))]);
  expect(report!.text).toBe('red\nnext\tcell\ufffd\ufffdesrever\ufffd(nonce)\ufffd');
  expect(report!.sha256).not.toBe(sha256(report!.text));
});

test('so much of a report, and so many', () => {
  const text = (chars: number) => reportsOf([evidence(run('a'.repeat(chars)))])[0]!.text;
  expect(text(limits.keptReportChars)).toHaveLength(limits.keptReportChars);
  expect(text(limits.keptReportChars + 1)).toContain(`(cut here: ${limits.keptReportChars + 1} characters in all)`);
  const many = (n: number) => reportsOf(Array.from({ length: n }, () => evidence(run('a'))));
  expect(many(limits.keptReports)).toHaveLength(limits.keptReports);
  expect(many(limits.keptReports + 1)).toHaveLength(limits.keptReports);
});

test('a report of escapes alone costs no more than its length', () => {
  expect(reportsOf([evidence(run('\u001b[1;'.repeat(limits.keptReportChars / 4)))])[0]!.text).not.toContain('\u001b');
});

// Wilson's interval by hand for 0, 1 and 3 of 3.
test.each([
  [3, { quiet: 0, of: 3, low: 0, high: 0.5615 }],
  [2, { quiet: 1, of: 3, low: 0.0615, high: 0.7923 }],
  [0, { quiet: 3, of: 3, low: 0.4385, high: 1 }],
])('%i of 3 runs showed it', (crashes, expected) => {
  const flake = flakeOf({ crashes, of: 3 })!;
  expect({ ...flake, low: Number(flake.low.toFixed(4)), high: Number(flake.high.toFixed(4)) }).toEqual(expected);
});

test('of no runs nothing is said', () => expect(flakeOf({ crashes: 0, of: 0 })).toBeNull());
