import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Sources } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { insist, refuse } from '../../base/refusal.ts';
import { prepare } from '../experiment.ts';
import { Looker } from '../look.ts';
import { pretendDoors, pretendTree, type Rule } from '../pretend.example.ts';
import { exampleFiles, exampleRecipe } from '../recipe.example.ts';
import { parseRecipe } from '../recipe.ts';
import { verifyPatch } from './run.ts';
import { tryInputs } from './trials.ts';

const recipe = insist(parseRecipe(stringify(exampleRecipe)));
const patch = Buffer.from('--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n');
const poc = Buffer.from('boom [1, 2]');
const [old, fixed, patched] = [pretendTree('1'), pretendTree('2'), pretendTree('3')];
const verify = async (after: (input: string) => string, onFixed: typeof after = () => '', fetch?: Sources['fetch']) => {
  const rule: Rule = ({ tree, input, argv }) => {
    if (argv[1] === 'test' || input === 'fine') return '';
    if (tree === fixed) return onFixed(input);
    return tree === old ? (input.includes('boom') ? 'parse' : '') : after(input);
  };
  const doors = pretendDoors(rule, fetch ? { fetch } : {}, (spec) => (spec.argv[0] === 'patch' ? patched : undefined));
  return insist(await verifyPatch(recipe, [patch], [poc], { files: exampleFiles }, doors));
};

test('a patch that mends it is silent on every variant that tripped the unpatched build, and on what is thrown at it', async () => {
  const { verdict, evidence } = await verify(() => '');
  expect(verdict.verdict).toBe('verified');
  expect(evidence).toMatchObject({
    families: ['Heap-buffer-overflow READ in parse'],
    variants: { tried: limits.patchVariants, ended: 'all', loud: [] },
    attacks: { tried: limits.patchAttacks, tripped: limits.patchAttacks, loud: [] },
  });
  expect(evidence.variants.tripped).toBeGreaterThan(10);
});

test('one that is silent on the PoC alone is incomplete', async () => {
  const { verdict, evidence } = await verify((input) => (input !== poc.toString() && input.includes('boom') ? 'parse' : ''));
  expect(verdict).toMatchObject({
    verdict: 'incomplete',
    because: expect.stringContaining('a variant of a PoC still trips the patched build'),
  });
  expect(evidence.variants.loud.length).toBe(limits.loudTrials);
});

test('one that brings a crash of its own is told apart from one that mends too little', async () => {
  const { verdict } = await verify((input) => (input !== poc.toString() && input !== 'fine' ? 'guard' : ''));
  expect(verdict).toMatchObject({ verdict: 'new-crash', because: expect.stringContaining('Heap-buffer-overflow READ in guard') });
});

test('a flaw behind the one that is mended is none of the patch, where the fixed build has it as well', async () => {
  const behind = (input: string) => (input !== poc.toString() && input.includes('boom') ? 'behind' : '');
  expect((await verify(behind)).verdict.verdict).toBe('new-crash');
  const { verdict, evidence } = await verify(behind, behind);
  expect(verdict).toMatchObject({ verdict: 'verified', because: expect.stringContaining('another flaw stands there without the patch') });
  expect(evidence.variants.loud[0]).toMatchObject({ before: expect.stringContaining('parse'), fixed: expect.stringContaining('behind') });
  // Elsewhere than the fixed build it is the patch's own again.
  expect((await verify(behind, (input) => (input.includes('boom') ? 'parse' : ''))).verdict.verdict).toBe('new-crash');
});

test('where the fixed build cannot be had, nobody can tell whose the other flaw is', async () => {
  const behind = (input: string) => (input !== poc.toString() && input.includes('boom') ? 'behind' : '');
  const { verdict } = await verify(behind, behind, async (source) =>
    source.kind === 'debian' && source.including ? refuse('unavailable', 'it is gone') : { tree: old, archives: [] },
  );
  expect(verdict).toMatchObject({ verdict: 'could-not-tell', because: expect.stringContaining('it is gone') });
});

test('many that crash as they did before do not hide the one that counts', async () => {
  const spec = insist(prepare(recipe, poc, { files: exampleFiles }));
  const crowd = Array.from({ length: limits.loudTrials + 4 }, (_, i) => Buffer.from(`neighbour ${i}`));
  const under = { families: ['Heap-buffer-overflow READ in parse'], mustTrip: false };
  for (const last of ['boom', 'fresh']) {
    const doors = pretendDoors(({ tree, input }) =>
      input.includes('neighbour') ? 'neighbour' : tree === patched || last === 'boom' ? 'parse' : '',
    );
    const inputs = [...crowd, Buffer.from(last)];
    const tried = await tryInputs(new Looker(spec, doors.box), { before: old, after: patched }, inputs, under, undefined);
    expect(tried.loud[0]).toMatchObject({ after: 'Heap-buffer-overflow READ in parse' });
    expect(tried.loud.length).toBe(limits.loudTrials);
  }
});

test('an input beyond the limit is told by its digest alone', async () => {
  const large = Buffer.alloc(limits.loudTrialBytes + 1, 'boom');
  const doors = pretendDoors(
    ({ tree, input, argv }) => {
      if (argv[1] === 'test' || input === 'fine') return '';
      return (tree === old && input.includes('boom')) || (input !== large.toString() && input.includes('boom')) ? 'parse' : '';
    },
    {},
    (spec) => (spec.argv[0] === 'patch' ? patched : undefined),
  );
  const { evidence } = insist(await verifyPatch(recipe, [patch], [large], { files: exampleFiles }, doors));
  const sizes = evidence.variants.loud.map((trial) => (trial.poc === null ? undefined : Buffer.from(trial.poc, 'base64').length));
  expect(sizes).toContain(undefined);
  expect(sizes.every((size) => size === undefined || size <= limits.loudTrialBytes)).toBe(true);
  expect(limits.patchTrialMs).toBeGreaterThan(0);
  expect(limits.seriesMs).toBeGreaterThan(limits.buildMs);
});

test('what the time cut short was not tried', async () => {
  const doors = pretendDoors(() => '');
  const spec = insist(prepare(recipe, poc, { files: exampleFiles }));
  const inputs = Array.from({ length: 9 }, (_, i) => Buffer.from(`input ${i}`));
  const stop = new AbortController();
  const box: typeof doors.box = {
    ...doors.box,
    run: (asked, signal) => {
      if (doors.asked.length === 3) stop.abort();
      return doors.box.run(asked, signal);
    },
  };
  const asked = { families: [], mustTrip: false };
  const tried = await tryInputs(new Looker(spec, box), { before: old, after: patched }, inputs, asked, stop.signal);
  expect(tried.ended).toBe('time');
  expect(tried.tried).toBeLessThan(4);
});
