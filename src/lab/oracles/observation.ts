import type { BoxEnd } from '../../base/doors.ts';

/** What was recorded of one run: everything an oracle may look at, and the output it must not. */
export interface Observed {
  readonly end: BoxEnd;
  readonly exit: number | null;
  readonly signal: number | null;
  readonly cpuUs: number;
  readonly wallMs: number;
  readonly peakBytes: number;
  readonly oomKills: number;
  readonly because?: string | undefined;
  /** Which input it was given, where that is known. */
  readonly input?: 'poc' | 'control' | 'self-check';
  readonly reports: readonly { readonly name: string; readonly text: string }[];
}

export interface Crash {
  /** E.g. `Heap-buffer-overflow\nREAD 1`. */
  readonly type: string;
  /** Top frames, one a line; without names when the run was not symbolised. */
  readonly state: string;
  readonly security: boolean;
  readonly severity?: string | undefined;
  readonly frames: readonly { readonly function: string; readonly file?: string | undefined; readonly line?: number | undefined }[];
  /** What a canary showed, for people; as the input chose to name it. */
  readonly seen?: readonly string[] | undefined;
  /** Equal for equal places in the same build, symbolised or not. */
  readonly fingerprint: string;
}

export type Observation =
  | { readonly saw: 'crash'; readonly crash: Crash }
  | { readonly saw: 'quiet' }
  /** `isOurs`: the box failed or was stopped, whatever ran in it. */
  | { readonly saw: 'could-not-tell'; readonly because: string; readonly isOurs?: boolean | undefined };

/** The status every sanitizer and observer of ours exits with. By itself it proves nothing. */
export const alarmExit = 86;
export const quiet: Observation = { saw: 'quiet' };
export const unsure = (because: string) => ({ saw: 'could-not-tell', because }) as const satisfies Observation;
