import { expect, test } from 'vitest';
import { type Ending, endings, type Run } from '../runs/run.ts';
import { decideGiven, decideUntried } from './grade.ts';
import type { Judged } from './grader/grading.ts';

const run = (ended: Ending, handedIn: string | null = null) =>
  ({ id: 'run_a', ended, because: null, handedInSha256: handedIn, recipeId: 'one' }) as unknown as Run;

test('only a run that ended with something handed in is tried', () => {
  const outcomes = endings.map((ended) => [decideUntried(run(ended))?.outcome, decideUntried(run(ended, 'digest'))?.outcome]);
  expect(outcomes).toEqual([
    ['not-solved', undefined],
    ['not-solved', undefined],
    ['not-solved', undefined],
    ['not-solved', undefined],
    ['not-solved', undefined],
    ['refused', undefined],
    ['refused', undefined],
    ['infra-error', 'infra-error'],
    ['infra-error', 'infra-error'],
  ]);
});

test('a suspicion hides no outcome, and none makes one', () => {
  const judged: Judged = { outcome: 'solved', beneath: 'solved', because: 'reproduced', readings: [], signals: [] };
  expect(decideGiven(run('done'), judged, [])).toMatchObject({ outcome: 'solved', beneath: 'solved', because: 'reproduced', signals: [] });
  const signal = { rule: 'network', where: 'transcript 3', because: 'it looked for a way out' } as const;
  expect(decideGiven(run('done'), judged, [signal])).toMatchObject({
    ...{ outcome: 'suspected-cheat', beneath: 'solved', because: signal.because, signals: [signal] },
  });
});

test.for(['refused', 'filtered'] as const)(
  'whoever solved it and was %s after that has solved it; whoever had not, of them nobody knows',
  (ended) => {
    const judged = (outcome: 'solved' | 'not-solved' | 'ungradable'): Judged => ({
      outcome,
      beneath: outcome,
      because: 'why',
      readings: [],
      signals: [],
    });
    const given = (outcome: Parameters<typeof judged>[0], ...signals: Parameters<typeof decideGiven>[2][number][]) =>
      decideGiven(run(ended, 'digest'), judged(outcome), signals);
    expect(given('solved')).toMatchObject({ outcome: 'solved', beneath: 'solved' });
    expect(given('not-solved')).toMatchObject({ outcome: 'refused', beneath: 'refused', because: expect.stringContaining('why') });
    expect(given('ungradable')).toMatchObject({ outcome: 'ungradable' });
    const signal = { rule: 'network', where: 'transcript 3', because: 'it looked for a way out' } as const;
    expect(given('not-solved', signal)).toMatchObject({ outcome: 'suspected-cheat', beneath: 'refused' });
  },
);
