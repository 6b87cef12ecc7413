import type { Instant } from '../../../base/instant.ts';
import type { Ctx, Happening } from '../../../trust/action.ts';
import { findingsByIds } from '../../findings/store.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { type Owner, owedByDesk } from '../clocks/clock.ts';
import { startClock, stopClock, stopClocks } from '../clocks/store.ts';
import { readInsOfCase } from '../read-ins/store.ts';
import { saveCase } from '../store.ts';
import { decideEligibility, type Eligibility } from './eligibility.ts';
import { type Embargo, governing } from './embargo.ts';
import type { Policy } from './policies/policy.ts';

/** The one way an embargo changes: the case with it, and the clocks that run on it. */
export async function changeEmbargo(ctx: Ctx, of: Case, embargo: Embargo): Promise<Case> {
  const next = { ...of, embargo };
  await saveCase(ctx.tx, next);
  if (embargo.state === 'exited' || of.state !== 'open') await stopClock(ctx.tx, of.id, 'embargo', '', ctx.now);
  else {
    const { endsAt, because } = governing(embargo);
    await start(ctx, of, 'embargo', '', owedByDesk, endsAt, because);
  }
  if (embargo.proposal !== of.embargo.proposal) await waitForAnswers(ctx, of, embargo.proposal);
  return next;
}

/** Each who is asked owes an answer; where nobody is, the desk does. */
async function waitForAnswers(ctx: Ctx, of: Case, proposal: Embargo['proposal']): Promise<void> {
  if (!proposal) return void (await stopClocks(ctx.tx, of.id, ['embargo-answer'], ctx.now));
  for (const orgId of proposal.accepted) await stopClock(ctx.tx, of.id, 'embargo-answer', orgId, ctx.now);
  const because = `a time was proposed; no answer counts as ${proposal.silence === 'accept' ? 'accepted, since it ends no later' : 'declined, since it ends later'}`;
  const waiting = proposal.asked.filter((orgId) => !proposal.accepted.includes(orgId));
  const owners: [string, Owner][] = waiting.map((id) => [id, { by: 'org', id, orgId: id }]);
  for (const [about, owner] of owners.length > 0 ? owners : [['', owedByDesk] as [string, Owner]])
    await start(ctx, of, 'embargo-answer', about, owner, proposal.answerBy, because);
}

async function start(
  ctx: Ctx,
  of: Case,
  kind: 'embargo' | 'embargo-answer',
  about: string,
  owedBy: Owner,
  dueAt: Instant,
  because: string,
) {
  await startClock(ctx.tx, { id: ctx.id('clk'), caseId: of.id, kind, about, owedBy, because, startedAt: ctx.now, dueAt });
}

/** Organisations at tier 0 who agree on an embargo among each other: who found it, and who was let in to mend it. */
export async function partiesOf(ctx: Ctx, of: Case): Promise<string[]> {
  const readIn = (await readInsOfCase(ctx.tx, of.id)).filter((r) => r.tier === 0 && r.state === 'acknowledged').map((r) => r.orgId);
  return [...new Set<string>([...of.finderOrgIds, ...readIn])];
}

/** What the reports say of how they were found lies in their finders' compartments; only the answer leaves here. */
export async function eligibilityOf(ctx: Ctx, of: Case, policies: readonly Policy[]): Promise<Eligibility> {
  const reports = await ctx.acrossCompartments((tx) => findingsByIds(tx, of.findingIds));
  const bound = of.embargo.bound.map((b) => b.policy);
  return decideEligibility({ reports, policies: [...policies, ...bound], vfdpxa: of.vfdpxa, judged: of.embargo.judged });
}

export function event(of: Pick<Case, 'id'>, name: Happening['event'], payload: unknown): Happening {
  return { event: name, thing: of.id, label: ledgerLabel(of), payload };
}
