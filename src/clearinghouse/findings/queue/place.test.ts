import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bands } from './band.ts';
import { deskOrder, nextTag, priorityOf } from './place.ts';

/** Serves everything that waits by tag; returns whose turn it was. */
function serve(arrivals: readonly { org: string; perDay: number }[]): string[] {
  const waiting: { org: string; tag: number; n: number }[] = [];
  for (const [n, { org, perDay }] of arrivals.entries()) {
    const own = waiting.filter((w) => w.org === org).map((w) => w.tag);
    const virtual = waiting.length ? Math.min(...waiting.map((w) => w.tag)) : undefined;
    waiting.push({ org, n, tag: nextTag(virtual, own.length ? Math.max(...own) : undefined, perDay) });
  }
  return waiting.sort((a, b) => a.tag - b.tag || a.n - b.n).map((w) => w.org);
}
const times = (n: number, org: string, perDay = 100) => Array.from({ length: n }, () => ({ org, perDay }));

test('a flood waits behind itself: one who comes after a thousand has the second turn', () => {
  expect(serve([...times(1000, 'flood'), ...times(1, 'other')]).indexOf('other')).toBe(1);
});

test('turns go by quota: who may hand in ten times as many has ten turns for one', () => {
  const first = serve([...times(300, 'trusted', 1000), ...times(300, 'noisy', 100)]).slice(0, 110);
  expect(first.filter((org) => org === 'trusted').length).toBeGreaterThanOrEqual(99);
  expect(first.filter((org) => org === 'noisy').length).toBeGreaterThanOrEqual(9);
});

const place = fc.record({
  band: fc.constantFrom(...bands),
  isOverQuota: fc.boolean(),
  tag: fc.integer({ min: 0, max: 199_999_999 }),
  urgency: fc.integer({ min: 0, max: 31 }),
});

test('property: band goes before quota, quota before turn, in the lab and at the desk', () => {
  fc.assert(
    fc.property(place, place, (a, b) => {
      const order = bands.indexOf(a.band) - bands.indexOf(b.band) || Number(a.isOverQuota) - Number(b.isOverQuota);
      if (order === 0) return;
      expect(Math.sign(priorityOf(b) - priorityOf(a))).toBe(Math.sign(order));
      expect(Math.sign(deskOrder(a) - deskOrder(b))).toBe(Math.sign(order));
    }),
  );
});

test('property: a priority fits an integer of PostgreSQL, an order a double', () => {
  fc.assert(
    fc.property(place, (p) => {
      expect(priorityOf(p)).toBeGreaterThanOrEqual(0);
      expect(priorityOf(p)).toBeLessThan(2 ** 31);
      expect(Number.isSafeInteger(deskOrder(p))).toBe(true);
    }),
  );
});

test('whoever may hand in nothing waits behind themselves, and does not take virtual time to its end with them', () => {
  const tags = [nextTag(0, 0, 0), nextTag(0, nextTag(0, 0, 0), 0)];
  expect(tags).toEqual([1000, 2000]);
});

test('a tag never leaves its range, however long nobody is served', () => {
  expect(nextTag(199_999_999, 199_999_999, 1)).toBe(199_999_999);
  expect(nextTag(undefined, undefined, 5)).toBe(0);
});
