import { action, done } from '../../../trust/action.ts';
import type { Case } from '../case.ts';
import { historyOf } from '../participants/observing.ts';
import { participantsOf, stepsOfAllCases, transitionsOf } from '../participants/store.ts';
import { caseById } from '../store.ts';
import { desired, type History, met, skillOf } from './history.ts';
import * as wire from './wire.ts';

export const history = action({
  name: 'cases.history',
  at: 'GET /api/cases/:id/history',
  summary: 'Every step of a case and its participants, and how its suppliers’ histories compare with chance.',
  by: ['coordinator'],
  input: wire.byCase,
  output: wire.historyOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    const transitions = await transitionsOf(ctx.tx, of.id);
    const suppliers = (await participantsOf(ctx.tx, of.id)).filter((p) => p.kind === 'supplier');
    const whose = suppliers.length > 0 ? suppliers.map((p) => p.id) : [null];
    const histories = whose.map((participantId) => ({ participantId, own: historyOf(transitions, participantId) }));
    return done({
      transitions: transitions.map(({ label: _, byId: __, caseId: ___, ...shown }) => shown),
      histories: histories.map(({ participantId, own }) => ({ participantId, history: own.join(''), ...countOf(own) })),
      skill: skillOf(histories.map((h) => h.own)),
    });
  },
});

export const skill = action({
  name: 'cases.skill',
  at: 'GET /api/coordination-skill',
  summary: 'The twelve desired orderings over all cases that you may see: how often each was met, against how often by chance.',
  by: ['coordinator'],
  input: wire.nothing,
  output: wire.skillOutput,
  async run(ctx) {
    const perCase = await stepsOfAllCases(ctx.tx);
    const histories = [...perCase.values()].flatMap(({ suppliers, transitions }) =>
      (suppliers.length > 0 ? suppliers : [null]).map((id) => historyOf(transitions, id)),
    );
    return done({ cases: perCase.size, histories: histories.length, skill: skillOf(histories) });
  },
});

function countOf(own: History): { met: number; decided: number } {
  const how = desired.map((ordering) => met(own, ordering));
  return { met: how.filter((h) => h === 'met').length, decided: how.filter((h) => h !== 'open').length };
}

export const historyActions = [history, skill];
