import { limits } from '../../base/limits.ts';

/** What came back from one address, redirects followed by hand and counted (CSAF 2.1 §7.1.6). */
export interface Fetched {
  readonly status: number;
  readonly text: string;
  readonly bytes: Buffer;
  readonly headers: Headers;
  readonly redirects: number;
}

export interface Fetcher {
  /** undefined when the address cannot be reached at all, or gives more than the limit. */
  get(url: string, headers?: Record<string, string>): Promise<Fetched | undefined>;
  /** The most redirects that one address took, over all that were asked. */
  readonly mostRedirects: () => number;
  /** An address without TLS that was asked for as it was written. */
  readonly plain: () => string | undefined;
}

const mostRedirects = 20;
/** For one file, all of it. */
const answerMs = 60_000;

/** `instead` maps an origin (`https://host`) to where it is asked for in this run: for a provider that is not on the network yet. */
export function fetcher(instead: ReadonlyMap<string, string> = new Map()): Fetcher {
  const kept = new Map<string, Promise<Fetched | undefined>>();
  let most = 0;
  let plain: string | undefined;
  const ask = async (url: string, headers: Record<string, string>): Promise<Fetched | undefined> => {
    try {
      for (let [at, redirects] = [url, 0]; ; redirects++) {
        if (at.startsWith('http:')) plain ??= at;
        const { origin } = new URL(at);
        const address = at.replace(origin, instead.get(origin) ?? origin);
        const response = await fetch(address, { headers, redirect: 'manual', signal: AbortSignal.timeout(answerMs) });
        most = Math.max(most, redirects);
        const location = response.headers.get('location');
        if (response.status >= 300 && response.status < 400 && location !== null && redirects <= mostRedirects) {
          await response.body?.cancel();
          at = new URL(location, at).href;
          continue;
        }
        const bytes = await bounded(response, limits.providerFileBytes);
        return bytes && { status: response.status, text: bytes.toString('utf8'), bytes, headers: response.headers, redirects };
      }
    } catch {
      return undefined;
    }
  };
  return {
    get(url, headers = {}) {
      if (Object.keys(headers).length > 0) return ask(url, headers);
      const known = kept.get(url) ?? ask(url, {});
      kept.set(url, known);
      return known;
    },
    mostRedirects: () => most,
    plain: () => plain,
  };
}

async function bounded(response: Response, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
