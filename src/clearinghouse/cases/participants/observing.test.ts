import { describe, expect, test } from 'vitest';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { type Case, caseLabel } from '../case.ts';
import { replay } from '../histories/history.ts';
import { nothingYet, type Occurrence, type Vfdpxa } from '../vfdpxa.ts';
import { historyOf, managed, observed } from './observing.ts';
import { newParticipant, type Participant, type Transition } from './participant.ts';

const at = '2026-11-21T09:00:00.000Z' as Instant;
const seen = { at, byId: 'psn_x', because: 'seen' };
const id = 'cas_1' as Id<'cas'>;
const opened = { id, label: caseLabel(id), vfdpxa: nothingYet } as Case;
const supplier = (n: number) =>
  newParticipant(opened, { id: `par_${n}` as Id<'par'>, kind: 'supplier', name: `${n}`, addedBy: 'x', addedAt: at });

/** A case and its suppliers, changed by one observation after another. */
function play(count: number, ...happened: readonly (readonly [Occurrence, number?])[]) {
  let of = opened;
  let all: Participant[] = Array.from({ length: count }, (_, n) => supplier(n));
  const log: Transition[] = [];
  for (const [what, whose] of happened) {
    const next = observed(of, all, what, seen, whose === undefined ? undefined : `par_${whose}`);
    if (isRefusal(next)) return { code: next.code, at: next.at, of, all, log };
    of = { ...of, vfdpxa: next.vfdpxa };
    all = all.map((p) => next.participants.find((n) => n.id === p.id) ?? p);
    log.push(...next.transitions);
  }
  return { of, all, log };
}

describe('several suppliers', () => {
  test('each has its own way to the fix; the case stands where the last of them stands', () => {
    const { of, all } = play(2, ['vendor-aware', 0], ['fix-ready', 0], ['vendor-aware', 1]);
    expect(all.map((p) => [p.vfd, p.rm])).toEqual([
      ['VFd', 'accepted'],
      ['Vfd', 'received'],
    ]);
    expect(of.vfdpxa).toBe('Vfdpxa');
  });

  test('what a supplier found not to concern it does not hold the case back', () => {
    const { of, all } = play(2, ['vendor-aware', 0], ['fix-ready', 0], ['vendor-aware', 1]);
    const out = managed(all[1]!, 'invalidate', seen);
    expect(isRefusal(out)).toBe(false);
    const after = observed({ ...of }, [all[0]!, (out as { participant: Participant }).participant], 'fix-deployed', seen, 'par_0');
    expect(after).toMatchObject({ vfdpxa: 'VFDpxa' });
  });

  test('it must be said whose fix it is', () => {
    expect(play(2, ['vendor-aware'])).toMatchObject({ code: 'malformed', at: '/participantId' });
    expect(play(1, ['vendor-aware'], ['fix-ready'])).toMatchObject({ of: { vfdpxa: 'VFdpxa' } });
    expect(play(0, ['vendor-aware'])).toMatchObject({ of: { vfdpxa: 'Vfdpxa' } });
    expect(play(2, ['fix-ready', 0])).toMatchObject({ code: 'wrong_state' });
  });

  test('a public exploit makes it public for everybody and every supplier aware, whom nobody told all the same', () => {
    const { of, all, log } = play(2, ['vendor-aware', 0], ['exploit-public']);
    expect(of.vfdpxa).toBe('VfdPXa');
    expect(all.map((p) => [p.vfd, p.rm])).toEqual([
      ['Vfd', 'received'],
      ['Vfd', 'start'],
    ]);
    expect([0, 1].map((n) => historyOf(log, `par_${n}`).join(''))).toEqual(['VXP', 'XPV']);
  });

  test('whoever is found after it was public has a history that the table allows', () => {
    const { of, log } = play(0, ['public'], ['attacks']);
    expect(of.vfdpxa).toBe('VfdPxA');
    expect(replay(historyOf(log, 'par_9'))).toBe('VfdPxA' as Vfdpxa);
  });
});
