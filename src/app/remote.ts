import { type Refusal, refusalCodes, refuse } from '../base/refusal.ts';
import type { AnyAction } from '../trust/action.ts';
import { routeOf } from './openapi.ts';

/** A hub reached over HTTP: what the CLI and the MCP server speak to. */
export interface Remote {
  call(verb: AnyAction, input: Record<string, unknown>, key?: string): Promise<unknown | Refusal>;
}

export function remoteHub(url: string, token: string | undefined): Remote {
  return {
    async call(verb, input, key) {
      const { method, path, parameters } = routeOf(verb);
      const missing = parameters.find((name) => input[name] === undefined || input[name] === '');
      if (missing) return refuse('malformed', 'is needed', missing);
      const at = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(input[name])));
      const others = Object.entries(input).filter(([name, value]) => !parameters.includes(name) && value !== undefined);
      const query = method === 'GET' ? new URLSearchParams(others.map(([name, value]) => [name, String(value)])) : undefined;
      const headers: Record<string, string> = { accept: 'application/json' };
      if (token) headers.authorization = `Bearer ${token}`;
      if (method === 'POST') headers['content-type'] = 'application/json';
      if (key) headers['idempotency-key'] = key;
      const body = method === 'POST' ? JSON.stringify(Object.fromEntries(others)) : null;
      return answerOf(new URL(query?.size ? `${at}?${query}` : at, url), { method, headers, body });
    },
  };
}

async function answerOf(url: URL, init: RequestInit): Promise<unknown | Refusal> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch {
    return refuse('unavailable', `no hub answers at ${url.origin}; start one with "npm start", or set BREAKWATER_URL`);
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const { code, detail, at } = (answer ?? {}) as { code?: string; detail?: string; at?: string };
  const known = refusalCodes.find((c) => c === code) ?? 'unavailable';
  return refuse(known, detail ?? `the hub answered ${response.status}`, at);
}
