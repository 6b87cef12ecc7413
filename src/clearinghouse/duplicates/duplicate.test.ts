import { expect, test } from 'vitest';
import { hour, type Instant, plusMs } from '../../base/instant.ts';
import { label } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { creditOf, decideHome, houseLabel, type Member, type Vulnerability } from './duplicate.ts';
import { isOrdinary, outcomeOf } from './outcomes/outcome.ts';
import type { Decision } from './same.ts';

const start = '2026-11-21T09:00:00.000Z' as Instant;
const member = (findingId: Member['findingId'], receivedAt = start): Member => ({
  ...{ vulnerabilityId: 'vul_1', findingId, orgId: 'org_a', reporterId: 'psn_a' },
  ...{ receivedAt, joinedAt: start, leftAt: null, because: '' },
});
const group = (id: Vulnerability['id'], ...members: Member[]): Vulnerability => ({
  ...{ id, name: `V-${id}`, package: 'p', state: 'open', subsumedById: null },
  ...{ members, covered: [], label: houseLabel, openedAt: start },
});

test('DISTINCT vetoes a group; unsure alone opens no door', () => {
  const open = [group('vul_1', member('fnd_1'), member('fnd_2')), group('vul_2', member('fnd_3')), group('vul_3', member('fnd_4'))];
  const decided: Record<string, Decision> = { fnd_1: 'same', fnd_2: 'distinct', fnd_3: 'unsure', fnd_4: 'same' };
  const decidedWith = (id: string) => ({ decision: decided[id]!, score: id === 'fnd_1' ? 1 : 0.5 });
  expect(decideHome(open, decidedWith)?.id).toBe('vul_3');
  expect(decideHome(open.slice(0, 2), decidedWith)).toBeUndefined();
});

test('of several that fit, the one with the surest pair is joined, then the oldest', () => {
  const open = [group('vul_2', member('fnd_2')), group('vul_1', member('fnd_1')), group('vul_3', member('fnd_3'))];
  const home = (scores: Record<string, number>) => decideHome(open, (id) => ({ decision: 'same', score: scores[id]! }))?.id;
  expect(home({ fnd_1: 0.8, fnd_2: 0.9, fnd_3: 0.8 })).toBe('vul_2');
  expect(home({ fnd_1: 0.9, fnd_2: 0.9, fnd_3: 0.9 })).toBe('vul_1');
});

test('whoever came within so many hours of the first found it too', () => {
  const at = (ms: number) => member('fnd_2', plusMs(start, limits.coDiscoveryHours * hour + ms));
  const first = member('fnd_1');
  expect([first, at(0), at(1)].map((m) => creditOf(m, [first, m]))).toEqual(['first', 'co-discovered', 'later']);
});

test('the answer to a finder names who came before it only where the finder may hear of it', () => {
  const [first, second] = [member('fnd_1'), member('fnd_2', plusMs(start, 1))];
  const home = group('vul_1', first, second);
  const answer = (of: Member, hidden = false) => outcomeOf(of, home, () => !hidden, start).outcome;
  expect([answer(first), answer(second), answer(second, true)]).toEqual(['new', 'known', 'new']);
  expect(isOrdinary(label('RED', 'org_a', 'hou_clearinghouse'))).toBe(true);
  expect(isOrdinary(label('RED', 'org_a', 'cas_1'))).toBe(false);
  expect(isOrdinary(label('RED', 'own_a'))).toBe(false);
});
