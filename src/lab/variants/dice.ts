import { createHash } from 'node:crypto';

/** Numbers that look thrown and are the same for the same seed everywhere: SHA-256 over the seed and a counter. */
export class Dice {
  readonly #seed: string;
  #pool = Buffer.alloc(0);
  #at = 0;
  #count = 0;
  constructor(seed: string) {
    this.#seed = seed;
  }

  /** At least 0, below `sides` (1 to 2^31). */
  below(sides: number): number {
    if (this.#at + 4 > this.#pool.length) {
      this.#pool = createHash('sha256')
        .update(`${this.#seed} ${this.#count++}`)
        .digest();
      this.#at = 0;
    }
    const thrown = this.#pool.readUInt32BE(this.#at);
    this.#at += 4;
    return Math.floor((thrown / 2 ** 32) * sides);
  }

  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }
}
