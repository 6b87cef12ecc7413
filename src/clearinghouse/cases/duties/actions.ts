import { refuse } from '../../../base/refusal.ts';
import { action, done, type Happening } from '../../../trust/action.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { placeOf } from '../participants/coordinating.ts';
import { dutiesOf, keepDuty, participantsOf } from '../participants/store.ts';
import { caseById } from '../store.ts';
import type { Duty } from './duty.ts';
import * as wire from './wire.ts';

export const offerDuty = action({
  name: 'cases.offerDuty',
  at: 'POST /api/cases/:id/duties/offer',
  summary: 'Offer a duty of yours in a case to another of its coordinating organisations; it stays yours until they accept.',
  by: ['coordinator'],
  input: wire.offerInput,
  output: wire.dutiesOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
    const place = await placeOf(ctx, of);
    if ('code' in place) return place;
    const before = (await dutiesOf(ctx.tx, of.id)).find((d) => d.duty === input.duty);
    if (before?.orgId !== place.orgId) return refuse('not_permitted', 'this duty is another organisation’s', '/duty');
    const others = (await participantsOf(ctx.tx, of.id)).filter((p) => p.kind === 'coordinator' && p.orgId !== place.orgId);
    if (!others.some((p) => p.orgId === input.orgId))
      return refuse('not_found', 'no other organisation of this id coordinates the case', '/orgId');
    await keepDuty(ctx.tx, { ...before, offeredToId: input.orgId, offeredAt: ctx.now });
    const payload = { duty: input.duty, orgId: place.orgId, offeredToId: input.orgId };
    return done({ items: await dutiesOf(ctx.tx, of.id) }, event(of, 'case.duty-offered', payload));
  },
});

export const answerDuty = action({
  name: 'cases.answerDuty',
  at: 'POST /api/cases/:id/duties/answer',
  summary: 'Accept or decline a duty that another coordinating organisation offers you.',
  by: ['coordinator'],
  input: wire.answerInput,
  output: wire.dutiesOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
    const place = await placeOf(ctx, of);
    if ('code' in place) return place;
    const offered = (await dutiesOf(ctx.tx, of.id)).find((d) => d.duty === input.duty);
    if (!offered?.offeredToId || offered.offeredToId !== place.orgId)
      return refuse('wrong_state', 'this duty is not offered to you', '/duty');
    const kept: Duty = { ...offered, offeredToId: null, offeredAt: null };
    await keepDuty(ctx.tx, input.answer === 'accept' ? { ...kept, orgId: offered.offeredToId, since: ctx.now } : kept);
    const payload = { duty: input.duty, from: offered.orgId, to: offered.offeredToId };
    const name = input.answer === 'accept' ? 'case.duty-handed-over' : 'case.duty-declined';
    return done({ items: await dutiesOf(ctx.tx, of.id) }, event(of, name, payload));
  },
});

function event(of: Case, name: Happening['event'], payload: unknown): Happening {
  return { event: name, thing: of.id, label: ledgerLabel(of), payload };
}

export const dutyActions = [offerDuty, answerDuty];
