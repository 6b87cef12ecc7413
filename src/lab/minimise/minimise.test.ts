import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { limits } from '../../base/limits.ts';
import { insist } from '../../base/refusal.ts';
import { pretendDoors, pretendTree, type Rule } from '../pretend.example.ts';
import { exampleFiles, exampleRecipe } from '../recipe.example.ts';
import { parseRecipe } from '../recipe.ts';
import { concludeMinimise } from './conclude.ts';
import { prepareMinimise } from './minimise.ts';
import { runMinimise } from './run.ts';

const recipe = insist(parseRecipe(stringify(exampleRecipe)));
const poc = Buffer.from('some noise {"boom": [1, 2, 3], "then": 4} and more of it');
const asked = { files: exampleFiles, tries: 500 };
const plan = insist(prepareMinimise(recipe, poc, asked));
const [old, fixed] = [pretendTree('1'), pretendTree('2')];
/** Crashes in `parse` on what says boom, in `other` on what is shorter, and never once it is fixed. */
const rule: Rule = ({ tree, input }) => {
  if (tree !== old) return '';
  if (input.includes('boom')) return 'parse';
  return input.includes('boo') ? 'other' : '';
};
const minimise = async (by: Rule, signal?: AbortSignal) => {
  const doors = pretendDoors(by);
  const evidence = await runMinimise(plan, doors, undefined, signal);
  return { evidence, doors, found: concludeMinimise(plan, evidence) };
};

test('the same crash is kept, not merely a crash, and what was found is confirmed by a whole experiment', async () => {
  const { found, evidence } = await minimise(rule);
  expect(found).toMatchObject({
    outcome: 'smaller',
    ended: 'smallest',
    family: 'Heap-buffer-overflow READ in parse',
    bytes: { before: poc.length, after: 4 },
  });
  expect(Buffer.from(found.poc!).toString()).toBe('boom');
  expect(found.after?.counts).toEqual({ vulnerable: { crashes: 3, of: 3 }, fixed: { crashes: 0, of: 3 }, control: { crashes: 0, of: 3 } });
  expect(found.boxes).toBeGreaterThan(found.tries);
  expect(evidence.after?.runs.filter((run) => run.symbolized)).toHaveLength(1);
});

test('an input that is smaller but trips the fixed build too is not taken', async () => {
  const { found } = await minimise((run) =>
    run.tree === fixed && run.input.includes('boom') && run.input.length < 20 ? 'second' : rule(run),
  );
  expect(found.outcome).toBe('smaller');
  expect(found.bytes.after).toBe(20);
});

test('what cannot be made smaller says so, what does not reproduce is not searched', async () => {
  const { found } = await minimise(({ tree, input }) => (tree === old && input === poc.toString() ? 'parse' : ''));
  expect(found).toMatchObject({ outcome: 'as-small-as-it-was', poc: null, ended: 'smallest' });
  const silent = await minimise(() => '');
  expect(silent.found).toMatchObject({ outcome: 'could-not-tell', because: expect.stringContaining('not-reproduced') });
  expect(silent.found.tries).toBe(0);
});

test('a crash that comes only now and then is not confirmed', async () => {
  let runs = 0;
  // Steady on the input as handed in, and on every fourth run of anything smaller.
  const { found } = await minimise((run) => (run.input === poc.toString() || runs++ % 4 === 0 ? rule(run) : ''));
  expect(found).toMatchObject({ outcome: 'could-not-tell', because: expect.stringContaining('does not hold') });
});

test('stopped, it tells the best so far and that it was stopped', async () => {
  const stop = new AbortController();
  let runs = 0;
  const { found } = await minimise((run) => {
    if (++runs === 40) stop.abort();
    return rule(run);
  }, stop.signal);
  // The confirming experiment is stopped as well: nothing unconfirmed goes out.
  expect(found).toMatchObject({ ended: 'stopped', outcome: 'could-not-tell' });
});

describe('hostile evidence', () => {
  test('is worth nothing', async () => {
    const { evidence } = await minimise(rule);
    const grown = Buffer.concat([poc, poc]).toString('base64');
    const tampered: unknown[] = [
      { ...evidence, minimiseDigest: '0'.repeat(64) },
      { ...evidence, poc: Buffer.from('boo').toString('base64') },
      { ...evidence, poc: grown },
      { ...evidence, poc: poc.toString('base64') },
      { ...evidence, after: null },
      { ...evidence, after: evidence.before },
      { ...evidence, before: evidence.after },
      { ...evidence, before: { ...evidence.before, runs: evidence.before.runs.slice(1) } },
      { ...evidence, outcome: 'smaller' },
      undefined,
    ];
    for (const bad of tampered) expect(concludeMinimise(plan, bad)).toMatchObject({ outcome: 'could-not-tell', poc: null });
    expect(concludeMinimise({ ...plan, tries: 1 }, evidence).because).toContain('altered');
    const other = {
      ...evidence.after!,
      runs: evidence.after!.runs.map((run) => ({
        ...run,
        reports: run.reports.map((r) => ({ ...r, text: r.text.replaceAll('parse', 'print') })),
      })),
    };
    expect(concludeMinimise(plan, { ...evidence, after: other }).outcome).toBe('could-not-tell');
  });
});

test('so many tries and so much time as the limits, and no more', () => {
  const tries = (n: number) => prepareMinimise(recipe, poc, { ...asked, tries: n });
  expect([tries(limits.minimiseTries), tries(limits.minimiseTries + 1)]).toMatchObject([{ tries: limits.minimiseTries }, { at: 'tries' }]);
  const time = (ms: number) => prepareMinimise(recipe, poc, { ...asked, wallMs: ms });
  expect([time(limits.minimiseMs), time(limits.minimiseMs + 1)]).toMatchObject([{ wallMs: limits.minimiseMs }, { at: 'wallMs' }]);
});
