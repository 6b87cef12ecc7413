import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal } from '../../base/refusal.ts';
import { wireBase64, wireId, wireInstant, wireJson, wireLabel, wirePage, wireSha256, wireText } from '../../base/wire.ts';
import { type Actor, tierOf } from '../../trust/access.ts';
import { canonicalPurl } from '../inventories/purl.ts';
import { attachmentTypes, contentTypeNames, downloadKey, isFilename, isPoc, type NamedAttachment } from './attachment.ts';
import {
  blankDraft,
  type Draft,
  type Finding,
  findingStates,
  formats,
  missingOf,
  receiptPattern,
  rungs,
  six,
  submissionStatuses,
  toolingAccesses,
  verdicts,
} from './finding.ts';
import { isHttpUrl, isUpstreamId } from './identifiers.ts';

export const wireBytes = (maxBytes: number) =>
  z
    .string()
    .min(1)
    .refine((s) => s.isWellFormed() && Buffer.byteLength(s) <= maxBytes, `must be at most ${maxBytes} bytes of UTF-8`)
    .refine((s) => !/\p{Cc}/u.test(s), 'must not hold control characters');
const wireCommit = z.string().regex(/^[0-9a-f]{7,64}$/i, 'must be 7 to 64 hexadecimal digits');
const wireFilename = wireBytes(limits.filenameBytes).refine(isFilename, 'must be a file name, not a path');

const givenFile = z.object({
  filename: wireFilename,
  contentType: z.enum(contentTypeNames),
  type: z.enum(attachmentTypes).default('other'),
  description: wireBytes(limits.descriptionBytes).optional(),
  /** The file, in standard base64 with padding. */
  data: wireBase64(limits.attachmentBytes).min(1),
});
export const givenFiles = z
  .array(givenFile)
  .max(limits.attachmentsPerFinding)
  .refine(
    (files) => new Set(files.map((f) => downloadKey(f.filename, f.contentType))).size === files.length,
    'two files would download under one name',
  );

/** How it was found, and who answers for it. */
export const provenanceInput = {
  discoveryMethod: wireBytes(32).optional(),
  discoveryTooling: wireBytes(128).optional(),
  discoveryModel: wireBytes(128).optional(),
  toolingAccess: z.enum(toolingAccesses).optional(),
  answerable: wireBytes(256).optional(),
};

export const submitInput = z.object({
  format: z.literal('plain').default('plain'),
  title: wireText(limits.titleChars).refine((s) => !/[\p{Cc}\p{Cf}]/u.test(s), 'must not hold control or formatting characters'),
  text: wireText(limits.textChars),
  purl: wireBytes(limits.purlBytes),
  versions: z.array(wireBytes(limits.versionBytes)).max(limits.versionsPerFinding).default([]),
  cwe: z
    .string()
    .regex(/^CWE-\d{1,6}$/, 'must be like CWE-787')
    .optional(),
  cvss: z
    .string()
    .regex(/^CVSS:[34]\.[01]\/[A-Za-z:/]{1,400}$/, 'must be a CVSS 3.x or 4.0 vector')
    .optional(),
  symbol: z
    .object({
      file: wireBytes(limits.symbolFileBytes).optional(),
      function: wireBytes(limits.symbolFunctionBytes).optional(),
      line: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    })
    .optional(),
  attachments: givenFiles.default([]),
  ...provenanceInput,
  exploited: z.boolean().default(false),
  repository: wireBytes(limits.referenceBytes).refine(isHttpUrl, 'must be an absolute http or https URL').optional(),
  references: z
    .array(wireBytes(limits.referenceBytes).refine(isHttpUrl, 'must be an absolute http or https URL'))
    .max(limits.referencesPerFinding)
    .default([]),
  upstreamIds: z
    .array(wireBytes(limits.upstreamIdBytes).refine(isUpstreamId, 'must be like CVE-2026-1234, GHSA-xxxx-xxxx-xxxx or OSV-…'))
    .max(limits.upstreamIdsPerFinding)
    .default([]),
  introducedCommit: wireCommit.optional(),
  fixedCommit: wireCommit.optional(),
});

