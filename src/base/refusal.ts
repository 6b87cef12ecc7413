/** The closed list of expected failures. Everything else is a Fault and is thrown. */
export const refusalCodes = [
  'malformed',
  'unsupported',
  'too_large',
  'too_many',
  'not_found',
  'not_permitted',
  'wrong_state',
  'stale',
  'conflict',
  'expired',
  'untrusted',
  'unavailable',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** An expected "no": a value, never thrown. `at` is a JSON pointer (RFC 6901) or a field's name in what was sent. */
export interface Refusal {
  readonly refused: true;
  readonly code: RefusalCode;
  readonly because: string;
  readonly at?: string;
}

export function refuse(code: RefusalCode, because: string, at?: string): Refusal {
  return at === undefined ? { refused: true, code, because } : { refused: true, code, because, at };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && (value as { refused?: unknown }).refused === true;
}

/** HTTP status (RFC 9110) and process exit code (sysexits.h where one fits) of each refusal; the only such table. */
export const refusalMapping: Record<RefusalCode, { status: number; exit: number }> = {
  malformed: { status: 400, exit: 65 },
  unsupported: { status: 415, exit: 64 },
  too_large: { status: 413, exit: 65 },
  too_many: { status: 429, exit: 75 },
  not_found: { status: 404, exit: 66 },
  not_permitted: { status: 403, exit: 77 },
  wrong_state: { status: 409, exit: 70 },
  stale: { status: 412, exit: 75 },
  conflict: { status: 409, exit: 73 },
  expired: { status: 410, exit: 77 },
  untrusted: { status: 422, exit: 76 },
  unavailable: { status: 503, exit: 69 },
};

/** An unexpected failure. `reference` is what a person quotes to whoever runs the hub; the cause chain stays in the hub's own log. */
export class Fault extends Error {
  readonly reference: string;
  constructor(message: string, reference: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Fault';
    this.reference = reference;
  }
}

/** Turns a refusal into an exception where the caller has no use for a value: tests, the demo, migrations. */
export function insist<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.because}${value.at ? ` (at ${value.at})` : ''}`);
  return value;
}
