import { describe, expect, test } from 'vitest';
import type { Id } from '../../../base/id.ts';
import { limits } from '../../../base/limits.ts';
import type { Attachment } from '../../findings/attachment.ts';
import type { Finding } from '../../findings/finding.ts';
import type { Validation } from '../validation.ts';
import { fixesOf, planFor } from './matrix.ts';

const file = (type: Attachment['type'], n: string) => ({ id: `blb_${n}`, sha256: n, type }) as Attachment;
const poc = (n: string) => file('exploit-proof-of-concept', n);
const patch = (n: string) => file('patch', n);
const finding = (id: string, attachments: Attachment[], name = 'pkg:npm/x') =>
  ({ id: id as Id<'fnd'>, package: name, attachments }) as unknown as Finding;
const reproduced = (findingId: string, recipeId: string, pocId: string) =>
  ({ findingId, verdict: 'reproduced', decided: { recipeId, pocId: `blb_${pocId}`, pocSha256: pocId } }) as unknown as Validation;
const known = [
  { id: 'r', sha256: 'r1', hasFix: true },
  { id: 's', sha256: 's1', hasFix: false },
];
const [a, b] = [finding('a', [poc('1'), poc('2'), patch('p')]), finding('b', [patch('q'), poc('3')])];
const both = [reproduced('a', 'r', '2'), reproduced('b', 'r', '3')];

describe('what two findings are tried with', () => {
  test('all their inputs, that which reproduced first; their patches; the fix of the recipe', () => {
    const plan = planFor([a, b], both, known, 3);
    expect(plan).toEqual({
      runs: 3,
      recipes: [{ id: 'r', sha256: 'r1' }],
      pocs: [
        { blobId: 'blb_2', sha256: '2', of: 'a', recipe: 0 },
        { blobId: 'blb_1', sha256: '1', of: 'a', recipe: 0 },
        { blobId: 'blb_3', sha256: '3', of: 'b', recipe: 0 },
      ],
      fixes: [
        { of: ['a'], recipe: 0, patch: { blobId: 'blb_p', sha256: 'p' } },
        { of: ['a'], recipe: 0, patch: null },
        { of: ['b'], recipe: 0, patch: { blobId: 'blb_q', sha256: 'q' } },
        { of: ['b'], recipe: 0, patch: null },
      ],
    });
    expect(fixesOf(plan as never)).toBe(3);
  });

  test('two recipes, one of which has no fixed version; the newest validation counts', () => {
    const plan = planFor([a, b], [...both, reproduced('b', 's', '3')], known, 3);
    expect(plan).toMatchObject({ recipes: [{ id: 'r' }, { id: 's' }], fixes: [{ recipe: 0 }, { recipe: 0 }, { recipe: 1, of: ['b'] }] });
  });

  test('neither finding crowds the other out', () => {
    const many = (make: (n: string) => Attachment) => Array.from({ length: 16 }, (_, i) => make(`${make.name}${i}`));
    const flood = finding('a', [...many(poc), ...many(patch), poc('2')]);
    const plan = planFor([flood, b], both, known, 3);
    if (typeof plan === 'string') throw new Error(plan);
    expect(plan.pocs.filter(({ of }) => of === flood.id)).toHaveLength(limits.matrixPocs / 2);
    expect(plan.pocs[0]!.sha256).toBe('2');
    expect(plan.pocs.at(-1)!.of).toBe('b');
    expect(fixesOf(plan)).toBeLessThanOrEqual(limits.matrixFixes);
    expect(plan.fixes.some(({ patch: of }) => of?.sha256 === 'q')).toBe(true);
  });

  test.each([
    ['findings of two packages are not one vulnerability', [a, finding('b', [], 'pkg:npm/y')], both],
    ['b was not reproduced', [a, b], both.slice(0, 1)],
    ['this hub no longer has the recipe t', [a, b], [both[0]!, reproduced('b', 't', '3')]],
  ] as const)('%s', (because, findings, validations) => {
    expect(planFor(findings as never, validations, known, 3)).toBe(because);
  });
});
