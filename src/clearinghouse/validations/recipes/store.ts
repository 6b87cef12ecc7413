import type { Selectable } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { AdoptedRecipe } from './recipe.ts';

type AdoptedRow = {
  finding_id: Id<'fnd'>;
  attachment_id: Id<'blb'>;
  sha256: string;
  because: string;
  adopted_by: string;
  adopted_at: Instant;
  tlp: Tlp;
  compartments: string[];
};

const adopted = (tx: Tx) => tx.withTables<{ adopted_recipes: AdoptedRow }>();

export async function insertAdopted(tx: Tx, a: AdoptedRecipe): Promise<void> {
  const { findingId, attachmentId, because, adoptedBy, adoptedAt } = a;
  await adopted(tx)
    .insertInto('adopted_recipes')
    .values({
      ...{ finding_id: findingId, attachment_id: attachmentId, sha256: a.sha256, because, adopted_by: adoptedBy, adopted_at: adoptedAt },
      ...labelColumns(a.label),
    })
    .execute();
}

export async function adoptedOf(tx: Tx, findingId: string): Promise<AdoptedRecipe[]> {
  const rows = await adopted(tx)
    .selectFrom('adopted_recipes')
    .selectAll()
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .orderBy('attachment_id')
    .execute();
  return rows.map(adoptedOfRow);
}

/** By the attachment: whoever knows its id as that of a recipe was read into the finding. */
export async function adoptedById(tx: Tx, attachmentId: string): Promise<AdoptedRecipe | undefined> {
  const row = await adopted(tx)
    .selectFrom('adopted_recipes')
    .selectAll()
    .where('attachment_id', '=', attachmentId as Id<'blb'>)
    .executeTakeFirst();
  return row && adoptedOfRow(row);
}

function adoptedOfRow(r: Selectable<AdoptedRow>): AdoptedRecipe {
  return {
    ...{ findingId: r.finding_id, attachmentId: r.attachment_id, sha256: r.sha256, because: r.because },
    ...{ adoptedBy: r.adopted_by, adoptedAt: r.adopted_at, label: labelOfRow(r) },
  };
}
