import { limits } from '../../../base/limits.ts';
import type { TokenUse } from '../../../base/model-door.ts';
import type { TranscriptEntry } from '../transcript.ts';

interface Kept {
  readonly use: TokenUse;
  readonly kept: string;
}

/**
 * What a program was answered by workers that died. The program begins anew and so does its workspace; where it asks again what it asked, word
 * for word, it hears what it heard, and nobody pays twice.
 */
export class Recorded {
  readonly #answers = new Map<string, Kept[]>();
  readonly #broken: TokenUse[] = [];
  /** Handed in last. */
  readonly submitted: { readonly sha256: string; readonly bytes: number } | undefined;
  /** Calls of which nobody knows what became. */
  readonly lost: number;
  readonly calls: number;
  readonly isAny: boolean;
  given = 0;

  constructor(entries: readonly TranscriptEntry[]) {
    const asked = new Map<number, string>();
    let submitted: Recorded['submitted'];
    let answered = 0;
    this.isAny = entries.length > 0;
    for (const entry of entries) {
      if (entry.said === 'asked' && entry.relayed) asked.set(entry.relayed.number, entry.relayed.sha256);
      else if (entry.said === 'broken') {
        this.#broken.push(entry.use);
        answered++;
      } else if (entry.said === 'by-model' && entry.relayed) {
        const digest = asked.get(entry.relayed.number) ?? '';
        this.#answers.set(digest, [...(this.#answers.get(digest) ?? []), { use: entry.use, kept: entry.relayed.kept }]);
        answered++;
      } else if (entry.said === 'by-tool' && entry.submitted) submitted = entry.submitted;
    }
    this.submitted = submitted;
    this.calls = Math.max(0, ...asked.keys());
    this.lost = asked.size - answered;
  }

  take(sha256: string): Kept | undefined {
    const kept = this.#answers.get(sha256)?.shift();
    if (kept) this.given++;
    return kept;
  }

  /** Answers that nobody asked for again. */
  get left(): readonly TokenUse[] {
    return [...this.#answers.values()].flat().map(({ use }) => use);
  }

  get broken(): readonly TokenUse[] {
    return this.#broken;
  }
}

/** Of each request what was not in one before it: a conversation is sent whole each time, and would be written down as often. */
export class Requests {
  #earlier: string[] = [];

  added(body: string): string {
    let from = 0;
    for (const other of this.#earlier) {
      let same = 0;
      while (same < other.length && same < body.length && other.charCodeAt(same) === body.charCodeAt(same)) same++;
      from = Math.max(from, same);
    }
    this.#earlier = [...this.#earlier.slice(-3), body];
    const text = body.slice(from).toWellFormed();
    const most = limits.relayedAddedChars;
    return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}\n[${text.length - most} characters left out]`;
  }
}
