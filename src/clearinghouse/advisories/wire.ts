import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireText } from '../../base/wire.ts';
import { type Actor, tierOf } from '../../trust/access.ts';
import { type Advisory, referenceKinds } from './advisory.ts';

const version = z
  .string()
  .min(1)
  .max(limits.versionBytes)
  .regex(/^[\x21-\x7e]+$/, 'a version has no spaces and no control characters');
const url = z.url({ protocol: /^https?$/ }).max(limits.referenceBytes);
const cve = z.string().regex(/^CVE-\d{4}-\d{4,12}$/, 'must be like CVE-2026-12345');
const cwe = z.string().regex(/^CWE-[1-9]\d{0,5}$/, 'must be like CWE-125');

export const draftInput = z.object({
  caseId: wireId('cas'),
  title: wireName,
  summary: wireText(limits.textChars),
  affected: z
    .array(
      z.object({
        /** A purl without version; the case's own package when left out. */
        package: z.string().min(1).max(limits.purlBytes).optional(),
        introduced: version.nullish(),
        fixed: version.nullish(),
      }),
    )
    .min(1)
    .max(limits.rangesPerAdvisory),
  cve: cve.nullish(),
  cwe: cwe.nullish(),
  references: z
    .array(z.object({ kind: z.enum(referenceKinds).default('web'), url }))
    .max(limits.referencesPerAdvisory)
    .default([]),
  /** What is new, for the revision history. */
  change: wireName.optional(),
});

export const approveInput = z.object({
  id: wireId('adv'),
  /** The digest of what was read; when it has been changed since, `stale`. */
  digest: z.string().max(64).optional(),
});
export const byId = z.object({ id: wireId('adv') });
export const page = wirePage;

const rangeOut = z.object({ package: z.string(), introduced: z.string().nullable(), fixed: z.string().nullable() });
const cvssOut = z.object({ version: z.string(), vector: z.string(), base: z.number(), severity: z.string() });

/** What a tier does not see is left out. */
export const advisoryOut = z.object({
  id: wireId('adv'),
  caseId: wireId('cas'),
  state: z.enum(['draft', 'approved']),
  revision: z.number(),
  package: z.string().optional(),
  affected: z.array(rangeOut).optional(),
  title: z.string().optional(),
  summary: z.string().optional(),
  cve: z.string().nullish(),
  cwe: z.string().nullish(),
  credits: z.array(z.object({ name: z.string(), at: wireInstant })).optional(),
  cvss: cvssOut.nullish(),
  ssvc: z.object({ decision: z.string(), points: z.record(z.string(), z.string()) }).nullish(),
  references: z.array(z.object({ kind: z.string(), url: z.string() })).optional(),
  publisher: z.string().optional(),
  change: z.string().optional(),
  digest: z.string().optional(),
  draftedBy: z.string().optional(),
  draftedAt: wireInstant.optional(),
  approvedBy: z.string().nullish(),
  approvedAt: wireInstant.nullish(),
});
export const listOut = z.object({ items: z.array(advisoryOut) });
export const previewOut = z.object({ csaf20: z.record(z.string(), z.unknown()), osv: z.record(z.string(), z.unknown()) });

/** Tiers 0 and 1 read all of it, tier 2 the fix, tier 3 only that there is an advisory (DESIGN §7, read-in). */
export function present(advisory: Advisory, viewer: Actor): z.input<typeof advisoryOut> {
  const { id, caseId, state, revision, text, digest, draftedBy, draftedAt, approvedBy, approvedAt } = advisory;
  const tier = tierOf(viewer, caseId) ?? 3;
  const least = { id, caseId, state, revision };
  if (tier >= 3) return least;
  const fix = { ...least, package: text.package, affected: text.affected.map((r) => ({ ...r })) };
  if (tier === 2) return fix;
  const { title, summary, cve, cwe, credits, cvss, ssvc, references, publisher, change } = text;
  // Until it is public, one finder does not learn of another: of the reports of a case each sees its own, too.
  const isFinder = viewer.roles.includes('finder') && !viewer.roles.includes('coordinator');
  const found = isFinder ? {} : { credits: [...credits] };
  const said = { title, summary, cve, cwe, ...found, cvss, references: [...references], publisher, change };
  return { ...fix, ...said, ssvc: ssvc && { ...ssvc }, digest, draftedBy, draftedAt, approvedBy, approvedAt };
}
