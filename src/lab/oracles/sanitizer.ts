import { sha256 } from '../../base/canonical.ts';
import { parseCrash } from '../sanitizer/crash.ts';
import { alarmExit, type Observation, type Observed, quiet, unsure } from './observation.ts';

export function sanitizerEnvironment(leaks: boolean, reportsAt: string, symbolize: boolean): Record<string, string> {
  // The log goes to a file: what a target prints is its own word, not the sanitizer's.
  const common = `exitcode=${alarmExit}:log_path=${reportsAt}/san:color=never:symbolize=${symbolize ? 1 : 0}:external_symbolizer_path=/usr/bin/llvm-symbolizer`;
  return {
    // Quarantine and shadow must fit the box; an allocation that fails is not a finding.
    ASAN_OPTIONS: `${common}:handle_abort=1:allocator_may_return_null=1:detect_leaks=${leaks ? 1 : 0}`,
    UBSAN_OPTIONS: `${common}:halt_on_error=1:print_stacktrace=1`,
    LSAN_OPTIONS: common,
    MSAN_OPTIONS: common,
    TSAN_OPTIONS: common,
  };
}

export function observeSanitizer(run: Observed): Observation {
  if (run.end !== 'exited') return unsure(`the run ended by ${run.end}${run.signal ? ` (signal ${run.signal})` : ''}, without a report`);
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