export function draftOf(input: z.output<typeof submitInput>): Draft | Refusal {
  const purl = canonicalPurl(input.purl);
  if (isRefusal(purl)) return { ...purl, at: '/purl' };
  const { file, function: name, line } = input.symbol ?? {};
  const isPlaced = file !== undefined || name !== undefined || line !== undefined;
  return blankDraft({
    ...withoutAbsent(input),
    purl,
    symbol: isPlaced ? { file: file ?? null, function: name ?? null, line: line ?? null } : null,
    attachments: filesOf(input.attachments),
  });
}

/** A member that says nothing must not hide the one that stands in for it. */
function withoutAbsent<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export function filesOf(given: z.output<typeof givenFiles>): Draft['attachments'] {
  return given.map(({ data, description, ...file }) => ({ ...file, description: description ?? null, bytes: Buffer.from(data, 'base64') }));
}

const jsonObject = (maxBytes: number) => wireJson(maxBytes).pipe(z.record(z.string(), z.unknown()));

/** `parts` are the payload parts of a multipart submission, in body order; absent for a JSON one. */
export const submitTapInput = z.object({
  report: jsonObject(limits.tapBodyBytes),
  parts: z
    .array(
      z.object({
        name: z.enum(['exploit', 'raw', 'attachment']),
        filename: z.string().max(limits.filenameBytes).optional(),
        contentType: z.string().max(limits.nameChars).optional(),
        description: z.string().max(limits.descriptionBytes).optional(),
        type: z.string().max(64).optional(),
        data: wireBase64(limits.attachmentBytes),
      }),
    )
    .max(limits.attachmentsPerFinding)
    .optional(),
});

export const submitSarifInput = z.object({
  sarif: jsonObject(limits.sarifBytes),
  purl: wireBytes(limits.purlBytes),
  /** Only with a log of exactly one result: a file belongs to the finding it shows. */
  attachments: givenFiles.default([]),
});

/** What a measurement tripped by the way, handed on by a person of the measuring body; its input lies among the blobs. */
export const takeInInput = submitInput.omit({ attachments: true, format: true }).extend({
  findingId: wireId('fnd'),
  orgId: wireId('org'),
  reporterId: z.string().max(limits.nameChars),
  receivedAt: wireInstant,
  handedInId: wireId('blb'),
  handedInSha256: wireSha256,
});

export const byId = z.object({ id: wireId('fnd') });
export const page = wirePage;
export const byReceipt = z.object({ receipt: z.string().regex(receiptPattern, 'must be a receipt like SUB-…') });
export const byAttachment = z.object({ id: wireId('fnd'), attachmentId: wireId('blb') });
export const judgeInput = z.object({
  id: wireId('fnd'),
  verdict: z.enum(verdicts),
  because: z.string().max(limits.textChars),
  validationId: wireId('val').nullish(),
  crashState: z.string().max(limits.textChars).nullish(),
  recipeId: z.string().max(limits.nameChars).nullish(),
});
export const withdrawInput = z.object({ id: wireId('fnd'), because: wireText(limits.becauseChars) });
export const correctInput = submitInput.extend({ id: wireId('fnd'), because: wireText(limits.becauseChars) });
export const closeInput = z.object({ id: wireId('fnd'), because: z.string().min(1).max(limits.textChars) });

export const receivedOut = z.object({
  id: wireId('fnd'),
  receipt: z.string(),
  /** Of the SIRT-ready six, those not provided: a checklist, never a rejection. */
  missing: z.array(z.enum(six)),
  commitment: z.string(),
  commitmentSalt: z.string(),
});
export const submitOut = receivedOut;
const tapWarning = z.object({ code: z.literal('deprecated_field'), field: z.string(), reason: z.string() });
export const submitTapOut = receivedOut.extend({ warnings: z.array(tapWarning) });
export const submitSarifOut = z.object({ items: z.array(receivedOut), skipped: z.number() });
export const statusOut = z.object({ at: wireInstant, receipt: z.string(), status: z.enum(submissionStatuses) });
export const attachmentOut = z.object({
  filename: z.string(),
  contentType: z.enum(contentTypeNames),
  sha256: z.string(),
  data: z.string(),
});
export const closedOut = z.object({ id: wireId('fnd'), state: z.enum(findingStates) });

