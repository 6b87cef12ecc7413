import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';

/** Reads a file below a public root, wherever that is: `not_found` where there is none, `too_large`, `unavailable`. */
export type Read = (path: string, maxBytes: number) => Promise<Uint8Array | Refusal>;

/** A path that a log names, for use below any root: no way out of it, nothing hidden, nothing that a shell or a URL reads otherwise. */
export function isPlainPath(path: string): boolean {
  const segment = /^[A-Za-z0-9_](?:[A-Za-z0-9 :._@+~-]{0,253}[A-Za-z0-9_+~-])?$/;
  return path.length <= limits.publicPathChars && path.split('/').every((part) => segment.test(part));
}

/** Thrown inside the verifier, so that each step reads as what it expects; `settled` makes a value of it again. */
class Doubt extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.because);
    this.refusal = refusal;
  }
}

export function doubt(because: string, at?: string): never {
  throw new Doubt(refuse('untrusted', because, at));
}

export function sure<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Doubt(value);
  return value;
}

export async function settled<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Doubt) return error.refusal;
    throw error;
  }
}

export function textOf(bytes: Uint8Array, at: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return doubt('is not UTF-8', at);
  }
}

/** Works on all of them, so many at once. The first doubt ends it. */
export async function each<T>(of: Iterable<T>, atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const rest = of[Symbol.iterator]();
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
