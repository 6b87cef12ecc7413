import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../../base/refusal.ts';
import { rmMoves, rmStates, rmTriggers, wayTo } from './participant.ts';

describe('report management', () => {
  test('has the eleven moves of the RM model and no other', () => {
    const pairs = rmStates.flatMap((from) => rmTriggers.flatMap((by) => rmMoves.filter((m) => m.from === from && m.by === by)));
    expect(pairs).toHaveLength(11);
    expect(rmMoves).toHaveLength(11);
  });

  test('whoever is asked gets to accepted by the fewest rows; closed is final', () => {
    const way = (from: never, to: never) => {
      const found = wayTo(from, to);
      return isRefusal(found) ? found.code : found.map((m) => m.by);
    };
    expect(way('start' as never, 'accepted' as never)).toEqual(['receive', 'validate', 'accept']);
    expect(way('invalid' as never, 'accepted' as never)).toEqual(['validate', 'accept']);
    expect(way('accepted' as never, 'accepted' as never)).toEqual([]);
    expect(way('start' as never, 'closed' as never)).toHaveLength(3);
    for (const to of rmStates.filter((s) => s !== 'closed')) expect(way('closed' as never, to as never)).toBe('wrong_state');
  });
});
