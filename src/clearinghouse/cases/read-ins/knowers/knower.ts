import type { Instant } from '../../../../base/instant.ts';
import { endsAt, exclusions, type ReadIn } from '../read-in.ts';

/** Somebody who was ever let into a case or asked, with all that was decided about it. */
export interface Knower {
  readonly holderId: string;
  readonly kind: 'organisation' | 'person';
  readonly name: string;
  readonly org: string;
  readonly tier: number;
  readonly state: ReadIn['state'] | 'granted';
  readonly because: string;
  readonly ability: string | null;
  readonly sponsorId: string | null;
  readonly sponsor: string | null;
  readonly exclusions: string | null;
  readonly askedBy: string | null;
  readonly askedAt: Instant | null;
  readonly since: Instant | null;
  readonly until: Instant | null;
  readonly emergencyUntil: Instant | null;
  readonly signedBy: ReadIn['signedBy'];
  readonly hardware: string | null;
  readonly termsDigest: string | null;
  readonly endedAt: Instant | null;
  readonly endedBecause: string | null;
}

export function knowerOf(of: ReadIn, named: { readonly person: string; readonly org: string; readonly sponsor: string }): Knower {
  return {
    ...{ holderId: of.personId, kind: 'person', name: named.person, org: named.org, tier: of.tier, state: of.state, because: of.need },
    ...{ ability: of.ability, sponsorId: of.sponsorId, sponsor: named.sponsor },
    exclusions: exclusions.map((e) => `${e}: ${of.exclusions[e] ? 'found' : 'not found'}`).join('; '),
    ...{ askedBy: of.offeredBy, askedAt: of.offeredAt, since: of.acknowledgedAt, until: of.endedAt ?? endsAt(of) },
    ...{ emergencyUntil: of.emergencyUntil, signedBy: of.signedBy, hardware: of.signature?.hardware ?? null },
    ...{ termsDigest: of.termsDigest, endedAt: of.endedAt, endedBecause: of.endedBecause },
  };
}

const columns: readonly (keyof Knower)[] = [
  ...(['holderId', 'kind', 'name', 'org', 'tier', 'state', 'because', 'ability', 'sponsor', 'exclusions', 'askedBy', 'askedAt'] as const),
  ...(['since', 'until', 'emergencyUntil', 'signedBy', 'hardware', 'termsDigest', 'endedAt', 'endedBecause'] as const),
];

/** RFC 4180, every field quoted. What a spreadsheet would take for a formula is made text: somebody's name must not run on a coordinator's desk. */
export function csvOf(caseId: string, knowers: readonly Knower[]): string {
  const rows = knowers.map((knower) => [caseId, ...columns.map((column) => String(knower[column] ?? ''))]);
  return [['caseId', ...columns], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  // Also after what a spreadsheet skips: spaces, controls, marks that are not seen.
  const isFormula = /^[\s\p{Cc}\p{Cf}]*[=+\-@\t\r|%]/u.test(text) || /^[\t\r]/.test(text);
  return `"${(isFormula ? `'${text}` : text).replaceAll('"', '""')}"`;
}
