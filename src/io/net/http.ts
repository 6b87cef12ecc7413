import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { Net, NetAnswer, NetPost } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { blocksOf, mayReach } from './address.ts';

interface NetOptions {
  /** Addresses and blocks of one's own network that may be called, plain HTTP included; everything else must be public and HTTPS. */
  readonly own: readonly string[];
  readonly resolve?: (host: string) => Promise<LookupAddress[]>;
}

/**
 * HTTP to addresses that members name. What a name stands for is asked once, looked at, and exactly that is dialled: a name that changes
 * its mind in between (DNS rebinding) leads nowhere. No redirect is followed, no proxy asked, no connection kept.
 */
export function guardedNet(options: NetOptions): Net {
  const own = blocksOf(options.own);
  const resolve = options.resolve ?? ((host) => lookup(host, { all: true, verbatim: true }));
  const addressesOf = async (url: URL): Promise<LookupAddress[] | Refusal> => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host);
    const reach = addresses.map(({ address }) => mayReach(address, own));
    // Which address it is stays unsaid: whoever gave the name must not learn what this hub sees when it asks.
    if (reach.length === 0 || reach.includes('no')) return refuse('untrusted', 'this hub does not call addresses of that kind', 'url');
    if (url.protocol === 'http:' && reach.includes('public'))
      return refuse('untrusted', 'outside its own network this hub calls https only', 'url');
    return addresses;
  };
  return {
    async post(text, asked) {
      const url = readUrl(text);
      if (isRefusal(url)) return url;
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), asked.timeoutMs);
      try {
        const addresses = await beforeAbort(addressesOf(url), late.signal);
        return isRefusal(addresses) ? addresses : await send(url, addresses, asked, late.signal);
      } catch (error) {
        if (error instanceof TooLong) return refuse('too_large', `answered more than ${asked.maxBytes} bytes`);
        if (late.signal.aborted) return refuse('unavailable', `no whole answer within ${asked.timeoutMs} ms`);
        return refuse('unavailable', `cannot be reached: ${(error as { code?: string }).code ?? 'no connection'}`);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

class TooLong extends Error {}

function readUrl(text: string): URL | Refusal {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return refuse('malformed', 'must be an http(s) URL', 'url');
  if (url.username || url.password || url.hash) return refuse('malformed', 'must be without user, password and fragment', 'url');
  return url;
}

/** The system's resolver cannot be interrupted; nobody has to wait for it. */
function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('late')), { once: true });
    work.then(resolve, reject);
  });
}

function send(url: URL, addresses: LookupAddress[], asked: NetPost, signal: AbortSignal): Promise<NetAnswer> {
  return new Promise((resolve, reject) => {
    const make = url.protocol === 'https:' ? requestHttps : requestHttp;
    const headers = { 'user-agent': 'breakwater', ...asked.headers, 'content-length': String(asked.body.length) };
    const dialled = addresses.map(({ address, family }) => ({ address, family }));
    const request = make(url, {
      method: 'POST',
      headers,
      agent: false,
      signal,
      lookup: (_host, { all }, found) => (all ? found(null, dialled) : found(null, dialled[0]!.address, dialled[0]!.family)),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('error', reject);
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= asked.maxBytes) return parts.push(part);
        reject(new TooLong());
        return request.destroy();
      });
      response.on('end', () => {
        const pairs = Object.entries(response.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(pairs), body: Buffer.concat(parts) });
      });
      response.on('close', () => reject(new Error('cut off')));
    });
    request.end(asked.body);
  });
}
