import type { Id } from '../../../base/id.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { action, type Ctx, type Done, done } from '../../../trust/action.ts';
import { type Both, bothOf, settlePair } from '../pairs/actions.ts';
import type { Comparison } from '../pairs/pair.ts';
import { appendComparisons, rulingOf, wordsOf } from '../pairs/store.ts';
import * as wire from './wire.ts';

interface Arbitrated {
  readonly regroupingId: Id<'rgp'> | null;
  readonly vulnerabilityIds: readonly Id<'vul'>[];
}
const nothing: Arbitrated = { regroupingId: null, vulnerabilityIds: [] };

/** What the fixes show stands above what words and frames say, and below what a person says. */
export const arbitrate = action({
  name: 'duplicates.arbitrate',
  at: 'POST /api/duplicates/pairs/:aId/:bId/arbitrate',
  summary: 'Decide a pair by what the fixes of the one did to the inputs of the other. What a person decided stays.',
  by: ['coordinator'],
  internal: true,
  input: wire.arbitrateInput,
  output: wire.arbitratedOut,
  on: (ctx, input) => bothOf(ctx, input.aId, input.bId),
  async run(ctx, { decision, because, matrixId }, both: Both): Promise<Done<Arbitrated>> {
    const said = `${because} (${matrixId})`;
    const ofPair = (await wordsOf(ctx.tx, both.a.id)).find(({ aId, bId }) => aId === both.a.id && bId === both.b.id);
    if (ofPair && ofPair.decidedBy !== ctx.actor.id) return done(nothing);
    if (decision === 'unsure') return leaveToPerson(ctx, both, [said]);
    const settled = await settlePair(ctx, both, decision, said);
    return isRefusal(settled) ? leaveToPerson(ctx, both, [`the fixes say ${decision}: ${said}`, settled.because]) : settled;
  },
});

/** Kept beside the pair, for whoever decides it. */
async function leaveToPerson(ctx: Ctx, { a, b }: Both, reasons: readonly string[]): Promise<Done<Arbitrated>> {
  const ruling = await rulingOf(ctx.tx, a.id, b.id);
  if (ruling && !ruling.binding) {
    const by = { decidedBy: ctx.actor.id, decidedAt: ctx.now, id: ctx.id('cmp') };
    const undecided: Comparison = { ...ruling, ...by, decision: 'unsure', reasons: [...ruling.reasons, ...reasons] };
    await appendComparisons(ctx.tx, [undecided]);
  }
  return done(nothing);
}
