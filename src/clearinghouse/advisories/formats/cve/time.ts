import { type Instant, parseInstant } from '../../../../base/instant.ts';

/** A time without an offset is UTC. */
export function instantOf(value: unknown): Instant | null {
  if (typeof value !== 'string' || value.length > 64) return null;
  const whole = value.replace(/(\.\d{9})\d+/, '$1');
  return parseInstant(/(?:Z|[+-]\d\d:\d\d)$/.test(whole) ? whole : `${whole}Z`) ?? null;
}
