import { expect, test } from 'vitest';
import type { Validation } from '../validations/validation.ts';
import { factsOfFinding } from './facts.ts';

const facts = { crashClass: 'Heap-buffer-overflow', access: 'write', region: null, isSecurityRelevant: true, reportSha256: null } as const;
const replayed = (accessBytes: number, over: object = {}) =>
  ({
    ...{ id: 'val_1', findingId: 'fnd_1', verdict: 'reproduced', crashState: 'parse', reports: [], decided: { recipeId: 'r' } },
    facts: { ...facts, accessBytes },
    ...over,
  }) as unknown as Validation;
const controlled = (...validations: Validation[]) =>
  factsOfFinding({ id: 'fnd_1', cvss: null }, validations).find((f) => f.fact === 'controlled-size')?.value;

test('the input decides how much is written where two inputs at one place wrote differently much', () => {
  expect(controlled(replayed(4001), replayed(12))).toBe('yes: 12 and 4001 bytes with different inputs');
});

test.each([
  ['one input', [replayed(8)]],
  ['the same size', [replayed(8), replayed(8)]],
  ['another place', [replayed(8), replayed(9, { crashState: 'other' })]],
  ['another build', [replayed(8), replayed(9, { decided: { recipeId: 's' } })]],
  ['a re-run that did not show it', [replayed(8, { verdict: 'flaky' }), replayed(9)]],
] as const)('otherwise nothing is said of it: %s', (_, validations) => expect(controlled(...validations)).toBeUndefined());

test('what nobody showed and nobody stated is no fact', () => {
  expect(factsOfFinding({ id: 'fnd_1', cvss: null }, [])).toEqual([]);
  expect(factsOfFinding({ id: 'fnd_1', cvss: 'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:H' }, [])).toMatchObject([
    { fact: 'reachable-before-authentication', value: 'no', origin: 'stated' },
  ]);
});
