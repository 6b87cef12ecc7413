import { limits } from '../base/limits.ts';

/** What to do about a hop that breaks (a Fault, not a refusal): not now, again later, or never more. */
export interface Patience {
  /** False while the time for another try has not come. */
  mayTry(hop: string): boolean;
  /** Takes down one failure; true when it was the last try. */
  giveUp(hop: string, error: unknown): boolean;
}

/** Waits 1, 2, 4 … seconds between the tries of one hop. `nowMs` only ever runs forward. */
export function patience(nowMs: () => number, log: (problem: string, error: unknown) => void): Patience {
  const broken = new Map<string, { tries: number; againAtMs: number }>();
  return {
    mayTry: (hop) => nowMs() >= (broken.get(hop)?.againAtMs ?? 0),
    giveUp(hop, error) {
      const tries = (broken.get(hop)?.tries ?? 0) + 1;
      log(`${hop}, try ${tries} of ${limits.hopTries}`, error);
      if (tries >= limits.hopTries) return broken.delete(hop) || true;
      broken.set(hop, { tries, againAtMs: nowMs() + 1000 * 2 ** (tries - 1) });
      return false;
    },
  };
}
