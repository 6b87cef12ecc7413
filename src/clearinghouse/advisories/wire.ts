import { z } from 'zod';
import { tlps } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireText } from '../../base/wire.ts';
import { type Actor, tierOf } from '../../trust/access.ts';
import { isPattern } from './indicator.ts';
import type { Seen } from './seen.ts';
import { type AdvisoryText, type FlawText, profiles, referenceKinds, workaroundKinds } from './text.ts';

const version = z
  .string()
  .min(1)
  .max(limits.versionBytes)
  .regex(/^[\x21-\x7e]+$/, 'a version has no spaces and no control characters')
  // CSAF 6.1.31: these make a range of a version.
  .regex(/^(?!(?:after|all|before|earlier|later|prior|versions)$)[^<>]+$/i, 'this is a range, not a version');
const url = z.url({ protocol: /^https?$/ }).max(limits.referenceBytes);
const cve = z.string().regex(/^CVE-\d{4}-\d{4,12}$/, 'must be like CVE-2026-12345');
/** BCP 47, as far as advisories are written in it: language, script, region. */
const language = z.string().regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/, 'must be like de or pt-BR');
const cwe = z.string().regex(/^CWE-[1-9]\d{0,5}$/, 'must be like CWE-125');

/** What is said of one flaw. */
const flaw = {
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
  /** Scores of others, by the name of who gave them. */
  otherScores: z
    .array(z.object({ by: wireName, vector: wireText(limits.cvssVectorChars) }))
    .max(limits.otherScoresPerAdvisory)
    .default([]),
  workarounds: z
    .array(z.object({ kind: z.enum(workaroundKinds), text: wireText(limits.textChars) }))
    .max(limits.workaroundsPerAdvisory)
    .default([]),
};
const further = z.object({
  vulnerabilityId: wireId('vul'),
  ...flaw,
  /** The vector of its score; that of the flaw the case was opened for is assessed with the case's priority. */
  cvss: wireText(limits.cvssVectorChars).nullish(),
});

export const draftInput = z.object({
  caseId: wireId('cas'),
  ...flaw,
  /** The other flaws that the case coordinates, each. */
  further: z
    .array(further)
    .max(limits.vulnerabilitiesPerCase - 1)
    .default([]),
  references: z
    .array(z.object({ kind: z.enum(referenceKinds).default('web'), url }))
    .max(limits.referencesPerAdvisory)
    .default([]),
  /** What is new, for the revision history. */
  change: wireName.optional(),
  profile: z.enum(profiles).optional(),
  /** To whom it may ever go; everybody when left out. What is not CLEAR is never published. */
  tlp: z.enum(tlps).optional(),
  /** How one sees that it is or was exploited; never how it is done. */
  indicators: z
    .array(
      z.object({
        text: wireText(limits.textChars),
        pattern: wireText(limits.textChars).refine(isPattern, 'is no pattern of STIX 2.1').nullish(),
      }),
    )
    .max(limits.indicatorsPerAdvisory)
    .default([]),
  /** SPDX licence expression under which the advisory itself may be used; nothing is said when left out. */
  license: wireName.optional(),
  translations: z
    .array(z.object({ language, title: wireName, summary: wireText(limits.textChars) }))
    .max(limits.translationsPerAdvisory)
    .default([]),
});

