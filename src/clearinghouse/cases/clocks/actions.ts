import { limits } from '../../../base/limits.ts';
import { action, done, type Happening } from '../../../trust/action.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { caseById } from '../store.ts';
import { basisActions } from './bases/actions.ts';
import { strike } from './clock.ts';
import { craActions } from './cra/actions.ts';
import * as store from './store.ts';
import { reckonSuppliers } from './suppliers/actions.ts';
import * as wire from './wire.ts';

export const clocks = action({
  name: 'cases.clocks',
  at: 'GET /api/cases/:id/clocks',
  summary: 'What is owed in a case, by whom and by when; you see what your organisation owes, the coordinator all.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.clocksOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    return done({ clocks: wire.visibleClocks(of, await store.clocksOfCase(ctx.tx, of.id), ctx.actor), now: ctx.now });
  },
  present: wire.presentClocks,
});

export const owed = action({
  name: 'cases.owed',
  at: 'GET /api/clocks',
  summary:
    'What your organisation owes over all its cases, the most pressing first; to a coordinator what the desk owes and what others let pass.',
  by: 'signed-in',
  input: wire.owedInput,
  output: wire.clocksOut,
  async run(ctx, input) {
    const isStaff = ctx.actor.roles.includes('coordinator');
    const found = isStaff || ctx.actor.orgId !== null ? await store.clocksOwed(ctx.tx, isStaff ? null : ctx.actor.orgId, input.limit) : [];
    return done({ clocks: found, now: ctx.now });
  },
  present: wire.presentClocks,
});

export const strikeClocks = action({
  name: 'cases.strikeClocks',
  at: 'POST /api/cases/clocks/strike',
  summary: 'Say of each clock once that it is near, that its hour has come, and that nothing came of it.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.struckOut,
  async run(ctx) {
    const events: Happening[] = [];
    for (const before of await store.clocksToStrike(ctx.tx, ctx.now, limits.followBatchRows)) {
      const { clock, struck } = strike(before, ctx.now);
      await store.saveClock(ctx.tx, clock);
      const { id: clockId, caseId, kind, about, owedBy, startedAt, dueAt } = clock;
      const payload = { clockId, kind, about, owedBy, startedAt, dueAt };
      for (const stroke of struck)
        events.push({ event: `case.clock-${stroke}`, thing: caseId, label: ledgerLabel({ id: caseId }), payload });
    }
    return done({ struck: events.length }, ...events);
  },
});

export const clockActions = [clocks, owed, strikeClocks, reckonSuppliers, ...craActions, ...basisActions];
