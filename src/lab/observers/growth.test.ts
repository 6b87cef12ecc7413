import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

interface Point {
  readonly chars: number;
  readonly cpuMs: number;
  readonly cut: boolean;
}
interface Growth {
  readonly saw: 'seen' | 'quiet' | 'unsure';
  readonly growth?: 'polynomial' | 'exponential' | 'endless';
  readonly exponent?: number;
  readonly because: string;
}
const { growthBy } = createRequire(import.meta.url)('./growth.cjs') as {
  growthBy(measure: (times: number, stopMs: number) => Promise<Point | { lost: string }>, mostTimes: number): Promise<Growth>;
};

const mebi = 1 << 20;
/** A call that costs so much, on a machine that adds what `noise` says. */
const of =
  (costMs: (times: number) => number, noise: () => number = () => 1) =>
  async (times: number, stopMs: number) => {
    const cpuMs = costMs(times) * noise();
    return cpuMs > stopMs ? { chars: times, cpuMs: stopMs, cut: true } : { chars: times, cpuMs, cut: false };
  };
/** So that a mebibyte takes `ms`, whatever the power. */
const power = (k: number, ms: number) => (n: number) => ms * (n / mebi) ** k;

describe('growth', () => {
  test.each([
    ['n', power(1, 10_000)],
    ['n, and slow from the start', (n: number) => 400 + n / 100],
    ['n log n', (n: number) => (n * Math.log2(n)) / 5_000],
    ['nothing at all', () => 0],
    ['n^2, but not to be noticed', power(2, 400)],
  ])('%s is silent', async (_, cost) => {
    expect(await growthBy(of(cost), mebi)).toMatchObject({ saw: 'quiet' });
  });

  test.each([
    ['n^2', power(2, 1e6), 2],
    ['n^2, steep', power(2, 1e9), 2],
    ['n^3', power(3, 1e9), 3],
    ['n^3, steep', power(3, 1e14), 3],
    ['n^5', power(5, 1e20), 5],
  ])('%s is polynomial, by its exponent', async (_, cost, exponent) => {
    const seen = await growthBy(of(cost), mebi);
    expect(seen).toMatchObject({ saw: 'seen', growth: 'polynomial' });
    expect(seen.exponent).toBeCloseTo(exponent, 1);
  });

  test.each([
    ['2^n', (n: number) => 1e-5 * 2 ** n],
    ['1.3^n', (n: number) => 1e-5 * 1.3 ** n],
    ['10^n', (n: number) => 1e-5 * 10 ** n],
    ['2^(n/50)', (n: number) => 1e-4 * 2 ** (n / 50)],
  ])('%s is exponential', async (_, cost) => {
    expect(await growthBy(of(cost), mebi)).toMatchObject({ saw: 'seen', growth: 'exponential' });
  });

  test('from quick to never in one step is no growth, and told as what it is', async () => {
    expect(
      await growthBy(
        of((n) => (n < 100 ? 0.1 : 1e9)),
        mebi,
      ),
    ).toMatchObject({ saw: 'seen', growth: 'endless' });
  });

  test('what cannot be measured is unsure, with the reason', async () => {
    const lost = async (times: number) => (times < 100 ? { chars: times, cpuMs: 1, cut: false } : { lost: 'it is gone' });
    expect(await growthBy(lost, mebi)).toMatchObject({ saw: 'unsure', because: 'it is gone' });
  });

  test('time that runs out while it climbs leaves the lower bound', async () => {
    let calls = 0;
    const slow = of(power(3, 1e13));
    const late = async (times: number, stopMs: number) => {
      const point = await slow(times, stopMs);
      if (point.cut) calls++;
      return calls > 0 && !point.cut ? { lost: 'no time' } : point;
    };
    expect(await growthBy(late, mebi)).toMatchObject({ saw: 'seen', growth: 'polynomial' });
  });

  test('a busy machine makes no linear work grow, and hides no quadratic', async () => {
    const noises = fc.array(fc.double({ min: 1, max: 1.6, noNaN: true }), { minLength: 200, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(noises, fc.integer({ min: 600, max: 100_000 }), async (noise, ms) => {
        let at = 0;
        const busy = () => noise[at++ % noise.length]!;
        expect(await growthBy(of(power(1, ms), busy), mebi)).toMatchObject({ saw: 'quiet' });
        expect(await growthBy(of(power(2, ms * 1000), busy), mebi)).toMatchObject({ saw: 'seen', growth: 'polynomial' });
      }),
      { numRuns: 300 },
    );
  });
});
