import type { Ctx } from '../../trust/action.ts';
import { flawsIn } from '../cases/case.ts';
import { foundBy } from '../cases/cves/found.ts';
import { readInsOfCase } from '../cases/read-ins/store.ts';
import { caseById } from '../cases/store.ts';
import { isOnlyFinder } from '../cases/wire.ts';
import type { Advisory } from './advisory.ts';

/** An advisory, and whether it speaks of flaws that the viewer does not know of. */
export type Seen = Advisory & { readonly tellsOfOthers?: boolean };

/** Whoever found one of several flaws is not told before the hour that there are others: not by the advisory either. */
export async function asSeen(ctx: Ctx, advisory: Advisory): Promise<Seen> {
  const of = await caseById(ctx.tx, advisory.caseId);
  if (!of || of.vulnerabilities.length === 1) return advisory;
  if (!isOnlyFinder({ case: of, readIns: await readInsOfCase(ctx.tx, of.id) }, ctx.actor)) return advisory;
  const found = await ctx.acrossCompartments((tx) => foundBy(tx, of, ctx.actor.orgId));
  return { ...advisory, tellsOfOthers: !flawsIn(of).every((id) => found.has(id)) };
}
