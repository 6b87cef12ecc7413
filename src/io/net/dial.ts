import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { type blocksOf, mayReach } from './address.ts';

export type Resolve = (host: string) => Promise<LookupAddress[]>;

export const systemResolve: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/** An address that somebody else wrote. */
export function readUrl(text: string): URL | Refusal {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return refuse('malformed', 'must be an http(s) URL', 'url');
  if (url.username || url.password || url.hash) return refuse('malformed', 'must be without user, password and fragment', 'url');
  return url;
}

/** Where a URL leads, asked once and looked at: public hosts by HTTPS, and one's own. Throws when the name is not known. */
export async function addressesOf(url: URL, own: ReturnType<typeof blocksOf>, resolve: Resolve): Promise<LookupAddress[] | Refusal> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host);
  const reach = addresses.map(({ address }) => mayReach(address, own));
  // Which address it is stays unsaid: whoever gave the name must not learn what this hub sees when it asks.
  if (reach.length === 0 || reach.includes('no')) return refuse('untrusted', 'this hub does not call addresses of that kind', 'url');
  if (url.protocol === 'http:' && reach.includes('public'))
    return refuse('untrusted', 'outside its own network this hub calls https only', 'url');
  return addresses;
}

/** Exactly what was looked at is dialled: a name that changes its mind in between (DNS rebinding) leads nowhere. */
export function onlyTo(addresses: readonly LookupAddress[]): LookupFunction {
  const dialled = addresses.map(({ address, family }) => ({ address, family }));
  return (_host, { all }, found) => (all ? found(null, dialled) : found(null, dialled[0]!.address, dialled[0]!.family));
}
