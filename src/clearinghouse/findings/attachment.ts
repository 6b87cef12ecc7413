import type { KeyObject } from 'node:crypto';
import type { Id } from '../../base/id.ts';
import { seal, unseal } from '../../base/sealed.ts';

/** TAP v1 "Content types": what a payload may be, and the extension its download gets. */
const contentTypes = {
  'text/plain': '.txt',
  'text/markdown': '.md',
  'application/json': '.json',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'application/gzip': '.tar.gz',
  'application/x-bzip2': '.tar.bz2',
  'application/octet-stream': '.bin',
} as const;
export type ContentType = keyof typeof contentTypes;
export const contentTypeNames = Object.keys(contentTypes) as [ContentType, ...ContentType[]];

export const attachmentTypes = ['patch', 'exploit-proof-of-concept', 'reproducer', 'threat-model', 'other'] as const;
type AttachmentType = (typeof attachmentTypes)[number];

/** A file as it was handed in. */
export interface GivenFile {
  readonly filename: string;
  readonly contentType: ContentType;
  readonly type: AttachmentType;
  readonly description: string | null;
  readonly bytes: Uint8Array;
}

/** A file as it is kept: the bytes lie sealed among the blobs, and what may tell of them (its name, what is said of it) is sealed here. */
export interface Attachment {
  readonly id: Id<'blb'>;
  /** `sealNames`. */
  readonly names: string;
  readonly contentType: ContentType;
  readonly type: AttachmentType;
  readonly sha256: string;
  readonly bytes: number;
}

type Names = Pick<GivenFile, 'filename' | 'description'>;
export type NamedAttachment = Omit<Attachment, 'names'> & Names;

/** Base64; `key` is 32 secret bytes, `nonce` 12 random ones. */
export function sealNames(key: KeyObject, id: Id<'blb'>, { filename, description }: Names, nonce: Uint8Array): string {
  return seal(key, id, Buffer.from(JSON.stringify([filename, description])), nonce).toString('base64');
}

/** A file whose names do not open was sealed under another key: it is shown, so that nobody takes it for lost, by its digest. */
export function named(key: KeyObject, { names, ...attachment }: Attachment): NamedAttachment {
  const opened = unseal(key, attachment.id, Buffer.from(names, 'base64'));
  const [filename, description]: [string, string | null] = opened
    ? JSON.parse(opened.toString())
    : [`sha256-${attachment.sha256.slice(0, 12)}`, 'its name cannot be read with the key of this hub'];
  return { ...attachment, filename, description };
}

export function isContentType(text: string): text is ContentType {
  return Object.hasOwn(contentTypes, text);
}

export function isTextual(type: ContentType): boolean {
  return type.startsWith('text/') || type === 'application/json';
}

/** A file's name, not a path; no invisible formatting characters (a bidi override makes `cod.exe` of `exe.doc`). */
export function isFilename(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name);
}

/** The name under which it downloads, folded so that two names are equal when a file system may take them for one. */
export function downloadKey(filename: string, type: ContentType): string {
  // By way of the upper case: ſ is an s and ß is ss to a file system that ignores case, and neither has another lower case.
  const folded = filename.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');
  const extension = contentTypes[type];
  return folded.endsWith(extension) ? folded : `${folded}${extension}`;
}

/** Shows that something is wrong, on a machine: what a verdict can come from. */
export function isPoc(attachment: { readonly type: AttachmentType }): boolean {
  return attachment.type === 'exploit-proof-of-concept' || attachment.type === 'reproducer';
}
