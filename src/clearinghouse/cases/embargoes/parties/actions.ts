import { type Refusal, refuse } from '../../../../base/refusal.ts';
import { action, type Ctx, done } from '../../../../trust/action.ts';
import type { Case } from '../../case.ts';
import { takesPart } from '../../participants/coordinating.ts';
import { caseById } from '../../store.ts';
import { tierIn } from '../../wire.ts';
import { event, partiesOf } from '../keeping.ts';
import { faultOfPreference, type Preference } from './party.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const preferEmbargo = action({
  name: 'cases.preferEmbargo',
  at: 'POST /api/cases/:id/embargo/prefer',
  summary:
    'Say how long your organisation would keep a case closed: at least, preferably, at most; you learn what it has in common with the others.',
  by: 'signed-in',
  input: wire.preferInput,
  output: wire.standingOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { min, preferred, max }, of: Case) {
    const refused = (await mayNegotiate(ctx, of)) ?? faultOfPreference({ min, preferred, max });
    if (refused) return refused;
    const { orgId } = ctx.actor;
    if (orgId === null) return refuse('not_permitted', 'an organisation has a preference');
    const said: Preference = { caseId: of.id, orgId, min, preferred, max, saidBy: ctx.actor.id, saidAt: ctx.now, label: of.label };
    await store.keepPreference(ctx.tx, said);
    const preferences = await store.preferencesOf(ctx.tx, of.id);
    return done({ of, preferences }, event(of, 'case.embargo-preferred', { orgId, min, preferred, max }));
  },
  present: ({ of, preferences }: { of: Case; preferences: readonly Preference[] }, viewer) => wire.presentStanding(of, preferences, viewer),
});

/** Embargoes are negotiated at tier 0, among finder, maintainer and whoever coordinates this case. */
export async function mayNegotiate(ctx: Ctx, of: Case): Promise<Refusal | undefined> {
  if (tierIn(of, ctx.actor) > 0) return refuse('not_permitted', 'an embargo is negotiated at tier 0');
  if (of.state !== 'open') return refuse('wrong_state', `the case is ${of.state}`);
  if (!ctx.actor.roles.includes('coordinator')) return undefined;
  const isParty = (await partiesOf(ctx, of)).includes(ctx.actor.orgId ?? '');
  return isParty ? undefined : takesPart(ctx, of);
}

export const partyActions = [preferEmbargo];
