import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../../../base/doors.ts';
import type { Id } from '../../../../base/id.ts';
import type { Instant } from '../../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../../base/label.ts';
import { limits } from '../../../../base/limits.ts';
import type { Profile, Recognition, Said } from './profile.ts';

type MaintainerRow = {
  package: string;
  org_id: Id<'org'>;
  because: string;
  recognised_by: string;
  recognised_at: Instant;
  ended_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};
type ProfileRow = {
  package: string;
  said_by: Profile['saidBy'];
  org_id: Id<'org'> | null;
  said: ColumnType<Said, string, string>;
  source_url: string | null;
  read_at: Instant;
  kept_by: string;
  kept_at: Instant;
  tlp: Tlp;
  compartments: string[];
};

const tables = (tx: Tx) => tx.withTables<{ project_maintainers: MaintainerRow; project_profiles: ProfileRow }>();

/** Who speaks for a package now. */
export async function maintainerOf(tx: Tx, name: string): Promise<Recognition | undefined> {
  const row = await tables(tx)
    .selectFrom('project_maintainers')
    .selectAll()
    .where('package', '=', name)
    .where('ended_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return row && recognitionOf(row);
}

export async function projectsOf(tx: Tx, orgId: string): Promise<Recognition[]> {
  const rows = await tables(tx)
    .selectFrom('project_maintainers')
    .selectAll()
    .where('org_id', '=', orgId as Id<'org'>)
    .where('ended_at', 'is', null)
    .orderBy('package')
    .limit(limits.pageRows)
    .execute();
  return rows.map(recognitionOf);
}

export async function recognise(tx: Tx, r: Recognition): Promise<void> {
  const said = { because: r.because, recognised_by: r.recognisedBy, recognised_at: r.recognisedAt, ended_at: null };
  await tables(tx)
    .insertInto('project_maintainers')
    .values({ package: r.package, org_id: r.orgId, ...said, ...labelColumns(r.label) })
    .onConflict((c) => c.columns(['package', 'org_id']).doUpdateSet(said))
    .execute();
}

export async function endRecognition(tx: Tx, name: string, now: Instant): Promise<void> {
  await tables(tx)
    .updateTable('project_maintainers')
    .set({ ended_at: now })
    .where('package', '=', name)
    .where('ended_at', 'is', null)
    .execute();
}

export async function keepProfile(tx: Tx, p: Profile): Promise<void> {
  const row = {
    ...{ package: p.package, said_by: p.saidBy, org_id: p.orgId, said: JSON.stringify(p.said), source_url: p.sourceUrl },
    ...{ read_at: p.readAt, kept_by: p.keptBy, kept_at: p.keptAt, ...labelColumns(p.label) },
  };
  const { package: _, said_by: __, ...set } = row;
  await tables(tx)
    .insertInto('project_profiles')
    .values(row)
    .onConflict((c) => c.columns(['package', 'said_by']).doUpdateSet(set))
    .execute();
}

export async function profilesOf(tx: Tx, name: string): Promise<Profile[]> {
  const rows = await tables(tx).selectFrom('project_profiles').selectAll().where('package', '=', name).execute();
  return rows.map(profileOf);
}

function recognitionOf(r: MaintainerRow): Recognition {
  return {
    ...{ package: r.package, orgId: r.org_id, because: r.because, recognisedBy: r.recognised_by, recognisedAt: r.recognised_at },
    ...{ endedAt: r.ended_at, label: labelOfRow(r) },
  };
}

function profileOf(r: Selectable<ProfileRow>): Profile {
  return {
    ...{ package: r.package, saidBy: r.said_by, orgId: r.org_id, said: r.said, sourceUrl: r.source_url },
    ...{ readAt: r.read_at, keptBy: r.kept_by, keptAt: r.kept_at, label: labelOfRow(r) },
  };
}
