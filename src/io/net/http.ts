import type { LookupAddress } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Net, NetAnswer, NetPost } from '../../base/doors.ts';
import { isRefusal, refuse } from '../../base/refusal.ts';
import { blocksOf } from './address.ts';
import { addressesOf, onlyTo, type Resolve, readUrl, systemResolve } from './dial.ts';

interface NetOptions {
  /** Addresses and blocks of one's own network that may be called, plain HTTP included; everything else must be public and HTTPS. */
  readonly own: readonly string[];
  readonly resolve?: Resolve;
}

/**
 * HTTP to addresses that members name. What a name stands for is asked once, looked at, and exactly that is dialled: a name that changes
 * its mind in between (DNS rebinding) leads nowhere. No redirect is followed, no proxy asked, no connection kept.
 */
export function guardedNet(options: NetOptions): Net {
  const own = blocksOf(options.own);
  const resolve = options.resolve ?? systemResolve;
  return {
    async post(text, asked) {
      const url = readUrl(text);
      if (isRefusal(url)) return url;
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), asked.timeoutMs);
      try {
        const addresses = await beforeAbort(addressesOf(url, own, resolve), late.signal);
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
    const request = make(url, {
      method: 'POST',
      headers,
      agent: false,
      signal,
      lookup: onlyTo(addresses),
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
