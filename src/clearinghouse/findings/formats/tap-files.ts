import { limits } from '../../../base/limits.ts';
import {
  attachmentTypes,
  type ContentType,
  contentTypeNames,
  downloadKey,
  type GivenFile,
  isContentType,
  isFilename,
  isTextual,
} from '../attachment.ts';
import { type Complaints, checkWords } from './tap-rules.ts';
import type { TapReport } from './tap-shape.ts';

/** A payload part of a multipart submission; absent headers are undefined. */
export interface TapPart {
  readonly name: 'exploit' | 'raw' | 'attachment';
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly bytes: Uint8Array;
}

/** One file before it is judged, JSON or multipart. */
interface Claimed {
  /** Where violations of its own are found: `attachments[0]`, `exploit`, `raw`. */
  readonly at: string;
  readonly filename: string;
  readonly contentType: string;
  readonly description: string;
  readonly type: string;
  /** A string is as it stood in JSON; bytes are the file itself. */
  readonly data: string | Uint8Array;
}

/** Every file of the report: attachments first, then the deprecated payloads under the names TAP gives them. */
export function checkFiles(no: Complaints, report: TapReport, parts: readonly TapPart[] | undefined): GivenFile[] {
  const claimed = parts ? claimedParts(parts) : claimedMembers(no, report);
  if (claimed.length > limits.attachmentsPerFinding) {
    no.add('too_many_items', 'attachments', `must be at most ${limits.attachmentsPerFinding}, exploit and raw included`);
    return [];
  }
  const seen = new Map<string, string>();
  const files: GivenFile[] = [];
  for (const file of claimed) {
    const given = judge(no, file, parts !== undefined);
    if (!given) continue;
    const key = downloadKey(given.filename, given.contentType);
    const first = seen.get(key);
    if (first !== undefined) complainOfName(no, file.at, first);
    else seen.set(key, file.at);
    files.push(given);
  }
  return files;
}

/** The attachment is the one to be renamed: the name of a deprecated payload is fixed. */
function complainOfName(no: Complaints, at: string, first: string): void {
  const [field, also] = at.startsWith('attachments') ? [at, first] : [first, at];
  no.add(
    'invalid_filename',
    `${field}.filename`,
    'downloads under the same name as another file',
    also.startsWith('attachments') ? `${also}.filename` : also,
  );
}

function claimedMembers(no: Complaints, report: TapReport): Claimed[] {
  const attachments = report.attachments.map((a, i) => ({
    at: `attachments[${i}]`,
    filename: a.filename ?? '',
    contentType: a.content_type ?? '',
    description: a.description ?? '',
    type: a.type ?? '',
    data: a.data ?? '',
  }));
  const payloads = (['exploit', 'raw'] as const).flatMap((name) => {
    const data = report.text[name] ?? '';
    const contentType = report.text[`${name}_content_type`] ?? '';
    if (data === '' && contentType !== '') no.add('missing_field', name, `is required with ${name}_content_type`);
    return data === '' ? [] : [payload(name, contentType, data)];
  });
  return [...attachments, ...payloads];
}

function claimedParts(parts: readonly TapPart[]): Claimed[] {
  const attachments = parts
    .filter((part) => part.name === 'attachment')
    .map(({ filename = '', contentType = '', description = '', type = '', bytes }, i) => ({
      at: `attachments[${i}]`,
      filename,
      contentType,
      description,
      type,
      data: bytes,
    }));
  const payloads = (['exploit', 'raw'] as const).flatMap((name) =>
    parts.filter((part) => part.name === name && part.bytes.length > 0).map((part) => payload(name, part.contentType ?? '', part.bytes)),
  );
  return [...attachments, ...payloads];
}

function payload(name: 'exploit' | 'raw', contentType: string, data: string | Uint8Array): Claimed {
  return { at: name, filename: name, contentType, description: '', type: name === 'exploit' ? 'exploit-proof-of-concept' : 'other', data };
}

function judge(no: Complaints, file: Claimed, multipart: boolean): GivenFile | undefined {
  const before = no.all.length;
  const isAttachment = file.at.startsWith('attachments');
  const at = (field: string) => (isAttachment ? `${file.at}.${field}` : field === 'data' ? file.at : `${file.at}_${field}`);
  const header = (name: string) => (multipart ? ` (${name} of the part)` : '');
  checkName(no, at('filename'), file.filename, header("Content-Disposition's filename"));
  if (
    file.description !== '' &&
    checkWords(no, at('description'), file.description, limits.descriptionBytes) &&
    /[\p{Cf}\p{Zl}\p{Zp}]/u.test(file.description)
  )
    no.add('control_characters', at('description'), `must be one line without invisible characters${header('Content-Description')}`);
  const type = attachmentTypes.find((t) => t === (file.type || 'other'));
  if (!type) no.add('invalid_attachment_type', at('type'), `must be one of ${attachmentTypes.join(', ')}${header('Content-Akrites-Type')}`);
  const contentType = checkContentType(no, at('content_type'), file, multipart, header('Content-Type'));
  const bytes = checkData(no, at('data'), file.data, contentType);
  if (no.all.length > before || !type || !contentType || !bytes) return undefined;
  return { filename: file.filename, contentType, type, description: file.description || null, bytes };
}

function checkName(no: Complaints, at: string, name: string, where: string): void {
  if (name === '') no.add('missing_field', at, `is required${where}`);
  else if (checkWords(no, at, name, limits.filenameBytes) && !isFilename(name))
    no.add('invalid_filename', at, `must be a file name, not a path, without invisible characters${where}`);
}

function checkContentType(no: Complaints, at: string, file: Claimed, multipart: boolean, where: string): ContentType | undefined {
  // An empty attachment is told of by its data; the type of nothing is not missed.
  if (file.contentType === '') {
    if (file.data.length > 0 || !multipart) no.add('missing_field', at, `is required${where}`);
    return undefined;
  }
  const lower = file.contentType.toLowerCase();
  const bare = multipart
    ? lower.replace(/^(text\/(?:plain|markdown)|application\/json)[ \t]*;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*$/, '$1')
    : lower;
  if (isContentType(bare)) return bare;
  no.add('invalid_content_type', at, `must be one of ${contentTypeNames.join(', ')}, without parameters${where}`);
  return undefined;
}

function checkData(no: Complaints, at: string, data: string | Uint8Array, type: ContentType | undefined): Uint8Array | undefined {
  if (data.length === 0) return no.add('missing_field', at, 'is required');
  if (typeof data === 'string' && !data.isWellFormed()) return no.add('invalid_utf8', at, 'must be valid UTF-8');
  const size = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  if (size > limits.attachmentBytes) return no.add('field_too_large', at, `must be at most ${limits.attachmentBytes} bytes`);
  if (type === undefined) return undefined;
  if (typeof data !== 'string') {
    if (!isTextual(type) || isUtf8(data)) return data;
    return no.add('invalid_utf8', at, 'must be valid UTF-8');
  }
  if (isTextual(type)) return Buffer.from(data);
  const decoded = decodeBase64(data);
  return decoded ?? no.add('invalid_base64', at, 'must be standard base64 with padding, of at least one byte');
}

/** Standard alphabet, padded, line breaks skipped (RFC 4648 §4); undefined when it is not, or holds nothing. */
function decodeBase64(text: string): Uint8Array | undefined {
  const bare = text.replace(/[\r\n]/g, '');
  if (bare === '' || bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) return undefined;
  const bytes = Buffer.from(bare, 'base64');
  return bytes.length > 0 ? bytes : undefined;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
