import { refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done, presentItems } from '../../../trust/action.ts';
import { findingsByIds } from '../../findings/store.ts';
import { type Case, ledgerLabel } from '../case.ts';
import type { Participant } from '../participants/participant.ts';
import { participantById, participantsOf } from '../participants/store.ts';
import { caseById } from '../store.ts';
import type { CreditChoice } from './credit.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const chooseCredit = action({
  name: 'cases.chooseCredit',
  at: 'POST /api/participants/:id/credit',
  summary: 'Say how the advisory is to thank you for finding it: by your organisation’s name, a name of your choice, or not at all.',
  by: 'signed-in',
  input: wire.chooseInput,
  output: wire.oneOut,
  on: (ctx, input) => participantById(ctx.tx, input.id),
  async run(ctx, input, finder: Participant) {
    // Another one's place reads like none.
    if (!speaksFor(ctx, finder)) return refuse('not_found', 'no such thing');
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person says how a finder is thanked');
    const of = (await caseById(ctx.tx, finder.caseId))!;
    if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
    if (finder.proxyOrgId === null && input.findingIds.length > 0)
      return refuse('malformed', 'all of your reports are yours', '/findingIds');
    const handedIn = await ctx.acrossCompartments((tx) => findingsByIds(tx, of.findingIds));
    const foreign = input.findingIds.findIndex((id) => !handedIn.some((f) => f.id === id && f.orgId === finder.proxyOrgId));
    if (foreign >= 0) return refuse('not_found', 'no report that you handed in here', `/findingIds/${foreign}`);
    const others = (await store.creditsOfCase(ctx.tx, of.id)).filter((c) => c.participantId !== finder.id);
    const taken = input.findingIds.findIndex((id) => others.some((c) => c.findingIds.includes(id)));
    if (taken >= 0) return refuse('conflict', 'this report is another finder’s', `/findingIds/${taken}`);
    const choice: CreditChoice = {
      ...{ participantId: finder.id, caseId: of.id, naming: input.as, name: input.name ?? null, namesTools: input.namesTools },
      ...{ findingIds: input.findingIds, chosenBy: ctx.actor.id, chosenAt: ctx.now, label: of.label },
    };
    await store.saveCredit(ctx.tx, choice);
    // The name itself is in no entry of the log: what is chosen may be changed until it is public.
    const payload = { participantId: finder.id, as: input.as };
    return done({ finder, choice }, { event: 'case.credit-chosen', thing: of.id, label: ledgerLabel(of), payload });
  },
  present: wire.present,
});

export const credits = action({
  name: 'cases.credits',
  at: 'GET /api/cases/:id/credits',
  summary: 'How the finders of a case want to be thanked; a finder sees its own choice.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.creditsOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    const isStaff = ctx.actor.roles.includes('coordinator');
    const finders = (await participantsOf(ctx.tx, of.id)).filter((p) => p.kind === 'finder');
    const choices = await store.creditsOfCase(ctx.tx, of.id);
    const seen = finders.filter((p) => isStaff || speaksFor(ctx, p));
    return done({ items: seen.map((finder) => ({ finder, choice: choices.find((c) => c.participantId === finder.id) })) });
  },
  present: presentItems(wire.present),
});

/** A finder's own people, or the organisation that alone knows who it is. */
function speaksFor({ actor }: Ctx, { kind, orgId, proxyOrgId }: Participant): boolean {
  const speaker = orgId ?? proxyOrgId;
  return kind === 'finder' && speaker !== null && speaker === actor.orgId;
}

export const creditActions = [chooseCredit, credits];
