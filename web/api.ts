import type { RefusalCode } from '../src/base/refusal.ts';

/** RFC 9457 problem as the hub sends it; a fault has a reference instead of a code. */
interface Problem {
  readonly status: number;
  readonly detail?: string;
  readonly code?: RefusalCode;
  readonly at?: string;
  readonly reference?: string;
}

/** What the hub, or the way to it, answered instead of a result. */
export class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.code ?? 'refused');
    this.problem = problem;
  }
}

export function get<T>(path: string): Promise<T> {
  return send<T>(path, {});
}

/** `key` makes a repeated click one act: the same key is sent again until the form has been answered. */
export function post<T>(path: string, body: unknown, key?: string): Promise<T> {
  const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
  return send<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

export function newKey(): string {
  // Not crypto.randomUUID: that exists over HTTPS only, and a hub in a closed network may do without.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

export function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]));
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  const reply = await fetch(path, { ...init, credentials: 'same-origin' }).catch(() => undefined);
  if (reply === undefined) throw new Refused({ status: 0, detail: 'The hub did not answer. Check the connection, then try again.' });
  const body: unknown = await reply.json().catch(() => undefined);
  if (!reply.ok) throw new Refused({ status: reply.status, ...(typeof body === 'object' ? (body as Partial<Problem>) : {}) });
  return body as T;
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof Refused && error.problem.status === 401;
}
