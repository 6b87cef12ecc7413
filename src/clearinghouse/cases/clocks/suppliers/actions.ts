import { wireOk } from '../../../../base/wire.ts';
import { action, done } from '../../../../trust/action.ts';
import type { Case } from '../../case.ts';
import { laddersOf } from '../../contacts/ladders/store.ts';
import { participantsOf } from '../../participants/store.ts';
import { statementsOfCase } from '../../statements/store.ts';
import { caseById } from '../../store.ts';
import { clocksOfCase, saveClock, startClock, stopClock } from '../store.ts';
import { byCase } from '../wire.ts';
import { owedBySupplier, supplierKinds } from './owed.ts';

export const reckonSuppliers = action({
  name: 'cases.reckonSuppliers',
  at: 'POST /api/cases/:id/clocks/suppliers',
  summary: 'Start the clocks of what suppliers owe in a case, and stop those of what they owe no more.',
  by: ['coordinator'],
  internal: true,
  input: byCase,
  output: wireOk,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    const isTheirs = (kind: string) => supplierKinds.some((own) => own === kind);
    const running = (await clocksOfCase(ctx.tx, of.id)).filter(
      (c) => c.doneAt === null && isTheirs(c.kind) && c.owedBy.by === 'participant',
    );
    const said = (await statementsOfCase(ctx.tx, of.id)).filter((s) => s.state !== 'replaced');
    const reckonings = new Map((await laddersOf(ctx.tx, of.id)).map((l) => [l.participantId as string, l.reckoning]));
    const [saidBy, runningFor] = [Map.groupBy(said, (s) => s.participantId as string), Map.groupBy(running, (c) => c.about)];
    const owed = (await participantsOf(ctx.tx, of.id)).flatMap((p) =>
      owedBySupplier(of, p, { said: saidBy.get(p.id) ?? [], running: runningFor.get(p.id) ?? [], by: reckonings.get(p.id) }),
    );
    for (const { kind, about } of running)
      if (!owed.some((o) => o.kind === kind && o.about === about)) await stopClock(ctx.tx, of.id, kind, about, ctx.now);
    for (const started of owed) {
      const before = runningFor.get(started.about)?.find((c) => c.kind === started.kind);
      if (before?.dueAt === started.dueAt && before.owedBy.orgId === started.owedBy.orgId) continue;
      const clock = await startClock(ctx.tx, { ...started, id: before?.id ?? ctx.id('clk') });
      // It has become a member since: from now on its own people see it.
      if (clock.owedBy.orgId !== started.owedBy.orgId) await saveClock(ctx.tx, { ...clock, owedBy: started.owedBy });
    }
    return done({ ok: true as const });
  },
});
