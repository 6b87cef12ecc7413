import { sql } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { type Label, labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Component, Inventory, SbomFormat } from './inventory.ts';

type InventoryRow = {
  id: Id<'inv'>;
  org_id: Id<'org'>;
  name: string;
  format: SbomFormat;
  document_digest: string;
  components: number;
  unreadable: number;
  revision: number;
  tlp: Tlp;
  compartments: string[];
  kept_at: Instant;
};

type ComponentRow = {
  inventory_id: Id<'inv'>;
  purl: string;
  package: string;
  version: string | null;
  name: string;
  tlp: Tlp;
  compartments: string[];
};

const inventories = (tx: Tx) => tx.withTables<{ inventories: InventoryRow; inventory_components: ComponentRow }>();

/** Makes two who keep under one name at the same moment follow one another. */
export async function lockName(tx: Tx, orgId: string, name: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`inventory ${orgId} ${name}`}, 0))`.execute(tx);
}

export async function inventoryNamed(tx: Tx, orgId: Id<'org'>, name: string): Promise<Inventory | undefined> {
  const row = await inventories(tx)
    .selectFrom('inventories')
    .selectAll()
    .where('org_id', '=', orgId)
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
  return row && inventoryOf(row);
}

export async function inventoryById(tx: Tx, id: string): Promise<Inventory | undefined> {
  const row = await inventories(tx)
    .selectFrom('inventories')
    .selectAll()
    .where('id', '=', id as Id<'inv'>)
    .executeTakeFirst();
  return row && inventoryOf(row);
}

export async function listInventories(tx: Tx, after: string, limit: number): Promise<Inventory[]> {
  const rows = await inventories(tx)
    .selectFrom('inventories')
    .selectAll()
    .where('id', '>', after as Id<'inv'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(inventoryOf);
}

/** Puts a revision in place of the one before it, components and all. */
export async function keepInventory(tx: Tx, inventory: Inventory, components: readonly Component[]): Promise<void> {
  const row = rowOf(inventory);
  const { id: _, ...changed } = row;
  await inventories(tx)
    .insertInto('inventories')
    .values(row)
    .onConflict((c) => c.column('id').doUpdateSet(changed))
    .execute();
  await inventories(tx).deleteFrom('inventory_components').where('inventory_id', '=', inventory.id).execute();
  const { tlp, compartments } = row;
  // PostgreSQL takes at most 65,535 parameters in one statement; seven a row.
  for (let i = 0; i < components.length; i += 5000) {
    const rows = components.slice(i, i + 5000).map((c) => ({ inventory_id: inventory.id, ...c, tlp, compartments }));
    await inventories(tx).insertInto('inventory_components').values(rows).execute();
  }
}

/** Every component of the newest revision, by purl. */
export async function componentsOf(tx: Tx, inventoryId: string): Promise<Component[]> {
  return componentsAfter(tx, inventoryId, '', undefined);
}

export async function componentsAfter(tx: Tx, inventoryId: string, after: string, limit: number | undefined): Promise<Component[]> {
  let query = inventories(tx)
    .selectFrom('inventory_components')
    .select(['purl', 'package', 'version', 'name'])
    .where('inventory_id', '=', inventoryId as Id<'inv'>)
    .where('purl', '>', after)
    .orderBy('purl');
  if (limit !== undefined) query = query.limit(limit);
  return query.execute();
}

interface Holding extends Component {
  readonly inventoryId: Id<'inv'>;
  readonly orgId: Id<'org'>;
  readonly label: Label;
}

/** Who holds a package, in which versions, as far as the transaction is cleared. */
export async function inventoriesHolding(tx: Tx, name: string): Promise<Holding[]> {
  const rows = await inventories(tx)
    .selectFrom('inventory_components as c')
    .innerJoin('inventories as i', 'i.id', 'c.inventory_id')
    .select(['c.inventory_id', 'i.org_id', 'c.purl', 'c.package', 'c.version', 'c.name', 'c.tlp', 'c.compartments'])
    .where('c.package', '=', name)
    .orderBy('c.inventory_id')
    .orderBy('c.purl')
    .execute();
  return rows.map(({ inventory_id, org_id, tlp, compartments, ...component }) => ({
    ...component,
    inventoryId: inventory_id,
    orgId: org_id,
    label: { tlp, compartments },
  }));
}

function rowOf(i: Inventory): InventoryRow {
  return {
    id: i.id,
    org_id: i.orgId,
    name: i.name,
    format: i.format,
    document_digest: i.documentDigest,
    components: i.components,
    unreadable: i.unreadable,
    revision: i.revision,
    ...labelColumns(i.label),
    kept_at: i.keptAt,
  };
}

function inventoryOf(r: InventoryRow): Inventory {
  return {
    id: r.id,
    orgId: r.org_id,
    name: r.name,
    format: r.format,
    documentDigest: r.document_digest,
    components: r.components,
    unreadable: r.unreadable,
    revision: r.revision,
    label: labelOfRow(r),
    keptAt: r.kept_at,
  };
}

/** How many organisations keep a package in some inventory, counted up to `most`. */
export async function countHolders(tx: Tx, name: string, most: number): Promise<number> {
  const holders = await inventories(tx)
    .selectFrom('inventory_components as c')
    .innerJoin('inventories as i', 'i.id', 'c.inventory_id')
    .select('i.org_id')
    .where('c.package', '=', name)
    .distinct()
    .limit(most)
    .execute();
  return holders.length;
}
