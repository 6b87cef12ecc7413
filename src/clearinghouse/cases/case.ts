import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { type Label, label } from '../../base/label.ts';
import type { Move } from '../../base/states.ts';
import type { Rung } from '../findings/finding.ts';
import type { Embargo } from './embargoes/embargo.ts';
import type { Vfdpxa } from './vfdpxa.ts';

export type CaseState = 'open' | 'disclosed' | 'closed';
type CaseTrigger = 'disclose' | 'close';

export const caseMoves: readonly Move<CaseState, CaseTrigger>[] = [
  { from: 'open', by: 'disclose', to: 'disclosed' },
  { from: 'open', by: 'close', to: 'closed' },
  { from: 'disclosed', by: 'close', to: 'closed' },
];

/** "Will not fix, because" is an outcome like any other. */
export const outcomes = ['fixed', 'will-not-fix', 'no-reply', 'abandoned', 'not-a-vulnerability'] as const;
export type Outcome = (typeof outcomes)[number];

/** One of the vulnerabilities that a case coordinates; a vulnerability may be in several cases. */
export interface Coordinated {
  readonly id: Id<'vul'>;
  readonly addedAt: Instant;
  /** Set where its findings were all moved to another vulnerability, or another one's fix covers it: there the work goes on. */
  readonly continuesInId: Id<'vul'> | null;
}

/** The coordination of one vulnerability, or several that belong together, among those read into it. */
export interface Case {
  readonly id: Id<'cas'>;
  /** The first is the one the case was opened for. */
  readonly vulnerabilities: readonly [Coordinated, ...Coordinated[]];
  readonly package: string;
  readonly title: string;
  readonly findingIds: readonly Id<'fnd'>[];
  /** Who found it; each sees its own reports, not those of the others. */
  readonly finderOrgIds: readonly Id<'org'>[];
  readonly state: CaseState;
  readonly vfdpxa: Vfdpxa;
  readonly embargo: Embargo;
  readonly label: Label;
  readonly openedAt: Instant;
  readonly disclosedAt: Instant | null;
  readonly closedAt: Instant | null;
  readonly outcome: Outcome | null;
}

/** The case with exactly these findings. It keeps the name it was opened under. */
export function withFindings(of: Case, findings: readonly { readonly id: Id<'fnd'>; readonly orgId: Id<'org'> }[]): Case {
  return { ...of, findingIds: findings.map((f) => f.id), finderOrgIds: [...new Set(findings.map((f) => f.orgId))] };
}

/** Where the work goes on once nothing is left of it here. */
export function continuesIn({ vulnerabilities }: Pick<Case, 'vulnerabilities'>): Id<'vul'> | null {
  const isHere = (id: Id<'vul'> | null) => id === null || vulnerabilities.some((v) => v.id === id && v.continuesInId === null);
  return vulnerabilities.some((v) => isHere(v.continuesInId)) ? null : vulnerabilities[0].continuesInId;
}

/** What a vulnerability of the case goes on as, within the case. */
export function goesOnAs({ vulnerabilities }: Pick<Case, 'vulnerabilities'>, id: string | undefined): string | undefined {
  const seen = new Set<string>();
  for (let at = id; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const next = vulnerabilities.find((v) => v.id === at)?.continuesInId;
    if (!next || !vulnerabilities.some((v) => v.id === next)) return at;
    at = next;
  }
  return id;
}

/** The flaws there are to speak of: those whose work goes on in this case; the first is the one it was opened for, or became. */
export function flawsIn(of: Pick<Case, 'vulnerabilities'>): readonly [Id<'vul'>, ...Id<'vul'>[]] {
  const [first, ...further] = of.vulnerabilities.filter((v) => v.continuesInId === null).map((v) => v.id);
  return first === undefined ? [of.vulnerabilities[0].id] : [first, ...further];
}

/** The case with one of its vulnerabilities changed. */
export function withVulnerability(of: Case, changed: Coordinated): Case {
  const vulnerabilities = of.vulnerabilities.map((v) => (v.id === changed.id ? changed : v));
  return { ...of, vulnerabilities: vulnerabilities as [Coordinated, ...Coordinated[]] };
}

/** What one finding brings to the case, as its participants may come to see it. */
export interface Report {
  readonly id: Id<'fnd'>;
  readonly orgId: Id<'org'>;
  readonly orgName: string;
  readonly title: string;
  readonly text: string;
  readonly purl: string;
  readonly rung: Rung;
  readonly verdict: string | null;
  readonly crashState: string | null;
  readonly receivedAt: Instant;
  readonly attachments: readonly {
    readonly id: Id<'blb'>;
    readonly filename: string;
    readonly type: string;
    readonly sha256: string;
    readonly bytes: number;
  }[];
}

/** What a case is and holds. */
export function caseLabel(id: Case['id']): Label {
  return label('RED', id);
}

/**
 * What is logged about a case lies under this label. Everybody read in reads the case's compartment, at whatever tier,
 * so that a body under the case's own label would show at tier 3 what only tier 0 may see.
 */
export function ledgerLabel(of: Pick<Case, 'id'>): Label {
  return label('RED', of.id, 'hou_clearinghouse');
}
