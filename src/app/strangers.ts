import { limits } from '../base/limits.ts';

/** What an address has left: a bucket that refills with time. */
interface Bucket {
  left: number;
  atMs: number;
}

export interface Strangers {
  /** Takes one request of somebody without a known credential; false when this address has had its share. */
  admit(address: string): boolean;
}

/**
 * Requests without a known credential, counted by address. `nowMs` only ever runs forward (a monotonic clock).
 * Memory is bounded: beyond `limits.strangerAddresses`, whoever was heard of longest ago is forgotten, and begins anew.
 */
export function strangers(nowMs: () => number, perMinute: number = limits.strangerRequestsPerMinute): Strangers {
  const buckets = new Map<string, Bucket>();
  return {
    admit(address) {
      const [network, at] = [networkOf(address), nowMs()];
      const known = buckets.get(network) ?? { left: perMinute, atMs: at };
      const left = Math.min(perMinute, known.left + ((at - known.atMs) / 60_000) * perMinute);
      // Taken out and put in again: the map keeps its order, oldest first.
      buckets.delete(network);
      buckets.set(network, { left: Math.max(0, left - 1), atMs: at });
      if (buckets.size > limits.strangerAddresses) buckets.delete(buckets.keys().next().value!);
      return left >= 1;
    },
  };
}

/** IPv6 is handed out by the /64: a single subscriber has 2^64 addresses. IPv4 may come mapped into IPv6. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? front : [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
  return groups
    .slice(0, 4)
    .map((group) => (Number.parseInt(group, 16) || 0).toString(16))
    .join(':');
}
