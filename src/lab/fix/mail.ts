import { sha256 } from '../../base/canonical.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';

/** One patch of a series as its author wrote it: a mail of `git format-patch`, or a bare diff, of which nothing more is known. */
export interface Mail {
  readonly sha256: string;
  readonly bytes: number;
  /** As the mail says: nobody has checked that. Null for a bare diff. */
  readonly author: string | null;
  readonly subject: string | null;
  readonly message: string | null;
}

interface Read extends Mail {
  /** Place and length that the subject claims: `[PATCH v2 3/7]`. */
  readonly place: { readonly n: number; readonly of: number } | null;
  readonly hasDiff: boolean;
}

/** What `git format-patch` begins a mail with. */
const separator = /^From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001\r?$/;
const diffBegins = /^(?:diff --git |--- |Index: )/;

/**
 * A pushed series, in order: each piece a bare diff, one mail, or a mailbox of several. A cover letter is left out. `malformed` for what is
 * neither, or where the subjects tell of another order; `unsupported` for mails that are encoded; `too_many` and `too_large` beyond the limits.
 */
export function readSeries(
  pieces: readonly Uint8Array[],
): { readonly mails: readonly Mail[]; readonly patches: readonly Buffer[] } | Refusal {
  const parts = pieces.flatMap((piece) => mailsIn(Buffer.from(piece)));
  if (parts.length > limits.patchesPerSeries + 1) return tooMany;
  if (parts.reduce((n, part) => n + part.length, 0) > limits.patchBytes)
    return refuse('too_large', `a series holds at most ${limits.patchBytes} bytes`, 'series');
  const read: { mail: Read; bytes: Buffer }[] = [];
  for (const bytes of parts) {
    const mail = readMail(bytes);
    if (isRefusal(mail)) return mail;
    if (mail.hasDiff) read.push({ mail, bytes });
    else if (mail.place?.n !== 0) return refuse('malformed', `not a patch: ${mail.subject ?? bytes.toString('utf8', 0, 60)}`, 'series');
  }
  if (read.length === 0) return refuse('malformed', 'there is no patch in it', 'series');
  if (read.length > limits.patchesPerSeries) return tooMany;
  const wrong = read.findIndex(({ mail: { place } }, i) => place && (place.n !== i + 1 || place.of !== read.length));
  const { place, subject } = read[wrong]?.mail ?? {};
  if (place) {
    const because = `patch ${wrong + 1} of ${read.length} says that it is ${place.n}/${place.of} ("${subject}"): push all of the series, in order`;
    return refuse('malformed', because, 'series');
  }
  const mails = read.map(({ mail: { place: _, hasDiff: __, ...mail } }) => mail);
  return { mails, patches: read.map(({ bytes }) => bytes) };
}

const tooMany = refuse('too_many', `a series has at most ${limits.patchesPerSeries} patches`, 'series');

/** The diff within a mail: what stands before it is words, and a tool that applies patches must not take it for one. */
export function diffOf(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  let at = 0;
  for (const line of text.split('\n')) {
    if (diffBegins.test(line)) return bytes.subarray(at);
    at += line.length + 1;
  }
  return bytes;
}

function mailsIn(bytes: Buffer): Buffer[] {
  const starts: number[] = [];
  let at = 0;
  for (const line of bytes.toString('latin1').split('\n')) {
    if (separator.test(line)) starts.push(at);
    at += line.length + 1;
  }
  if (starts[0] !== 0) starts.unshift(0);
  return starts.map((from, i) => bytes.subarray(from, starts[i + 1] ?? bytes.length)).filter((part) => part.length > 0);
}

function readMail(bytes: Buffer): Read | Refusal {
  const text = bytes.toString('utf8');
  const plain = { sha256: sha256(bytes), bytes: bytes.length, author: null, subject: null, message: null, place: null };
  const lines = text.split('\n');
  const hasDiff = lines.some((line) => diffBegins.test(line));
  const from = separator.test(lines[0]!) ? 1 : 0;
  if (!/^[A-Za-z-]+: /.test(lines[from] ?? '') || /^Index: /.test(lines[from]!)) return { ...plain, hasDiff };
  const end = lines.findIndex((line, i) => i > from && line.trimEnd() === '');
  const headers = headersOf(lines.slice(from, end < 0 ? lines.length : end));
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? '8bit';
  if (!['7bit', '8bit', 'binary'].includes(encoding))
    return refuse('unsupported', `a mail in ${encoding.slice(0, 40)}: send it as git format-patch writes it`, 'series');
  const body = end < 0 ? [] : lines.slice(end + 1);
  const stop = body.findIndex((line) => line.trimEnd() === '---' || diffBegins.test(line));
  const message = body.slice(0, stop < 0 ? body.length : stop).join('\n');
  const subject = headers.get('subject') ?? null;
  return {
    ...plain,
    author: shown(headers.get('from'), limits.nameChars),
    subject: shown(subject?.replace(/^(?:\[[^\]]{0,64}\]\s*)+/, ''), limits.titleChars),
    message: shown(message, limits.shownChars),
    place: placeIn(subject),
    hasDiff,
  };
}

const shown = (text: string | undefined | null, most: number) =>
  text ? text.replaceAll('\0', '').trim().slice(0, most).toWellFormed() || null : null;

/** Folded lines are one; of a header that comes twice the first counts. */
function headersOf(lines: readonly string[]): Map<string, string> {
  const unfolded: string[] = [];
  for (const line of lines) {
    if (/^[ \t]/.test(line) && unfolded.length > 0) unfolded[unfolded.length - 1] += ` ${line.trim()}`;
    else unfolded.push(line.trimEnd());
  }
  const headers = new Map<string, string>();
  for (const line of unfolded) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon > 0 && !headers.has(name))
      headers.set(
        name,
        wordsOf(
          line
            .slice(colon + 1)
            .trim()
            .slice(0, 4096),
        ),
      );
  }
  return headers;
}

/** RFC 2047, as far as git writes it: UTF-8 in Q or B. Between two encoded words the space is none. */
function wordsOf(text: string): string {
  return text.replace(/\?=[ \t]+=\?/g, '?==?').replace(/=\?utf-8\?([qb])\?([^?\s]{0,512})\?=/gi, (_, how: string, said: string) =>
    how.toLowerCase() === 'b'
      ? Buffer.from(said, 'base64').toString('utf8')
      : Buffer.from(
          said.replaceAll('_', ' ').replace(/=([0-9a-f]{2})/gi, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ).toString('utf8'),
  );
}

function placeIn(subject: string | null): Read['place'] {
  const match = /^\[[^\]]{0,64}?\b(\d{1,4})\/(\d{1,4})\]/.exec(subject ?? '');
  return match && { n: Number(match[1]), of: Number(match[2]) };
}
