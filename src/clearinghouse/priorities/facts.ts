import { isReproduced } from '../../lab/verdict.ts';
import type { Finding } from '../findings/finding.ts';
import type { Validation } from '../validations/validation.ts';

export const factNames = [
  'crash-class',
  'access',
  'access-bytes',
  'controlled-size',
  'beyond-region',
  'security-relevant',
  'reachable-before-authentication',
] as const;

interface Fact {
  readonly findingId: Finding['id'];
  readonly fact: (typeof factNames)[number];
  readonly value: string;
  readonly origin: 'shown' | 'stated';
  readonly evidence: { readonly path: string; readonly sha256: string | null };
}

/** What a finding gives to assess a case by: facts, never a score. `validations` oldest first; the newest that reproduced speaks. */
export function factsOfFinding(finding: Pick<Finding, 'id' | 'cvss'>, validations: readonly Validation[]): Fact[] {
  const reproduced = validations.filter((v) => v.facts && isReproduced(v.verdict));
  const newest = reproduced.at(-1);
  const found: Fact[] = newest ? shownBy(newest, reproduced) : [];
  const privileges = /\/PR:([NLH])(?:\/|$)/.exec(finding.cvss ?? '')?.[1];
  if (privileges !== undefined) {
    const value = privileges === 'N' ? 'yes' : 'no';
    const evidence = { path: `/api/findings/${finding.id}`, sha256: null };
    found.push({ findingId: finding.id, fact: 'reachable-before-authentication', value, origin: 'stated', evidence });
  }
  return found;
}

function shownBy({ id, findingId, facts, reports, crashState, decided }: Validation, reproduced: readonly Validation[]): Fact[] {
  const { crashClass, access, accessBytes, region, isSecurityRelevant, reportSha256 } = facts!;
  const report = reports.findLast((r) => r.sha256 === reportSha256);
  const path = report ? `/api/validations/${id}/reports/${report.id}` : `/api/validations/${id}/record`;
  const evidence = { path, sha256: reportSha256 };
  // Two inputs that end at the same place of the same build with accesses of different sizes: the input decides how much.
  const alike = reproduced.filter((v) => v.crashState === crashState && v.decided?.recipeId === decided?.recipeId);
  const sizes = new Set(alike.flatMap((v) => v.facts?.accessBytes ?? []));
  const values: Partial<Record<Fact['fact'], string | null>> = {
    'crash-class': crashClass,
    access,
    'access-bytes': accessBytes === null ? null : String(accessBytes),
    'controlled-size': sizes.size > 1 ? `yes: ${[...sizes].sort((a, b) => a - b).join(' and ')} bytes with different inputs` : null,
    'beyond-region': region && `${region.distanceBytes} bytes ${region.side} a region of ${region.bytes} bytes`,
    'security-relevant': isSecurityRelevant ? 'yes' : 'no',
  };
  return factNames.flatMap((fact): Fact[] => {
    const value = values[fact];
    return value ? [{ findingId, fact, value, origin: 'shown', evidence }] : [];
  });
}
