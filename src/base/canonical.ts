import { createHash } from 'node:crypto';

/** JSON Canonicalization Scheme, RFC 8785. Refuses what JSON cannot say (NaN, Infinity, undefined in arrays, lone surrogates). */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no NaN or Infinity');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) // UTF-16 code units, RFC 8785 §3.2.3
      .map(([k, v]) => `${canonical(k)}:${canonical(v)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`canonical JSON has no ${typeof value}`);
}

/** Lower-case hexadecimal SHA-256. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The digest by which a document is named everywhere: SHA-256 of its canonical form. */
export function digestOf(value: unknown): string {
  return sha256(canonical(value));
}
