import { z } from 'zod';
import { canonical } from './canonical.ts';
import { type Id, idBody, type Kind } from './id.ts';
import { type Instant, parseInstant } from './instant.ts';
import { tlps } from './label.ts';
import { limits } from './limits.ts';

/** Schema parts every station's wire.ts is made of. */

// PostgreSQL holds no NUL, and canonical JSON no half of a surrogate pair: either would break the hub, not the request.
const isStorable = (s: string) => s.isWellFormed() && !s.includes('\u0000');
const notStorable = 'must be well-formed Unicode without NUL';

export const wireText = (maxChars: number) => z.string().trim().min(1).max(maxChars).refine(isStorable, notStorable);

/** As it was given, spaces and all; it may be empty. */
export const wireVerbatim = (maxChars: number) => z.string().max(maxChars).refine(isStorable, notStorable);

export const wireName = wireText(limits.nameChars).refine(
  (s) => !/[\p{Cc}\p{Cf}]/u.test(s),
  'must not hold control or formatting characters',
);

export const wireId = <K extends Kind>(kind: K) =>
  z.string().regex(new RegExp(`^${kind}_${idBody}$`), `must be an id like ${kind}_…`) as unknown as z.ZodType<Id<K>, string>;

/** RFC 3339 with an offset; kept in UTC with milliseconds. */
export const wireInstant = z
  .string()
  .max(40)
  .transform((text, ctx): Instant => {
    const at = parseInstant(text);
    if (at === undefined) ctx.addIssue({ code: 'custom', message: 'must be an RFC 3339 time with an offset, e.g. 2026-12-01T17:00:00Z' });
    return at ?? ('' as Instant);
  });

export const wireSha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal');

export const wireLabel = z.object({ tlp: z.enum(tlps), compartments: z.array(z.string()) });

export const wirePage = z.object({
  after: wireVerbatim(64).default(''),
  limit: z.coerce.number().int().min(1).max(limits.pageRows).default(50),
});

/** A small JSON value of any shape, bounded in bytes and depth. */
export const wireJson = (maxBytes: number) =>
  z.unknown().refine((value) => {
    try {
      return depthOf(value) <= limits.jsonDepth && Buffer.byteLength(canonical(value)) <= maxBytes;
    } catch {
      return false;
    }
  }, `must be JSON of at most ${maxBytes} bytes and ${limits.jsonDepth} levels`);

/** Standard base64 with padding, of at most `maxBytes` once decoded. */
export const wireBase64 = (maxBytes: number) =>
  z
    .string()
    .max(Math.ceil(maxBytes / 3) * 4)
    // In groups of four, the pattern would put every group of ten megabytes on its stack, and run out of it.
    .refine((s) => s.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(s), 'must be standard base64 with padding')
    .refine((s) => Buffer.byteLength(s, 'base64') <= maxBytes, `must decode to at most ${maxBytes} bytes`);

export function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  for (let depth = 0; ; depth++) {
    const next = level.flatMap((v) => (typeof v === 'object' && v !== null ? Object.values(v) : []));
    if (next.length === 0 || depth > limits.jsonDepth) return depth;
    level = next;
  }
}

export const wireOk = z.object({ ok: z.literal(true) });
