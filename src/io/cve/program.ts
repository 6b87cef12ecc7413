import { z } from 'zod';
import type { CveServices } from '../../base/cve-door.ts';
import { parseInstant } from '../../base/instant.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../../base/refusal.ts';
import { readAtMost } from '../models/bounded-fetch.ts';

export interface CveAccount {
  /** Short name of the CVE Numbering Authority. */
  readonly org: string;
  /** A user of the hub's own: what it reserved is told by that name, and nobody else reserves under it. */
  readonly user: string;
  readonly key: string;
}

const said = z.object({ error: z.string().max(200), message: z.string().max(4000) }).partial();
const cveId = z.string().regex(/^CVE-\d{4}-\d{4,19}$/);
const listed = z.object({
  cve_ids: z.array(
    z.object({
      cve_id: cveId,
      state: z.enum(['RESERVED', 'PUBLISHED', 'REJECTED']),
      requested_by: z.object({ cna: z.string(), user: z.string() }),
      reserved: z.string(),
    }),
  ),
  nextPage: z.number().int().nullish(),
});
const reserved = z.object({ cve_ids: z.array(z.object({ cve_id: cveId })) });
const quota = z.object({ available: z.number().int() });

/**
 * CVE Services 2.x (CVEProject/cve-services, api-docs/openapi.json). It names errors in words, several under one status; those that pass by
 * themselves are `unavailable`. The key goes nowhere but into its header.
 */
export function cveServices(origin: string, account: CveAccount): CveServices {
  const ask = async (method: string, path: string, query: Record<string, string> = {}, body?: object): Promise<unknown | Refusal> => {
    const url = new URL(`/api${path}`, origin);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(url, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(limits.cveServicesMs),
        headers: {
          ...{ 'user-agent': 'breakwater', accept: 'application/json' },
          ...{ 'CVE-API-ORG': account.org, 'CVE-API-USER': account.user, 'CVE-API-KEY': account.key },
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = Buffer.from(await readAtMost(answer, limits.cveAnswerBytes)).toString('utf8');
    } catch {
      // The error may quote headers; that there was no whole answer is all there is to say. Whether it was done upstream is open.
      return refuse('unavailable', 'CVE Services gave no whole answer');
    }
    const json = parsed(text);
    return answer.ok ? json : refusalOf(answer.status, json, account.key);
  };
  const orExisting = async (cve: string, path: 'cna' | 'reject', container: object, refusesBy: string) => {
    const body = { cnaContainer: container };
    const first = await ask('POST', `/cve/${cve}/${path}`, {}, body);
    if (!isRefusal(first) || !first.because.startsWith(refusesBy)) return isRefusal(first) ? first : undefined;
    const again = await ask('PUT', `/cve/${cve}/${path}`, {}, body);
    return isRefusal(again) ? again : undefined;
  };
  return {
    account: { org: account.org, user: account.user },
    async ids(year, page) {
      const answer = read(listed, await ask('GET', '/cve-id', { cve_id_year: String(year), page: String(page) }));
      if (isRefusal(answer)) return answer;
      const ids = answer.cve_ids.map(({ cve_id, state, requested_by, reserved: at }) => ({
        cveId: cve_id,
        state,
        isOwn: requested_by.cna === account.org && requested_by.user === account.user,
        reservedAt: parseInstant(at) ?? null,
      }));
      return { ids, nextPage: answer.nextPage ?? null };
    },
    async quota() {
      const answer = read(quota, await ask('GET', `/org/${encodeURIComponent(account.org)}/id_quota`));
      return isRefusal(answer) ? answer : answer.available;
    },
    async reserve(year, amount) {
      const query = { amount: String(amount), cve_year: String(year), short_name: account.org, batch_type: 'non-sequential' };
      const answer = read(reserved, await ask('POST', '/cve-id', query));
      return isRefusal(answer) ? answer : answer.cve_ids.map(({ cve_id }) => cve_id);
    },
    put: (cve, container) => orExisting(cve, 'cna', container, 'CVE_RECORD_EXISTS'),
    reject: (cve, container) => orExisting(cve, 'reject', container, 'CVE_RECORD_EXISTS'),
  };
}

/** Where no account is configured. */
export function noCveServices(): CveServices {
  const none = async () => refuse('unavailable', 'this hub has no account with CVE Services');
  return { account: undefined, ids: none, quota: none, reserve: none, put: none, reject: none };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read<T>(shape: z.ZodType<T>, answer: unknown): T | Refusal {
  if (isRefusal(answer)) return answer;
  return shape.safeParse(answer).data ?? refuse('unavailable', 'CVE Services gave no answer of its own');
}

/** Errors by their name; what is not here goes by its status. */
const named: Readonly<Record<string, RefusalCode>> = {
  RESERVATION_IN_PROGRESS: 'unavailable',
  EXCEEDED_ID_QUOTA: 'too_many',
  OVER_NONSEQUENTIAL_MAX_AMOUNT: 'too_many',
  CANNOT_RESERVE_FOR_YEAR: 'wrong_state',
  YEAR_RANGE_FULL: 'wrong_state',
  CVE_RECORD_EXISTS: 'conflict',
  CVE_RECORD_DNE: 'wrong_state',
  CVEID_DNE: 'not_found',
  CVE_ID_NOT_FOUND: 'not_found',
};
const byStatus: Readonly<Record<number, RefusalCode>> = {
  400: 'malformed',
  401: 'not_permitted',
  403: 'not_permitted',
  404: 'not_found',
  413: 'too_large',
};

function refusalOf(status: number, json: unknown, key: string): Refusal {
  const { error = `HTTP_${status}`, message = '' } = said.safeParse(json).data ?? {};
  const code = status === 429 || status >= 500 ? 'unavailable' : (named[error] ?? byStatus[status] ?? 'unavailable');
  const because = `${error}: ${message}${schemaFault(json)}`.replaceAll(key, '…').replaceAll('\0', '').slice(0, limits.becauseChars);
  return refuse(code, because.toWellFormed());
}

/** The first thing that its JSON schema complains of. */
function schemaFault(json: unknown): string {
  const shape = z.object({ details: z.object({ errors: z.array(z.object({ instancePath: z.string(), message: z.string() })).min(1) }) });
  const [first] = shape.safeParse(json).data?.details.errors ?? [];
  return first ? ` (${first.instancePath} ${first.message})` : '';
}
