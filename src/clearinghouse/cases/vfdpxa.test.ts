import { expect, test } from 'vitest';
import { after, nothingYet, possible, settling, states, step, steps, type Vfdpxa } from './vfdpxa.ts';

test('there are 32 states, and every step changes one letter and leads to another of them', () => {
  expect(new Set(states).size).toBe(32);
  for (const from of states)
    for (const letter of possible(from)) {
      const { to } = step(from, letter)!;
      expect(states).toContain(to);
      expect([...to].filter((l, i) => l !== from[i])).toEqual([letter]);
    }
});

test('the states that pass at once are those of an unknown public exploit and an unaware vendor of a public flaw', () => {
  const passing = states.filter((state) => settling(state).length > 0);
  expect(new Set(passing)).toEqual(new Set(states.filter((state) => /pX/.test(state) || /^v..P/.test(state))));
});

test('a fix needs a vendor who knows; what is public, the vendor knows; every row on the way is named', () => {
  expect(after(nothingYet, 'fix-ready')).toBeUndefined();
  expect(after(nothingYet, 'exploit-public')).toBe('VfdPXa');
  expect(steps(nothingYet, 'exploit-public')!.map((s) => s.letter)).toEqual(['X', 'P', 'V']);
  expect(after('VFdpxa' as Vfdpxa, 'fix-ready')).toBe('VFdpxa');
});
