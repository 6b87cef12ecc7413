import { isRefusal, type Refusal } from '../../base/refusal.ts';
import type { TranscriptEntry, TranscriptEvent } from './transcript.ts';

/** Keeps what was said durably before anything is done upon it; a refusal when nobody waits for the run any more. */
export type Keep = (from: number, entries: readonly TranscriptEntry[]) => Promise<Refusal | undefined>;

/** A dead worker's journal does not fit what this one does: it was another version of the house. */
export class Misfit extends Error {}

/**
 * The record of a run, written ahead. Where a worker died, the next one goes the same way again: what stands here already is taken from
 * here, and only what comes after it happens.
 */
export class Journal {
  readonly entries: TranscriptEntry[];
  readonly #keep: Keep;
  readonly #clock: () => number;
  /** How much of it was there before. */
  readonly #given: number;
  #at = 0;
  #liveSinceMs: number | undefined;
  #baseMs = 0;
  #refused: Refusal | undefined;
  bytes = 0;

  constructor(given: readonly TranscriptEntry[], keep: Keep, clock: () => number) {
    this.entries = [...given];
    this.#given = given.length;
    this.#keep = keep;
    this.#clock = clock;
  }

  /** Whether what comes next has happened already. */
  get isReplaying(): boolean {
    return this.#at < this.#given;
  }

  /** What comes next, if it has happened already and is of this kind; it is then passed. */
  next<Kind extends TranscriptEntry['said']>(said: Kind): Extract<TranscriptEntry, { said: Kind }> | undefined {
    const entry = this.peek(said);
    if (entry) this.#pass(entry);
    return entry;
  }

  /** The same without passing it. */
  peek<Kind extends TranscriptEntry['said']>(said: Kind): Extract<TranscriptEntry, { said: Kind }> | undefined {
    // It tells of the workers before us, and not of the model.
    while (this.isReplaying && this.entries[this.#at]?.said === 'rebuilt') this.#pass(this.entries[this.#at]!);
    const entry = this.entries[this.#at];
    return this.isReplaying && entry?.said === said ? (entry as Extract<TranscriptEntry, { said: Kind }>) : undefined;
  }

  /** All that has happened but its end, passed at once: for who begins anew and looks up what there was. */
  passAll(): readonly TranscriptEntry[] {
    const passed: TranscriptEntry[] = [];
    while (this.isReplaying && this.entries[this.#at]!.said !== 'end') {
      passed.push(this.entries[this.#at]!);
      this.#pass(this.entries[this.#at]!);
    }
    return passed;
  }

  /** Writes down what happens now, or passes what was written down when it did. */
  async add<E extends TranscriptEvent>(event: E): Promise<E> {
    if (this.isReplaying) {
      const before = this.next(event.said);
      if (!before) throw new Misfit(`the journal does not fit: ${event.said} where there was ${this.entries[this.#at]?.said}`);
      return before as unknown as E;
    }
    await this.addAll([event]);
    return event;
  }

  async addAll(events: readonly TranscriptEvent[]): Promise<void> {
    const from = this.entries.length;
    const added = events.map((event) => ({ ...event, ms: this.ms() }) as TranscriptEntry);
    for (const entry of added) {
      this.entries.push(entry);
      this.#pass(entry);
    }
    const refused = await this.#keep(from, added);
    if (isRefusal(refused)) this.#refused = refused;
  }

  /** Set once nobody waits for the run any more. */
  get refused(): Refusal | undefined {
    return this.#refused;
  }

  /** Of the run's own time. It begins to go when all that has happened is passed. */
  ms(): number {
    if (this.isReplaying) return this.#baseMs;
    this.#liveSinceMs ??= this.#clock();
    return Math.round(this.#baseMs + this.#clock() - this.#liveSinceMs);
  }

  #pass(entry: TranscriptEntry): void {
    this.#at++;
    this.bytes += Buffer.byteLength(JSON.stringify(entry));
    if (this.#liveSinceMs === undefined) this.#baseMs = entry.ms;
  }
}
