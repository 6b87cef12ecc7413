import { hour } from '../../../base/instant.ts';
import { isPoc } from '../attachment.ts';
import type { Finding } from '../finding.ts';

/** Action bands (Akrites SIRT triage policy §3), most pressing first; `acknowledgeMs` is how soon a person of the desk answers. */
export const bands = ['INCIDENT', 'URGENT', 'STANDARD', 'NEEDS-INFO'] as const;
export type Band = (typeof bands)[number];
export const acknowledgeMs: Readonly<Record<Band, number>> = {
  INCIDENT: 2 * hour,
  URGENT: 12 * hour,
  STANDARD: 48 * hour,
  'NEEDS-INFO': 72 * hour,
};

/** What a band and the order within it are decided by. */
export type Triaged = Pick<Finding, 'attachments' | 'cvss' | 'exploited' | 'verdict' | 'toolingAccess' | 'discoveryMethod'>;

/**
 * No reproduction, no emergency: without a proof of concept nothing claimed makes an incident, and what our own re-run contradicts or cannot
 * tell waits for information. Severity is read from the facts of the CVSS vector, not from a score.
 */
export function bandOf(finding: Triaged): { band: Band; because: string } {
  const { verdict } = finding;
  const { isRemote, isOpen, isHigh } = facts(finding.cvss);
  const hasPoc = finding.attachments.some(isPoc);
  const isReplayed = verdict === 'reproduced' || verdict === 'reproduced-fix-incomplete';
  if (verdict === 'not-reproduced') return { band: 'NEEDS-INFO', because: 'our re-run did not show it' };
  if (!hasPoc && finding.exploited) return { band: 'URGENT', because: 'said to be exploited, with nothing to replay' };
  if (!hasPoc) return { band: 'NEEDS-INFO', because: 'nothing to replay' };
  if (finding.exploited)
    return { band: 'INCIDENT', because: isReplayed ? 'exploited, and replayed here' : 'said to be exploited, with a PoC' };
  if (isRemote && isOpen && isHigh)
    return { band: 'INCIDENT', because: `remote without authentication, ${isReplayed ? 'replayed here' : 'with a PoC'}` };
  if (isReplayed && isHigh) return { band: 'URGENT', because: 'high impact, replayed here' };
  return { band: 'STANDARD', because: isReplayed ? 'replayed here' : 'with a PoC' };
}

/** Order within a band, 0 to 31 (policy §3 "Why now"): exposure, evidence, the attacker's prerequisites, how soon others find it; age comes last by itself. */
export function urgencyOf(finding: Triaged, isWidelyKept: boolean): number {
  const { isRemote, isOpen } = facts(finding.cvss);
  const isReplayed = finding.verdict === 'reproduced' || finding.verdict === 'reproduced-fix-incomplete';
  const evidence = isReplayed ? 2 : finding.attachments.some(isPoc) ? 1 : 0;
  const isFast = finding.toolingAccess === 'public' && /\bai\b/i.test(finding.discoveryMethod ?? '');
  return (isWidelyKept ? 16 : 0) + evidence * 4 + (isRemote && isOpen ? 2 : 0) + (isFast ? 1 : 0);
}

/** CVSS 3.x and 4.0 name the same facts with nearly the same letters. */
function facts(cvss: string | null): { isRemote: boolean; isOpen: boolean; isHigh: boolean } {
  const has = (metric: RegExp) => cvss !== null && metric.test(cvss);
  return {
    isRemote: has(/\/AV:N(\/|$)/),
    isOpen: has(/\/PR:N(\/|$)/) && has(/\/UI:N(\/|$)/),
    isHigh: has(/\/V?C:H(\/|$)/) && has(/\/V?I:H(\/|$)/),
  };
}
