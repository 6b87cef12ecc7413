import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import type { Finding } from '../../findings/finding.ts';
import { findingById, findingByReceipt } from '../../findings/store.ts';
import { houseLabel } from '../duplicate.ts';
import type { Outcome } from './outcome.ts';
import { outcomeFor } from './store.ts';
import * as wire from './wire.ts';

export const outcome = action({
  name: 'duplicates.outcome',
  at: 'GET /api/duplicates/outcome',
  summary: 'What became of a finding that your organisation handed in: new, known, none of it, or not decided yet.',
  by: ['finder', 'coordinator', 'maintainer', 'operator'],
  input: wire.outcomeInput,
  output: wire.outcomeOut,
  on: (ctx, input) => own(ctx, input),
  async run(ctx, _input, { id, label, receivedAt }: Finding) {
    const pending: Outcome = { findingId: id, outcome: 'pending', vulnerability: null, at: receivedAt, label };
    const told = (await outcomeFor(ctx.tx, id)) ?? pending;
    const payload = { outcome: told.outcome, vulnerability: told.vulnerability };
    const asked = (under: Happening['label']): Happening => ({ event: 'finding.outcome-told', thing: id, label: under, payload });
    // Twice: the house reads in its own compartment who asked, also should it one day not read the finder's.
    return done(told, asked(label), asked(houseLabel));
  },
  present: wire.presentOutcome,
});

/** Staff reads every finding and has its own verbs; this answer is for whoever handed it in. */
async function own(
  ctx: Ctx,
  { findingId, receipt }: { findingId?: string | undefined; receipt?: string | undefined },
): Promise<Finding | undefined> {
  const finding = await (findingId === undefined ? findingByReceipt(ctx.tx, receipt!) : findingById(ctx.tx, findingId));
  return finding?.orgId === ctx.actor.orgId ? finding : undefined;
}

export const outcomeActions = [outcome];
