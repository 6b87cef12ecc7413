import { AsyncLocalStorage } from 'node:async_hooks';
import { type Refusal, refuse } from '../../base/refusal.ts';

/** What ends downloads and programs of a fetch, wherever in it they are started. */
const stops = new AsyncLocalStorage<AbortSignal>();

export const stopOfFetch = () => stops.getStore();

/** What is done for all fetches, and must not end with the one that began it. */
export const forAll = <T>(work: () => T): T => stops.exit(work);

interface UnderWay<T> {
  readonly done: Promise<T | Refusal>;
  readonly stop: AbortController;
  waiting: number;
}

/** The same work by its key, once at a time however many wait for it; it is stopped when nobody waits any more. */
export class Shared<T> {
  readonly #underWay = new Map<string, UnderWay<T>>();

  async join(key: string, work: () => Promise<T | Refusal>, signal?: AbortSignal): Promise<T | Refusal> {
    if (signal?.aborted) return stopped;
    const at = this.#underWay.get(key) ?? this.#start(key, work);
    at.waiting++;
    const leave = Promise.withResolvers<Refusal>();
    const onStop = () => leave.resolve(stopped);
    signal?.addEventListener('abort', onStop, { once: true });
    try {
      return await Promise.race([at.done, leave.promise]);
    } finally {
      signal?.removeEventListener('abort', onStop);
      at.waiting--;
      if (at.waiting === 0) this.#end(key, at);
    }
  }

  #start(key: string, work: () => Promise<T | Refusal>): UnderWay<T> {
    const stop = new AbortController();
    const at: UnderWay<T> = { done: stops.run(stop.signal, work), stop, waiting: 0 };
    // Nobody may be there any more to hear of it.
    at.done.catch(() => {});
    this.#underWay.set(key, at);
    return at;
  }

  /** Whoever comes now begins anew: what was stopped gives them nothing. */
  #end(key: string, at: UnderWay<T>): void {
    if (this.#underWay.get(key) === at) this.#underWay.delete(key);
    at.stop.abort();
  }
}

const stopped = refuse('unavailable', 'it was stopped before it had come');