export const withdrawInput = z.object({
  id: wireId('adv'),
  because: wireText(limits.textChars),
  /** One of several flaws, which is then taken back by itself; the whole advisory when left out. */
  vulnerabilityId: wireId('vul').optional(),
});
export const byCase = z.object({ caseId: wireId('cas') });
export const revisionsInput = z.object({
  id: wireId('adv'),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(limits.pageRows).default(limits.pageRows),
});
export const diffInput = z.object({
  id: wireId('adv'),
  /** The one before `to` when left out. */
  from: z.coerce.number().int().min(1).optional(),
  /** The newest when left out. */
  to: z.coerce.number().int().min(1).optional(),
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

const statementOut = z.object({
  ...{ supplier: z.string(), package: z.string(), status: z.string(), justification: z.string().nullable() },
  ...{ text: z.string(), at: wireInstant },
});
const aiUseOut = z.object({
  discovery: z.array(z.object({ by: z.string().nullable(), tooling: z.string().nullable(), model: z.string().nullable() })),
  patch: z.boolean(),
  drafting: z.boolean(),
});

const creditsOut = z.array(z.object({ name: z.string(), at: wireInstant }));
const scoresOut = z.array(z.object({ by: z.string(), cvss: cvssOut }));
const workaroundsOut = z.array(z.object({ kind: z.enum(workaroundKinds), text: z.string() }));
const takenBackOut = z.object({ because: z.string() });
const flawOut = z.object({
  ...{ vulnerabilityId: wireId('vul'), number: z.number(), title: z.string().optional(), summary: z.string().optional() },
  ...{ affected: z.array(rangeOut), cve: z.string().nullish(), cwe: z.string().nullish(), cvss: cvssOut.nullish() },
  ...{ credits: creditsOut.optional(), saidBy: z.record(z.string(), z.string()).optional(), otherScores: scoresOut.optional() },
  ...{ statements: z.array(statementOut).optional(), workarounds: workaroundsOut.optional() },
  takenBack: takenBackOut.optional(),
});

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
  credits: creditsOut.optional(),
  cvss: cvssOut.nullish(),
  ssvc: z.object({ decision: z.string(), points: z.record(z.string(), z.string()) }).nullish(),
  references: z.array(z.object({ kind: z.string(), url: z.string() })).optional(),
  publisher: z.string().optional(),
  change: z.string().optional(),
  profile: z.enum(profiles).optional(),
  tlp: z.enum(tlps).optional(),
  saidBy: z.record(z.string(), z.string()).optional(),
  otherScores: scoresOut.optional(),
  statements: z.array(statementOut).optional(),
  workarounds: workaroundsOut.optional(),
  further: z.array(flawOut).optional(),
  indicators: z.array(z.object({ text: z.string(), pattern: z.string().nullable() })).optional(),
  aiUse: aiUseOut.optional(),
  translations: z.array(z.object({ language: z.string(), title: z.string(), summary: z.string() })).optional(),
  license: z.string().optional(),
  withdrawn: takenBackOut.optional(),
  /** Of the first of several flaws. */
  takenBack: takenBackOut.optional(),
  digest: z.string().optional(),
  draftedBy: z.string().optional(),
  draftedAt: wireInstant.optional(),
  approvedBy: z.string().nullish(),
  approvedAt: wireInstant.nullish(),
});
export const ofCaseOut = z.object({ advisory: advisoryOut.nullable() });
export const listOut = z.object({ items: z.array(advisoryOut) });
const origin = z.object({ at: z.string(), from: z.string() });
const suggestedFlaw = {
  ...{ title: z.string(), summary: z.string(), affected: z.array(rangeOut), cve: z.string().nullable(), cwe: z.string().nullable() },
  ...{ otherScores: z.array(z.object({ by: z.string(), vector: z.string() })), workarounds: workaroundsOut },
};
export const suggestionOut = z.object({
  /** As `advisories.draft` takes it. */
  draft: z.object({
    ...suggestedFlaw,
    references: z.array(z.object({ kind: z.string(), url: z.string() })),
    further: z.array(z.object({ vulnerabilityId: wireId('vul'), ...suggestedFlaw })).optional(),
  }),
  origins: z.array(origin),
  missing: z.array(z.string()),
});
const revisionOut = z.object({
  revision: z.number(),
  digest: z.string(),
  draftedBy: z.string(),
  draftedAt: wireInstant,
  change: z.string(),
});
export const revisionsOut = z.object({ items: z.array(revisionOut) });
export const diffOut = z.object({
  from: z.number(),
  to: z.number(),
  /** By JSON pointer; a member that was added has no `before`, one that was removed no `after`. */
  changes: z.array(z.object({ at: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })),
});
/** By format: a JSON document, or a text. */
export const previewOut = z.record(z.string(), z.union([z.record(z.string(), z.unknown()), z.string()]));

/** Tiers 0 and 1 read all of it, tier 2 the fix, tier 3 only that there is an advisory (DESIGN §7, read-in). */
export function present(advisory: Seen, viewer: Actor): z.input<typeof advisoryOut> {
  const { id, caseId, state, revision, text, digest, draftedBy, draftedAt, approvedBy, approvedAt } = advisory;
  const tier = tierOf(viewer, caseId) ?? 3;
  const least = { id, caseId, state, revision };
  if (tier >= 3 || advisory.tellsOfOthers) return least;
  const ranges = ({ affected, takenBack }: FlawText) => (takenBack ? [] : affected.map((r) => ({ ...r })));
  const others = text.further?.map((f) => ({ vulnerabilityId: f.vulnerabilityId, number: f.number, affected: ranges(f) }));
  const fix = { ...least, package: text.package, affected: ranges(text), ...(others ? { further: others } : {}) };
  if (tier === 2) return fix;
  const { title, summary, cve, cwe, credits, cvss, ssvc, references, publisher, change } = text;
  // Until it is public, one finder does not learn of another: of the reports of a case each sees its own, too.
  const isFinder = viewer.roles.includes('finder') && !viewer.roles.includes('coordinator');
  const found = isFinder ? {} : { credits: [...credits] };
  const said = { title, summary, cve, cwe, ...found, cvss, references: [...references], publisher, change };
  return { ...fix, ...said, ...moreOf(text, isFinder), ssvc: ssvc && { ...ssvc }, digest, draftedBy, draftedAt, approvedBy, approvedAt };
}

/** What not every advisory says. Who else found, scored or stated is not a finder's to know before the hour. */
function moreOf(text: AdvisoryText, isFinder: boolean): Partial<z.input<typeof advisoryOut>> {
  const { profile, tlp, workarounds, indicators, license, translations, withdrawn, takenBack } = text;
  const { saidBy, otherScores, statements, aiUse, further } = text;
  const others = isFinder ? {} : { saidBy, otherScores, statements, aiUse, further };
  const said = Object.entries({ profile, tlp, workarounds, indicators, license, translations, withdrawn, takenBack, ...others });
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}
