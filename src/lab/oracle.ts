import { z } from 'zod';
import { sha256 } from '../base/canonical.ts';
import type { BoxEnd } from '../base/doors.ts';
import type { Oracle } from './recipe.ts';
import { parseCrash } from './sanitizer/crash.ts';

/** What was recorded of one run: everything an oracle may look at, and the output it must not. */
export interface Observed {
  readonly end: BoxEnd;
  readonly exit: number | null;
  readonly signal: number | null;
  readonly cpuUs: number;
  readonly wallMs: number;
  readonly because?: string | undefined;
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
  /** Equal for equal places in the same build, symbolised or not. */
  readonly fingerprint: string;
}

export type Observation =
  | { readonly saw: 'crash'; readonly crash: Crash }
  | { readonly saw: 'quiet' }
  | { readonly saw: 'could-not-tell'; readonly because: string };

/** The status every sanitizer and harness of ours exits with. By itself it proves nothing. */
const alarmExit = 86;
const quiet: Observation = { saw: 'quiet' };
const unsure = (because: string): Observation => ({ saw: 'could-not-tell', because });

export function oracleEnvironment(oracle: Oracle, reportsAt: string, symbolize: boolean): Record<string, string> {
  if (oracle.kind !== 'sanitizer') return {};
  // The log goes to a file: what a target prints is its own word, not the sanitizer's.
  const common = `exitcode=${alarmExit}:log_path=${reportsAt}/san:color=never:symbolize=${symbolize ? 1 : 0}:external_symbolizer_path=/usr/bin/llvm-symbolizer`;
  return {
    // Quarantine and shadow must fit the box; an allocation that fails is not a finding.
    ASAN_OPTIONS: `${common}:handle_abort=1:allocator_may_return_null=1:detect_leaks=${oracle.leaks ? 1 : 0}`,
    UBSAN_OPTIONS: `${common}:halt_on_error=1:print_stacktrace=1`,
    LSAN_OPTIONS: common,
    MSAN_OPTIONS: common,
    TSAN_OPTIONS: common,
  };
}

/** An exit status alone is never evidence, and printed text never is. */
export function observe(oracle: Oracle, run: Observed, nonce: string): Observation {
  if (run.end === 'box-failed') return unsure(`the box failed: ${run.because ?? 'no reason given'}`);
  if (oracle.kind === 'hang') return observeHang(run);
  if (run.end !== 'exited') return unsure(`the run ended by ${run.end}${run.signal ? ` (signal ${run.signal})` : ''}, without a report`);
  return oracle.kind === 'sanitizer' ? observeSanitizer(run) : observePollution(run, nonce);
}

function observeSanitizer(run: Observed): Observation {
  const log = run.reports.find((report) => /^san\.\d+$/.test(report.name))?.text ?? '';
  const crash = parseCrash(log);
  const found = crash.type !== '';
  const alarmed = run.exit === alarmExit;
  if (found !== alarmed)
    return unsure(
      alarmed ? `exit status ${alarmExit}, but no sanitizer report was collected` : `a sanitizer report, but exit status ${run.exit}`,
    );
  if (!found) return quiet;
  const { type, state, security, severity, frames } = crash;
  const fingerprint = sha256([type, ...addresses(log)].join('\n'));
  return {
    saw: 'crash',
    crash: { type, state, security, severity: severity ?? undefined, frames, fingerprint },
  };
}

const comparedFrames = 8;

/** Program counters of the first stack: the same in every run, because addresses are not randomised. */
function addresses(log: string): string[] {
  const first = /^\s*#0 0x/m.exec(log);
  if (!first) return [];
  const stack = log.slice(first.index).split('\n');
  const counters = stack.map((line) => /^\s*#\d+ (0x[0-9a-f]+)/.exec(line)?.[1]);
  const end = counters.indexOf(undefined);
  // Inlined frames share one address when symbolised, and are not there when not.
  return [...new Set(counters.slice(0, end < 0 ? undefined : end))].slice(0, comparedFrames) as string[];
}

const busyShare = 0.25;

/** A busy program that does not come back. An idle one may only be waiting for us. */
function observeHang(run: Observed): Observation {
  const hang: Observation = {
    saw: 'crash',
    crash: { type: 'Timeout', state: 'Timeout', security: false, frames: [], fingerprint: 'hang' },
  };
  if (run.end === 'cpu-limit') return hang;
  if (run.end === 'timeout') return run.cpuUs >= run.wallMs * 1000 * busyShare ? hang : unsure('it ran out of time, but hardly computed');
  return run.end === 'exited' ? quiet : unsure(`the run ended by ${run.end}`);
}

const pollution = z.strictObject({ nonce: z.string(), polluted: z.array(z.string().regex(/^[A-Za-z]+\.prototype$/)).max(32) });

/** The harness looks at the prototypes after the input was worked on, and only it was told the nonce. */
function observePollution(run: Observed, nonce: string): Observation {
  const report = run.reports.find(({ name }) => name === 'pollution.json');
  if (!report) return unsure('the harness did not come to its report');
  const parsed = pollution.safeParse(jsonOf(report.text));
  if (!parsed.success || parsed.data.nonce !== nonce) return unsure("the report is not the harness's own");
  const { polluted } = parsed.data;
  if (polluted.length > 0 !== (run.exit === alarmExit)) return unsure(`the report and exit status ${run.exit} contradict each other`);
  if (polluted.length === 0) return quiet;
  const state = polluted.toSorted().join('\n');
  return { saw: 'crash', crash: { type: 'Prototype-pollution', state, security: true, frames: [], fingerprint: sha256(state) } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
