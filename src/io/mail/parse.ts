import { createHash } from 'node:crypto';
import PostalMime, { addressParser, type Email } from 'postal-mime';
import type { DeliveryStatus, IncomingMail } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { textOfHtml } from './html.ts';

export interface Envelope {
  readonly to: string;
  readonly sender: string;
}

/** A mail of bounded size, taken apart. As long as it takes: only in a thread that somebody ends. */
export async function mailOf({ to, sender }: Envelope, bytes: Uint8Array): Promise<IncomingMail | Refusal> {
  const parsed = await parse(bytes);
  if (!parsed) return refuse('malformed', 'this is no mail that can be read, or its parts are nested too deeply');
  const { mail, text } = parsed;
  if (text === undefined || Buffer.byteLength(text) > limits.mailTextBytes)
    return refuse('too_large', `the text of a mail has at most ${limits.mailTextBytes} bytes`);
  const header = (name: string) => mail.headers.filter((h) => h.key === name).map((h) => h.value);
  const report = reportOf(mail);
  return {
    to: to.toLowerCase(),
    sender: sender.toLowerCase(),
    from: authorOf(header('from')),
    // Without an id it is told from others by what it is.
    messageId: mail.messageId ?? `<${createHash('sha256').update(bytes).digest('hex')}>`,
    automatic: automaticOf(header, sender),
    text: storable(text),
    files: mail.attachments
      .filter((part) => !part.mimeType.startsWith('message/') && !isSignature(part.mimeType))
      .map((part, i) => ({ filename: storable(part.filename ?? `file-${i + 1}`), bytes: bytesOf(part.content) })),
    report,
  };
}

interface Parsed {
  readonly mail: Email;
  /** undefined: more of it than is shown. */
  readonly text: string | undefined;
}

async function parse(bytes: Uint8Array): Promise<Parsed | undefined> {
  let text: string | undefined = '';
  const parser = new PostalMime({
    maxNestingDepth: limits.mailDepth,
    maxHeadersSize: limits.mailHeaderBytes,
    // A mail within a mail is another's: it is no part of what this one says.
    forceRfc822Attachments: true,
    maxRfc822NestingDepth: 0,
  });
  // What it makes of HTML takes quadratic time, and it does so wherever one part is plain and another is not.
  Object.assign(parser, {
    renderTextContent(this: { readonly textMap: ReadonlyMap<unknown, TextEntry> }) {
      text = textOf([...this.textMap.values()]);
    },
  });
  try {
    const mail = await parser.parse(bytes);
    return { mail, text };
  } catch {
    return undefined;
  }
}

/** The text parts of one alternative, or of one part that stands alone. */
interface TextEntry {
  readonly plain?: readonly { readonly value: string }[];
  readonly html?: readonly { readonly value: string }[];
}

/** The plain parts; where there is none, or nothing in them, the words of the HTML ones. */
function textOf(entries: readonly TextEntry[]): string | undefined {
  const all = (kind: keyof TextEntry) => entries.flatMap((entry) => entry[kind]?.map((part) => part.value) ?? []).join('\n');
  const plain = all('plain').trimEnd();
  if (plain.trim() !== '') return plain;
  const html = all('html');
  return Buffer.byteLength(html) > limits.mailTextBytes ? undefined : textOfHtml(html);
}

/** RFC 5322 §3.6.2: one header, and in it one mailbox, or nobody can say whose mail it is. */
function authorOf(headers: readonly string[]): string | undefined {
  const [one, ...others] = headers.length === 1 ? addressParser(headers[0]!) : [];
  return others.length > 0 ? undefined : one?.address?.toLowerCase();
}

/** RFC 3834 §2, and what programs said before there was one. */
function automaticOf(header: (name: string) => string[], sender: string): string | undefined {
  const said = header('auto-submitted')[0]?.toLowerCase().split(';')[0]?.trim();
  if (said !== undefined && said !== 'no') return `auto-submitted: ${said}`.slice(0, 100);
  const precedence = header('precedence')[0]?.trim().toLowerCase();
  if (precedence !== undefined && ['bulk', 'junk', 'list', 'auto_reply'].includes(precedence)) return `precedence: ${precedence}`;
  const telling = ['list-id', 'x-autoreply', 'x-autorespond', 'x-auto-response-suppress', 'feedback-id'];
  const found = telling.find((name) => header(name).length > 0);
  if (found !== undefined) return found;
  if (header('received').length > limits.mailHops) return 'it goes in circles';
  if (sender === '') return 'nobody is to hear of a failure';
  const local = sender.slice(0, sender.lastIndexOf('@')).toLowerCase();
  return /^(?:mailer-daemon|postmaster|no-?reply|bounces?)$/.test(local) ? `sent by ${local}` : undefined;
}

function isSignature(type: string): boolean {
  return type === 'application/pgp-signature' || type === 'application/pkcs7-signature' || type === 'application/x-pkcs7-signature';
}

/** RFC 3464 §2.3: one group of fields for each recipient, after those of the message. */
function reportOf(mail: Email): DeliveryStatus[] {
  const part = mail.attachments.find((a) => a.mimeType === 'message/delivery-status' || a.mimeType === 'message/global-delivery-status');
  if (!part) return [];
  const bytes = bytesOf(part.content);
  if (bytes.length > limits.mailHeaderBytes) return [];
  const groups = Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n').split(/\n\n+/);
  return groups.flatMap((group) => {
    const unfolded = group.replace(/\n[ \t]+/g, ' ').split('\n');
    const field = (name: string) =>
      unfolded
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    const action = field('action')?.toLowerCase();
    if (action !== 'failed' && action !== 'delayed' && action !== 'delivered' && action !== 'relayed' && action !== 'expanded') return [];
    const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(field('status') ?? '')?.[0] ?? '';
    const diagnostic = field('diagnostic-code');
    return [{ action, status, diagnostic: diagnostic === undefined ? null : storable(diagnostic).slice(0, limits.becauseChars) }];
  });
}

function bytesOf(content: ArrayBuffer | Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
}

/** PostgreSQL holds no NUL, and canonical JSON no half of a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}
