import { sha256 } from '../../base/canonical.ts';
import { type Cut, type Pass, passes } from './cut.ts';

/** Where in the search one stands. Never changed: what would be asked next if this one failed is found by going on from a copy. */
interface Place {
  readonly best: Uint8Array;
  readonly pass: number;
  readonly cut: Cut;
  /** Units that are left, ascending. */
  readonly left: Uint32Array;
  /** So many are taken away at once, ending `skip` before the last. */
  readonly size: number;
  readonly skip: number;
  /** Whether this sweep, and this round of all passes, has taken anything away. */
  readonly cutInSweep: boolean;
  readonly cutInRound: boolean;
}

interface ShrinkBounds {
  /** So many answers are followed, at most. */
  readonly tries: number;
  /** Of all inputs looked at, also those that were known: a megabyte of one byte is the same input a million times. */
  readonly bytes: number;
}

/**
 * Makes an input smaller as long as it still holds what is asked of it (delta debugging by complements, as in Zeller and Hildebrandt 2002, over
 * units from lines and list items down to bytes). Knows nothing of boxes: `propose` names inputs, `hear` is told whether they hold. Whatever is
 * told in whatever order, and however many are asked at once, the outcome is that of asking one after the other: the first that holds wins,
 * and what was asked beyond it is only remembered.
 */
export class Shrinker {
  readonly #told = new Map<string, boolean>();
  readonly #counted = new Set<string>();
  readonly #made = new WeakMap<Place, ReturnType<typeof candidateAt>>();
  readonly #passes: readonly Pass[];
  readonly #bounds: ShrinkBounds;
  #bytes = 0;
  #stopped: 'limit' | undefined;
  #place: Place | undefined;
  #best: Uint8Array;

  constructor(input: Uint8Array, bounds: ShrinkBounds, using: readonly Pass[] = passes) {
    this.#passes = using;
    this.#best = input;
    this.#bounds = bounds;
    this.#place = this.#enter(input, 0, false);
  }

  /** The smallest that is known to hold. */
  get best(): Uint8Array {
    return this.#best;
  }

  /** Answers that were followed. */
  get tries(): number {
    return this.#counted.size;
  }

  /** `smallest`: no unit of any kind can go any more. */
  get ended(): 'smallest' | 'limit' | undefined {
    return this.#place ? this.#stopped : 'smallest';
  }

  /** Up to `most` inputs that were not told yet, the one needed first in front. Empty when it has ended. */
  propose(most: number): Uint8Array[] {
    this.#settle();
    const asked = new Map<string, Uint8Array>();
    let place = this.ended ? undefined : this.#place;
    for (let looks = 0; place && asked.size < most && looks < most * 16; looks++) {
      const { bytes, key, told } = this.#candidateOf(place);
      // What comes after one that holds is not known before it is taken.
      if (told === true) break;
      if (told === undefined) asked.set(key, bytes);
      place = this.#after(place, undefined);
    }
    return [...asked.values()];
  }

  hear(candidate: Uint8Array, holds: boolean): void {
    this.#told.set(sha256(candidate), holds);
    this.#settle();
  }

  /** Follows the answers as far as they are known. */
  #settle(): void {
    while (this.#place && !this.ended) {
      const { bytes, key, told } = this.#candidateOf(this.#place);
      const isNew = key !== '' && !this.#counted.has(key);
      if ((isNew && this.tries >= this.#bounds.tries) || this.#bytes > this.#bounds.bytes) this.#stopped = 'limit';
      if (told === undefined || this.#stopped) return;
      this.#bytes += bytes.length;
      if (key !== '') this.#counted.add(key);
      if (told) this.#best = bytes;
      this.#place = this.#after(this.#place, told ? bytes : undefined);
    }
  }

  /** What is asked at a place; without a key where it is not asked, because it is no smaller. */
  #candidateOf(place: Place): { readonly bytes: Uint8Array; readonly key: string; readonly told: boolean | undefined } {
    const made = this.#made.get(place) ?? candidateAt(place);
    this.#made.set(place, made);
    return { ...made, told: made.key === '' ? false : this.#told.get(made.key) };
  }

  /** The next place after the candidate of this one held (then it is given) or did not. */
  #after(place: Place, taken: Uint8Array | undefined): Place | undefined {
    const { size, skip, left } = place;
    const next = taken
      ? { ...place, best: taken, left: leftOf(place), cutInSweep: true, cutInRound: true }
      : { ...place, skip: skip + size };
    if (next.skip < next.left.length) return next;
    if (size > 1) return this.#sweep({ ...next, size: Math.ceil(Math.min(size, left.length) / 2), cutInSweep: false });
    if (next.cutInSweep && next.left.length > 0) return this.#sweep({ ...next, cutInSweep: false });
    return this.#enter(next.best, next.pass + 1, next.cutInRound);
  }

  #sweep(place: Place): Place | undefined {
    return place.left.length === 0
      ? this.#enter(place.best, place.pass + 1, place.cutInRound)
      : { ...place, size: Math.max(1, Math.min(place.size, place.left.length)), skip: 0 };
  }

  #enter(best: Uint8Array, from: number, cutInRound: boolean): Place | undefined {
    for (let pass = from, again = cutInRound; ; pass++) {
      if (pass === this.#passes.length) {
        if (!again) return undefined;
        [pass, again] = [0, false];
      }
      const cut = this.#passes[pass]!(best);
      if (!cut || cut.units === 0) continue;
      const left = Uint32Array.from({ length: cut.units }, (_, unit) => unit);
      const size = Math.max(1, Math.ceil(cut.units / 2));
      return { best, pass, cut, left, size, skip: 0, cutInSweep: false, cutInRound: again };
    }
  }
}

function leftOf({ left, size, skip }: Place): Uint32Array {
  const end = left.length - skip;
  const from = Math.max(0, end - size);
  const rest = new Uint32Array(from + skip);
  rest.set(left.subarray(0, from));
  rest.set(left.subarray(end), from);
  return rest;
}

function candidateAt(place: Place): { readonly bytes: Uint8Array; readonly key: string } {
  const bytes = place.cut.keeping(leftOf(place));
  return { bytes, key: isSmaller(bytes, place.best) ? sha256(bytes) : '' };
}

/** Shorter; or as long, with a smaller byte at the first place where they differ. A well-order: every search ends. */
function isSmaller(a: Uint8Array, b: Uint8Array): boolean {
  return a.length < b.length || (a.length === b.length && Buffer.compare(a, b) < 0);
}
