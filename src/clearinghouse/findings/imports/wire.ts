import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refusalCodes } from '../../../base/refusal.ts';
import { wireBase64, wireId, wireInstant, wireJson, wirePage, wireVerbatim } from '../../../base/wire.ts';
import { canonicalPurl } from '../../inventories/purl.ts';
import type { Received } from '../intake/actions.ts';
import { filesOf, givenFiles, presentReceived, provenanceInput, receivedOut, wireBytes } from '../wire.ts';
import type { Given, Quarantined, Upload } from './import.ts';

const document = z.union([
  z.string().refine((s) => Buffer.byteLength(s) <= limits.importBytes, `must be at most ${limits.importBytes} bytes of UTF-8`),
  wireJson(limits.importBytes).pipe(z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())])),
]);

const given = z.object({
  /** One of those that docs/FORMATS.md lists; told from the document where it is absent. */
  format: wireVerbatim(32).min(1).optional(),
  /** The document: a JSON value, or its text. */
  document: document.optional(),
  /** Instead of `document`: the file itself, in standard base64 with padding. */
  data: wireBase64(limits.importBytes).optional(),
  /** The package meant, where the document names none. */
  purl: wireBytes(limits.purlBytes).optional(),
  /** Only with a document that tells of exactly one finding. */
  attachments: givenFiles.default([]),
  ...provenanceInput,
});
const isOne = (input: { document?: unknown; data?: unknown }) => (input.document === undefined) !== (input.data === undefined);
const oneOf = { message: 'send either document or data', path: ['document'] };

/** `quarantine`: what cannot be read is kept with the reason, rather than refused. */
export const importInput = given.extend({ quarantine: z.boolean().default(false) }).refine(isOne, oneOf);

export function isUploadName(text: string): boolean {
  return /^[\w.:-]{1,64}$/.test(text);
}
const uploadName = z.string().refine(isUploadName, 'must be 1 to 64 letters, digits, dots, colons, dashes or underscores');
export const bulkEntryInput = given
  .extend({ upload: uploadName, entry: z.number().int().min(1).max(limits.bulkEntries) })
  .refine(isOne, oneOf);
export const byUpload = z.object({ upload: uploadName });
export const page = wirePage;
export const byQuarantined = z.object({ id: wireId('qrn') });

export function givenOf(input: z.output<typeof given>): Given | Refusal {
  const purl = input.purl === undefined ? null : canonicalPurl(input.purl);
  if (isRefusal(purl)) return { ...purl, at: '/purl' };
  const { discoveryMethod, discoveryTooling, discoveryModel, toolingAccess, answerable } = input;
  const said = Object.entries({ discoveryMethod, discoveryTooling, discoveryModel, toolingAccess, answerable });
  return {
    document: input.document,
    bytes: input.data === undefined ? undefined : Buffer.from(input.data, 'base64'),
    format: input.format,
    purl,
    provenance: Object.fromEntries(said.filter(([, value]) => value !== undefined)),
    attachments: filesOf(input.attachments),
  };
}

export const quarantinedOut = z.object({
  id: wireId('qrn'),
  orgId: wireId('org'),
  format: z.string().nullable(),
  code: z.enum(refusalCodes),
  because: z.string(),
  /** JSON pointer or place in the document. */
  at: z.string().nullable(),
  upload: z.string().nullable(),
  entry: z.number().nullable(),
  sha256: z.string(),
  bytes: z.number(),
  quarantinedAt: wireInstant,
});
export const importOut = z.object({
  format: z.string().nullable(),
  items: z.array(receivedOut),
  /** Entries that tell of no open flaw, or of one told already. */
  skipped: z.number(),
  notes: z.array(z.string()),
  /** Where the document could not be read. */
  quarantined: quarantinedOut.optional(),
});
export const quarantinedListOut = z.object({ items: z.array(quarantinedOut) });
export const quarantinedDocumentOut = quarantinedOut.extend({ data: z.string() });
export const uploadOut = z.object({
  upload: z.string(),
  /** Send from here on. */
  nextEntry: z.number(),
  received: z.number(),
  quarantined: z.number(),
  skipped: z.number(),
  beganAt: wireInstant,
  lastAt: wireInstant,
});

export interface Imported {
  readonly format: string | null;
  readonly received: readonly Received[];
  readonly skipped: number;
  readonly notes: readonly string[];
  readonly quarantined?: Quarantined;
}

export function presentImported({ received, quarantined, notes, ...rest }: Imported): z.input<typeof importOut> {
  return {
    ...rest,
    notes: [...notes],
    items: received.map(({ finding, missing }) => presentReceived(finding, missing)),
    ...(quarantined ? { quarantined: presentQuarantined(quarantined) } : {}),
  };
}

export function presentQuarantined({ label: _, blobId: __, reporterId: ___, ...rest }: Quarantined): z.input<typeof quarantinedOut> {
  return rest;
}

export function presentUpload({ name, nextEntry, received, quarantined, skipped, beganAt, lastAt }: Upload): z.input<typeof uploadOut> {
  return { upload: name, nextEntry, received, quarantined, skipped, beganAt, lastAt };
}
