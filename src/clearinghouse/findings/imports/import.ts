import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../../../base/refusal.ts';
import type { Draft } from '../finding.ts';
import { openDocument, openValue } from '../formats/document.ts';
import type { Reading } from '../formats/drafting.ts';
import { readDocument } from '../formats/formats.ts';

/** A document that could not be read, with the reason. */
export interface Quarantined {
  readonly id: Id<'qrn'>;
  readonly orgId: Id<'org'>;
  readonly reporterId: string;
  readonly format: string | null;
  readonly code: RefusalCode;
  readonly because: string;
  readonly at: string | null;
  readonly upload: string | null;
  readonly entry: number | null;
  readonly blobId: Id<'blb'>;
  readonly sha256: string;
  readonly bytes: number;
  readonly label: Label;
  readonly quarantinedAt: Instant;
}

/** A stream of documents under a name that its sender gave it. */
export interface Upload {
  readonly actorId: string;
  readonly name: string;
  readonly orgId: Id<'org'>;
  readonly nextEntry: number;
  readonly received: number;
  readonly quarantined: number;
  readonly skipped: number;
  readonly label: Label;
  readonly beganAt: Instant;
  readonly lastAt: Instant;
}

/** What the sender says of every finding in a document, over what the document itself says. */
type Provenance = Pick<Draft, 'discoveryMethod' | 'discoveryTooling' | 'discoveryModel' | 'toolingAccess' | 'answerable'>;

export interface Given {
  /** A JSON value, a text, or the file itself. */
  readonly document: unknown;
  readonly bytes: Uint8Array | undefined;
  readonly format: string | undefined;
  readonly purl: string | null;
  readonly provenance: Partial<Provenance>;
  readonly attachments: Draft['attachments'];
}

/** The drafts of a document, with what its sender said beside it. */
export function readGiven(given: Given): (Reading & { readonly format: string }) | Refusal {
  const document = given.bytes ? openDocument(given.bytes) : openValue(given.document);
  if (isRefusal(document)) return document;
  const read = readDocument(document, given.format, { purl: given.purl });
  if (isRefusal(read)) return read;
  const { drafts } = read;
  if (given.attachments.length > 0 && drafts.length !== 1)
    return refuse('malformed', `the document tells of ${drafts.length} findings; send each with its own files`, '/attachments');
  return { ...read, drafts: drafts.map((d) => ({ ...d, ...given.provenance, attachments: [...d.attachments, ...given.attachments] })) };
}

/** The document as bytes, for keeping: of one that came as a JSON value, what it says. */
export function bytesOf({ document, bytes }: Pick<Given, 'document' | 'bytes'>): Uint8Array {
  return bytes ?? Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
}

/** Of what a document says, and so for its sender to mend; a refusal of another kind is no reason to keep it. */
export function isMendable({ code }: Refusal): boolean {
  return code === 'malformed' || code === 'unsupported' || code === 'too_large' || code === 'too_many';
}
