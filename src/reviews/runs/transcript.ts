import type { BoxEnd } from '../../base/doors.ts';
import type { BrokenCall, ChatMessage, ChatReply, TokenUse } from '../../base/model-door.ts';
import type { Ending } from './run.ts';

/** Of an answer that was relayed into a box. */
export interface Heard {
  readonly number: number;
  readonly status: number;
  readonly sha256: string;
  readonly kept: string;
}

type Event =
  | { readonly said: 'to-model'; readonly messages: readonly ChatMessage[] }
  /** A program of somebody else's begins; its files by digest. */
  | { readonly said: 'harness'; readonly command: readonly string[]; readonly files: string }
  /** A call goes out: it stands here before it is made. */
  | {
      readonly said: 'asked';
      /** Of a program in a box: what it sent, and of that what was not in a call before it. */
      readonly relayed?: { readonly number: number; readonly sha256: string; readonly bytes: number; readonly added: string };
    }
  /** An answer that did not come whole, and was asked for again. */
  | ({ readonly said: 'broken'; readonly number?: number } & BrokenCall)
  /** A worker died between a call and its answer: the call may have been paid. */
  | { readonly said: 'lost' }
  | {
      readonly said: 'by-model';
      readonly message: ChatMessage;
      readonly stop: ChatReply['stop'];
      readonly use: TokenUse;
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly reckoned?: string;
      /** What the program in the box heard, to be given again. */
      readonly relayed?: Heard;
    }
  | {
      readonly said: 'by-tool';
      readonly tool: string;
      readonly answer: string;
      readonly box?: { readonly end: BoxEnd; readonly exit: number | null; readonly stdoutSha256: string; readonly stderrSha256: string };
      readonly submitted?: { readonly sha256: string; readonly bytes: number };
    }
  /** Another worker made the workspace again by the same calls; `differed` of them did not end as they had the first time. */
  | { readonly said: 'rebuilt'; readonly calls: number; readonly differed: number }
  | { readonly said: 'end'; readonly ended: Ending; readonly because: string };

/**
 * What was recorded of a run, from outside: by who ran it, never by who was run. `ms` is of the run's own time, which stands still while no
 * worker is at it.
 */
export type TranscriptEntry = Event & { readonly ms: number };
/** Before it is known when. */
export type TranscriptEvent = Event;

/** JSON Lines. */
export function writeTranscript(entries: readonly TranscriptEntry[]): Uint8Array {
  return Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

export function readTranscript(bytes: Uint8Array): unknown[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}
