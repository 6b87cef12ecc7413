import type { Id } from '../../../../base/id.ts';
import type { Instant } from '../../../../base/instant.ts';
import { type Label, label } from '../../../../base/label.ts';

export const aiStances = ['yes', 'with-conditions', 'no'] as const;
export const venues = ['private', 'public'] as const;
export const reportForms = ['private-report', 'email', 'form', 'tracker', 'pull-request', 'mailing-list'] as const;

/** How a project likes to be approached. What is null was not said. */
export interface Said {
  /** Are reports that an AI found or wrote taken? */
  readonly aiReports: (typeof aiStances)[number] | null;
  readonly aiConditions: string | null;
  readonly venue: (typeof venues)[number] | null;
  readonly form: (typeof reportForms)[number] | null;
  readonly address: string | null;
  /** BCP 47, in order of preference. */
  readonly languages: readonly string[] | null;
  /** Reports a week, at most. */
  readonly weekly: number | null;
  readonly severityScale: string | null;
  /** Who is spoken to: a team or a person, as the project names it. */
  readonly who: string | null;
}

export const speakers = ['maintainer', 'coordinator'] as const;

export interface Profile {
  /** Canonical purl without version. */
  readonly package: string;
  readonly saidBy: (typeof speakers)[number];
  /** Of a maintainer's own word: whose. */
  readonly orgId: Id<'org'> | null;
  readonly said: Said;
  /** Where a coordinator read it; a maintainer speaks for itself. */
  readonly sourceUrl: string | null;
  readonly readAt: Instant;
  readonly keptBy: string;
  readonly keptAt: Instant;
  readonly label: Label;
}

/** Which organisation speaks for a package. */
export interface Recognition {
  readonly package: string;
  readonly orgId: Id<'org'>;
  readonly because: string;
  readonly recognisedBy: string;
  readonly recognisedAt: Instant;
  readonly endedAt: Instant | null;
  readonly label: Label;
}

/** What is told of a project lies with whoever speaks for it, and else with the clearinghouse; it tells of no case. */
export function projectLabel(orgId: Id<'org'> | null): Label {
  return label('AMBER', orgId ?? 'hou_clearinghouse');
}

/** One thing said, with who says it and since when. */
export type Sourced = {
  readonly [K in keyof Said]?: {
    readonly value: NonNullable<Said[K]>;
    readonly by: Profile['saidBy'];
    readonly url: string | null;
    readonly at: Instant;
  };
};

/** The maintainer's word goes before what was read of it, field by field; `orgId` speaks for the package now, whoever did before does not. */
export function spoken(profiles: readonly Profile[], orgId: Id<'org'> | null): Sourced {
  const counted = profiles.filter((p) => p.saidBy === 'coordinator' || (orgId !== null && p.orgId === orgId));
  const inOrder = counted.toSorted((a, b) => speakers.indexOf(b.saidBy) - speakers.indexOf(a.saidBy));
  const fields = inOrder.flatMap((p) =>
    Object.entries(p.said).flatMap(([name, value]) =>
      value === null ? [] : [[name, { value, by: p.saidBy, url: p.sourceUrl, at: p.readAt }] as const],
    ),
  );
  return Object.fromEntries(fields);
}
