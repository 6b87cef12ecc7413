import { type Instant, parseInstant } from '../../../../base/instant.ts';
import { doubtsOf, isAddress } from './address.ts';
import type { Channel, Found, GivenFile, Hint } from './suggestion.ts';

interface Field {
  readonly name: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** What RFC 9116 says of a file as a whole; three-valued where we could not look. */
interface Standing {
  /** §2.5.5: after it, or without it, the file is not to be relied on. */
  readonly expires: Instant | 'missing' | 'malformed' | 'more-than-one';
  /** §2.3; the signature itself is not checked here: there is no key that could be trusted. */
  readonly isSigned: boolean;
  /** §2.5.2, against the address it was read at. */
  readonly canonical: 'matches' | 'differs' | 'could-not-tell';
}

/** RFC 9116: contacts in the project's own order of preference (§2.5.3). */
export function readSecurityTxt(file: GivenFile, now: Instant): { standing: Standing; found: Found[]; hints: Omit<Hint, 'file'>[] } {
  const isSigned = file.text.startsWith('-----BEGIN PGP SIGNED MESSAGE-----');
  const fields = fieldsOf(file.text, isSigned);
  const all = (name: string) => fields.filter((f) => f.name === name);
  const standing = { expires: expiryOf(all('expires')), isSigned, canonical: canonicalOf(all('canonical'), file.url) };
  const doubts = doubtsOfFile(standing, now);
  const found = all('contact').flatMap(({ value, line }, i): Found[] => {
    const channel = channelOf(value);
    if (!channel || !isAddress(value)) return [];
    const bare = value.replace(/^(?:mailto|tel):/i, '').replace(/\?.*$/, (query) => (channel === 'email' ? '' : query));
    const because = `security.txt names it ${i === 0 ? 'first' : `as number ${i + 1}`}${isSigned ? ', under a signature that was not checked' : ''}`;
    return [{ channel, value: bare, attempt: 1, line, because, doubts: [...doubts, ...doubtsOf(bare)] }];
  });
  const hints = (
    [
      ['policy', 'policy'],
      ['encryption', 'encryption'],
      ['preferred-languages', 'languages'],
    ] as const
  ).flatMap(([name, about]) => all(name).flatMap(({ value, line }) => (isShown(value) ? [{ about, line, text: value }] : [])));
  return { standing, found, hints };
}

const isShown = (value: string) => value.length <= 2000 && !/[\p{Cc}\p{Cf}]/u.test(value);

function fieldsOf(text: string, isSigned: boolean): Field[] {
  let inBody = !isSigned;
  const fields: Field[] = [];
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    if (raw.startsWith('-----BEGIN PGP SIGNATURE-----')) break;
    // RFC 9580 §7: armour headers, one empty line, and from there on lines that may be escaped by a dash.
    if (!inBody) {
      inBody = raw.trim() === '';
      continue;
    }
    const line = isSigned && raw.startsWith('- ') ? raw.slice(2) : raw;
    const found = /^([A-Za-z-]{1,64}):[ \t](.{1,2100})$/.exec(line);
    // What others put behind it in a comment is not the field's.
    if (found) fields.push({ name: found[1]!.toLowerCase(), value: found[2]!.trim(), line: i + 1 });
  }
  return fields;
}

function expiryOf(fields: readonly Field[]): Standing['expires'] {
  const [first, ...more] = fields;
  if (!first) return 'missing';
  if (more.length > 0) return 'more-than-one';
  return parseInstant(first.value) ?? 'malformed';
}

function canonicalOf(fields: readonly Field[], url: string | null): Standing['canonical'] {
  if (url === null || fields.length === 0) return 'could-not-tell';
  return fields.some((f) => f.value === url) ? 'matches' : 'differs';
}

function doubtsOfFile({ expires, canonical }: Standing, now: Instant): string[] {
  const doubts: string[] = [];
  if (expires === 'missing') doubts.push('security.txt says no date until which it holds (RFC 9116 §2.5.5)');
  else if (expires === 'more-than-one' || expires === 'malformed') doubts.push('the date until which security.txt holds cannot be read');
  else if (expires <= now) doubts.push(`security.txt expired at ${expires}`);
  if (canonical === 'differs') doubts.push('it was read at another address than it names as its own (RFC 9116 §2.5.2)');
  return doubts;
}

/** §2.5.3: a URI; an address without a scheme is a common mistake and means mail. */
function channelOf(value: string): Channel | undefined {
  if (/^mailto:[^@\s]{1,64}@[^@\s]{1,255}$/i.test(value) || /^[^@\s:/]{1,64}@[^@\s]{1,255}$/.test(value)) return 'email';
  if (/^tel:\+?[0-9().-]{3,40}$/i.test(value)) return 'telephone';
  if (/^https:\/\/github\.com\/[^/]{1,100}\/[^/]{1,100}\/security(\/|$)/i.test(value)) return 'private-report';
  return /^https?:\/\/[^/]/i.test(value) ? 'form' : undefined;
}
