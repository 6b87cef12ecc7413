import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, type Tlp } from '../../../base/label.ts';
import type { Ctx } from '../../../trust/action.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { codeOf } from './canary.ts';

type CanaryRow = {
  code: string;
  case_id: Id<'cas'>;
  holder_id: string;
  first_shown_at: Instant;
  tlp: Tlp;
  compartments: string[];
};

const canaries = (tx: Tx) => tx.withTables<{ case_canaries: CanaryRow }>();

/** The code of somebody's copy of this case, the actor's own or one that is sent; from the first time on it can be told whose it is. */
export async function copyFor(ctx: Ctx, of: Pick<Case, 'id'>, holderId = ctx.actor.id): Promise<string> {
  const code = codeOf(ctx.doors.keys.secret('canaries'), of.id, holderId);
  const row = { code, case_id: of.id, holder_id: holderId, first_shown_at: ctx.now, ...labelColumns(ledgerLabel(of)) };
  await canaries(ctx.tx)
    .insertInto('case_canaries')
    .values(row)
    .onConflict((c) => c.doNothing())
    .execute();
  return code;
}

export async function copiesOf(tx: Tx, codes: readonly string[]) {
  if (codes.length === 0) return [];
  const rows = await canaries(tx)
    .selectFrom('case_canaries')
    .selectAll()
    .where('code', 'in', [...codes])
    .orderBy('first_shown_at')
    .execute();
  return rows.map((r) => ({ code: r.code, caseId: r.case_id, holderId: r.holder_id, firstShownAt: r.first_shown_at }));
}
