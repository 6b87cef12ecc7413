import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { refusalCodes } from '../../../base/refusal.ts';
import { wireId, wireInstant, wireJson, wirePage, wireText, wireVerbatim } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import { type Cve, cveStates, type Errand, errandKinds, errandStates } from './cve.ts';

const wireCve = z.string().regex(/^CVE-\d{4}-\d{4,19}$/, 'must be like CVE-2026-12345');
const shortName = z.string().regex(/^[\x21-\x7e]{2,64}$/, 'a short name as the CVE program gives it');

export const nothing = z.object({});
export const page = wirePage;
export const byCase = z.object({ id: wireId('cas') });
export const byErrand = z.object({ id: wireId('cve') });
export const poolInput = z
  .object({ least: z.int().min(0), most: z.int().min(0).max(limits.cvePoolIds) })
  .refine(({ least, most }) => least <= most, { message: 'least is more than most', path: ['least'] });
/** Of a case that has several, which. */
const ofFlaw = byCase.extend({ vulnerabilityId: wireId('vul').optional() });
export const assignInput = ofFlaw.extend({
  /** Needed where another authority's scope covers the package: what it said, or that it did not answer. */
  because: wireText(limits.becauseChars).optional(),
});
export const foreignInput = ofFlaw.extend({ cveId: wireCve, by: shortName });
export const rejectInput = z.object({ cveId: wireCve, because: wireText(limits.becauseChars), replacedBy: wireCve.optional() });
export const recordInput = z.object({
  caseId: wireId('cas'),
  cveId: wireCve,
  container: wireJson(limits.cveRecordBytes).refine((of) => typeof of === 'object' && of !== null, 'must be a container'),
  isWithdrawn: z.boolean(),
});
export const cnasInput = z.object({
  /** CNAsList.json, as it is published. */
  list: wireVerbatim(limits.cnaListBytes),
  url: z.url({ protocol: /^https$/ }).max(limits.referenceBytes),
});
export const scopeInput = z.object({
  /** A package URL without version, or what it begins with: `pkg:npm/%40a`. */
  covers: z.string().startsWith('pkg:').min(5).max(limits.purlBytes),
  shortName,
  because: wireText(limits.becauseChars),
});
export const matchInput = z.object({ purl: z.string().startsWith('pkg:').max(limits.purlBytes) });

const ids = z.array(wireCve).max(limits.cvePoolIds * 4);
export const concludeInput = z.object({
  id: wireId('cve'),
  evidence: z.object({
    found: ids,
    reserved: ids,
    changed: z.array(z.object({ cveId: wireCve, state: z.enum(['PUBLISHED', 'REJECTED']) })),
    refused: z.object({ refused: z.literal(true), code: z.enum(refusalCodes), because: z.string() }).nullable(),
  }),
});
/** Handed to the worker in this process; never leaves it. */
export const specOut = z.unknown();

export const cveOut = z.object({
  cveId: wireCve,
  state: z.enum(cveStates),
  assignedByCna: z.string().nullable(),
  caseId: wireId('cas').nullable(),
  /** For coordinators: the flaw it is for. */
  vulnerabilityId: wireId('vul').nullable().optional(),
  assignedAt: wireInstant.nullable(),
  publishedAt: wireInstant.nullable(),
  rejectedAt: wireInstant.nullable(),
  because: z.string().nullable(),
  replacedBy: z.string().nullable(),
});
export const ofCaseOut = z.object({ items: z.array(cveOut) });
export const listOut = ofCaseOut;
export const errandOut = z.object({
  id: wireId('cve'),
  kind: z.enum(errandKinds),
  state: z.enum(errandStates),
  cveId: z.string().nullable(),
  year: z.number().nullable(),
  amount: z.number().nullable(),
  tries: z.number(),
  dueAt: wireInstant,
  because: z.string().nullable(),
});
export const poolOut = z.object({
  /** Null: this hub has no account with CVE Services. */
  cna: z.string().nullable(),
  least: z.number(),
  most: z.number(),
  year: z.number(),
  left: z.number(),
  errands: z.array(errandOut),
  /** Two ids on one flaw: which stays, and which is to be rejected as its duplicate. */
  doubled: z.array(z.object({ keep: wireCve, reject: wireCve })),
});
export const readOut = z.object({ read: z.number(), skipped: z.number(), sha256: z.string() });
export const matchOut = z.object({
  verdict: z.enum(['covered', 'could-not-tell']),
  shortName: z.string().nullable(),
  because: z.string(),
  candidates: z.array(z.object({ shortName: z.string(), scope: z.string() })),
});

export function present(c: Cve, viewer: Actor): z.input<typeof cveOut> {
  const { cveId, state, assignedByCna, caseId, vulnerabilityId, assignedAt, publishedAt, rejectedAt, because, replacedBy } = c;
  const shown = { cveId, state, assignedByCna, caseId, assignedAt, publishedAt, rejectedAt, because, replacedBy };
  return viewer.roles.includes('coordinator') ? { ...shown, vulnerabilityId } : shown;
}

export function presentErrand(e: Errand): z.input<typeof errandOut> {
  const { id, kind, state, cveId, year, amount, tries, dueAt, because } = e;
  return { id, kind, state, cveId, year, amount, tries, dueAt, because };
}