const attachmentEntry = z.object({
  id: wireId('blb'),
  filename: z.string(),
  contentType: z.enum(contentTypeNames),
  type: z.enum(attachmentTypes),
  description: z.string().nullable(),
  sha256: z.string(),
  bytes: z.number(),
});
export const summaryOut = z.object({
  id: wireId('fnd'),
  orgId: wireId('org'),
  title: z.string(),
  purl: z.string(),
  hasPoc: z.boolean(),
  rung: z.enum(rungs),
  state: z.enum(findingStates),
  stateBecause: z.string().nullable(),
  verdict: z.enum(verdicts).nullable(),
  receivedAt: wireInstant,
});
export const listOut = z.object({ items: z.array(summaryOut) });
export const getOut = summaryOut.extend({
  reporterId: z.string(),
  receipt: z.string(),
  format: z.enum(formats),
  text: z.string(),
  versions: z.array(z.string()),
  cwe: z.string().nullable(),
  cvss: z.string().nullable(),
  symbol: z.object({ file: z.string().nullable(), function: z.string().nullable(), line: z.number().nullable() }).nullable(),
  attachments: z.array(attachmentEntry),
  discoveryMethod: z.string().nullable(),
  discoveryTooling: z.string().nullable(),
  discoveryModel: z.string().nullable(),
  toolingAccess: z.enum(toolingAccesses).nullable(),
  answerable: z.string().nullable(),
  exploited: z.boolean(),
  repository: z.string().nullable(),
  references: z.array(z.string()),
  upstreamIds: z.array(z.string()),
  introducedCommit: z.string().nullable(),
  fixedCommit: z.string().nullable(),
  original: z.record(z.string(), z.unknown()).nullable(),
  validationId: z.string().nullable(),
  crashState: z.string().nullable(),
  commitment: z.string(),
  commitmentSalt: z.string().nullable(),
  contentDigest: z.string(),
  revealedAt: wireInstant.nullable(),
  correctsId: wireId('fnd').nullable(),
  correctedById: wireId('fnd').nullable(),
  /** Of the SIRT-ready six, those still missing. */
  missing: z.array(z.enum(six)),
  stateAt: wireInstant,
  label: wireLabel,
});

export function presentSummary(finding: Finding): z.input<typeof summaryOut> {
  const { id, orgId, title, purl, rung, state, stateBecause, verdict, receivedAt } = finding;
  return { id, orgId, title, purl, hasPoc: finding.attachments.some(isPoc), rung, state, stateBecause, verdict, receivedAt };
}

interface Shown {
  readonly finding: Finding;
  readonly files: readonly NamedAttachment[];
}

export function present({ finding, files }: Shown, viewer: Actor): z.input<typeof getOut> {
  const { label, versions, attachments: _files, references, upstreamIds, package: _, ...rest } = finding;
  // Whoever holds receipt and salt can pass for the finder; the desk has no need of them.
  const own = viewer.orgId === finding.orgId && tierOf(viewer, finding.orgId) === 0;
  return {
    ...rest,
    ...presentSummary(finding),
    receipt: own ? finding.receipt : '',
    commitmentSalt: own ? finding.commitmentSalt : null,
    original: withoutContact(finding.original),
    versions: [...versions],
    attachments: [...files],
    missing: missingOf(finding),
    references: [...references],
    upstreamIds: [...upstreamIds],
    label: { tlp: label.tlp, compartments: [...label.compartments] },
  };
}

/** TAP v1: the contact address is never echoed back in any response. */
function withoutContact(original: Finding['original']): Record<string, unknown> | null {
  if (original === null) return null;
  const { email: _, notify: __, ...rest } = original;
  return rest;
}

export function presentReceived(finding: Finding, missing: readonly (typeof six)[number][]): z.input<typeof receivedOut> {
  const { id, receipt, commitment, commitmentSalt } = finding;
  return { id, receipt, missing: [...missing], commitment, commitmentSalt };
}
