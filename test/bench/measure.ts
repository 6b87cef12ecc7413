/** Two ways of doing the same thing, in turn (A B A B …), because these machines drift; the ratio is of pairs. */
export interface Measured {
  readonly name: string;
  readonly peer: string;
  /** Median milliseconds of one round. */
  readonly oursMs: number;
  readonly peerMs: number;
  /** Median of (ours ÷ peer), pair by pair, with the smallest and the largest. */
  readonly ratio: readonly [number, number, number];
}

export async function compare(
  name: string,
  peer: string,
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
  rounds = 5,
): Promise<Measured> {
  await ours();
  await theirs();
  const [a, b]: [number[], number[]] = [[], []];
  for (let i = 0; i < rounds; i++) {
    a.push(await timed(ours));
    b.push(await timed(theirs));
  }
  const ratios = a.map((ms, i) => ms / b[i]!).sort((x, y) => x - y);
  return { name, peer, oursMs: median(a), peerMs: median(b), ratio: [median(ratios), ratios[0]!, ratios.at(-1)!] };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

export function line(m: Measured): string {
  const [mid, low, high] = m.ratio.map((r) => r.toFixed(2));
  return `${m.name.padEnd(44)} ${m.oursMs.toFixed(1).padStart(9)} ms   ${m.peer.padEnd(34)} ${m.peerMs.toFixed(1).padStart(9)} ms   ratio ${mid} (${low}–${high})`;
}
