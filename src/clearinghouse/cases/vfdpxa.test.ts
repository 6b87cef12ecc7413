import { expect, test } from 'vitest';
import { after, happenings, hasHappened, nothingYet, type Vfdpxa } from './vfdpxa.ts';

const next = (state: Vfdpxa) => happenings.filter((what) => !hasHappened(state, what)).flatMap((what) => after(state, what) ?? []);
const histories = (state: Vfdpxa): number => (state === 'VFDPXA' ? 1 : next(state).reduce((sum, s) => sum + histories(s), 0));

test('there are 70 possible histories, as in CMU/SEI-2021-SR-021', () => {
  expect(histories(nothingYet)).toBe(70);
});

test('a fix needs a vendor who knows; what is public, the vendor knows', () => {
  expect(after(nothingYet, 'fix-ready')).toBeUndefined();
  expect(after(nothingYet, 'exploit-public')).toBe('VfdPXa');
  expect(after('VFdpxa' as Vfdpxa, 'fix-ready')).toBe('VFdpxa');
});
