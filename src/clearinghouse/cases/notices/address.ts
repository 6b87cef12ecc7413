import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { day, epochMs, type Instant, instantOf } from '../../../base/instant.ts';

/** `r` answers in a case, `b` is where failures of one mail come, `u` switches off the kind that a mail was of. */
type AddressKind = 'r' | 'b' | 'u';
const ids: Readonly<Record<AddressKind, string>> = { r: 'rad', b: 'mal', u: 'mal' };

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const shape = /^([rbu])-([0-9a-z]{26})-([0-9a-z]{4})-([0-9a-z]{26})@([a-z0-9.-]{1,253})$/;

/**
 * An address that only this hub can make: whose it is, the day it ends, and 128 bits of HMAC-SHA256 over both. 61 characters before the @, of
 * the 64 that there may be (RFC 5321 §4.5.3.1.1), in one case of letters, because servers on the way change it.
 */
export function mailAddress(key: KeyObject, kind: AddressKind, id: string, expiresAt: Instant, domain: string): string {
  const body = id.slice(4);
  const until = Math.floor(epochMs(expiresAt) / day)
    .toString(32)
    .padStart(4, '0');
  return `${kind}-${body}-${until}-${signed(key, kind, body, until)}@${domain}`;
}

export interface Addressed {
  readonly kind: AddressKind;
  readonly id: string;
}

/** What an address stands for; undefined when it is not ours, was altered, or its last day is over. */
export function readAddress(key: KeyObject, text: string, domain: string, now: Instant): Addressed | undefined {
  const [, kind, body, until, mac, at] = shape.exec(text.toLowerCase()) ?? [];
  if (!kind || !body || !until || !mac || at !== domain) return undefined;
  const of = kind as AddressKind;
  if (!timingSafeEqual(Buffer.from(mac), Buffer.from(signed(key, of, body, until)))) return undefined;
  const endsMs = (Number.parseInt(until, 32) + 1) * day;
  return instantOf(endsMs) > now ? { kind: of, id: `${ids[of]}_${body}` } : undefined;
}

function signed(key: KeyObject, kind: AddressKind, body: string, until: string): string {
  const mac = createHmac('sha256', key).update(`address ${kind} ${body} ${until}`).digest();
  let bits = BigInt(`0x${mac.subarray(0, 16).toString('hex')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text;
}
