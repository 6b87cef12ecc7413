import { z } from 'zod';
import { limits } from '../../../../base/limits.ts';
import { wireId, wireInstant, wireName, wireText } from '../../../../base/wire.ts';
import type { Actor } from '../../../../trust/access.ts';
import type { NonFixRecord } from './record.ts';
import { approvalsNeeded, nonFixDecisions, nonFixKinds, recordStates, type UpstreamRecord } from './record.ts';

const text = wireText(limits.textChars);
const url = z.url({ protocol: /^https?$/ }).max(limits.referenceBytes);
const cve = z.string().regex(/^CVE-\d{4}-\d{4,12}$/, 'must be like CVE-2026-12345');

const nonFix = z.object({
  position: text,
  positionUrl: url.nullable().default(null),
  type: z.enum(nonFixKinds),
  rationale: text,
  saidAt: wireInstant,
  source: wireName,
  footprint: text.nullable().default(null),
  decision: z.enum(nonFixDecisions),
  cve: cve.nullable().default(null),
});
const lastResort = z.object({
  cve: cve.nullable().default(null),
  evidence: z.object({ exhausted: text, deployed: text, licence: text, capacity: text }),
  licence: z.object({
    spdxId: wireName.regex(/^[A-Za-z0-9.+() -]+$/, 'must be an SPDX licence expression'),
    forkPermitted: z.boolean(),
    obligations: text,
  }),
  namespace: wireName,
  base: z.object({ commit: wireName, knownGoodBecause: text }),
  integrity: text,
  term: z.object({ startsAt: wireInstant, endsAt: wireInstant, renewals: z.int().min(0).max(1).default(1) }),
  sunset: z.array(wireName).min(1).max(limits.sunsetTriggers),
  steward: z.object({ plan: text, owner: wireName }),
  provenance: text.nullable().default(null),
});
const about = { id: wireId('cas'), participantId: wireId('par') };
export const nonFixInput = nonFix.extend(about);
export const lastResortInput = lastResort.extend(about);
export const byCase = z.object({ id: wireId('cas') });
const recordId = z.union([wireId('nfx'), wireId('lst')]);
export const approveInput = z.object({ id: recordId });
export const nothing = z.object({});
export const endedOut = z.object({ ended: z.number() });

export const recordOut = z.object({
  id: recordId,
  participantId: wireId('par'),
  state: z.enum(recordStates),
  draftedBy: z.string().optional(),
  draftedAt: wireInstant,
  approvals: z.array(z.object({ by: z.string(), at: wireInstant })).optional(),
  approvalsNeeded: z.number(),
  nonFix: nonFix.extend({ fixStatus: z.literal('will_not_fix') }).optional(),
  lastResort: lastResort.optional(),
});
export const recordsOut = z.object({ items: z.array(recordOut) });

/** A supplier reads what is kept of its own words; what the clearinghouse makes of where it is in use, nobody else does. */
export function present(r: UpstreamRecord, viewer: Actor): z.input<typeof recordOut> {
  const isStaff = viewer.roles.includes('coordinator');
  const staff = isStaff ? { draftedBy: r.draftedBy, approvals: r.approvals.map((a) => ({ ...a })) } : {};
  const { id, participantId, state, draftedAt } = r;
  const least = { id, participantId, state, draftedAt, approvalsNeeded: approvalsNeeded(r), ...staff };
  return {
    ...least,
    ...(r.kind === 'non-fix' ? { nonFix: nonFixShown(r, isStaff) } : { lastResort: { ...r.said, sunset: [...r.said.sunset] } }),
  };
}

function nonFixShown({ said }: NonFixRecord, isStaff: boolean) {
  return isStaff ? { ...said } : { ...said, footprint: null };
}
