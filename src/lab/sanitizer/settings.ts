import { type Refusal, refuse } from '../../base/refusal.ts';

export interface CrashSettings {
  /** A failed assertion is a security issue unless this is off. */
  readonly assertsImplySecurity: boolean;
  readonly checksImplySecurity: boolean;
  /** Off: a log that says "out of memory" is not a crash at all. */
  readonly reportOomsAndHangs: boolean;
  readonly detectV8RuntimeErrors: boolean;
  readonly symbolized: boolean;
  readonly includeUbsan: boolean;
  /** Stands for the state where no frame is usable. */
  readonly fuzzTarget: string;
  /** Patterns of frames to leave out, matched at a frame's start; they come from whoever runs the tool, never from a log. */
  readonly ignoreFrames: readonly string[];
  readonly analyzer: Analyzer;
  readonly requiresGestures: boolean;
  /** Overrides the type read from the log. */
  readonly crashType: string;
}

const analyzers = ['sanitizer_generic', 'sanitizer_chrome', 'sanitizer_chrome_compromised_renderer'] as const;
export type Analyzer = (typeof analyzers)[number];

export const usualSettings: CrashSettings = {
  assertsImplySecurity: true,
  checksImplySecurity: false,
  reportOomsAndHangs: false,
  detectV8RuntimeErrors: false,
  symbolized: true,
  includeUbsan: true,
  fuzzTarget: '',
  ignoreFrames: [],
  analyzer: 'sanitizer_generic',
  requiresGestures: false,
  crashType: '',
};

/** ClusterFuzz does not report memory and time limits for builds whose redzone is so large that it causes them. */
const redzoneForOoms = 64;

/** Reads settings under ClusterFuzz's own names (its environment variables in lower case); values may be text. */
export function readCrashSettings(given: unknown): Partial<CrashSettings> | Refusal {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) return refuse('malformed', 'settings must be an object', 'settings');
  const raw = given as Record<string, unknown>;
  const read: { -readonly [K in keyof CrashSettings]?: CrashSettings[K] } = {};
  if ('asserts_have_security_implication' in raw) read.assertsImplySecurity = isOn(raw.asserts_have_security_implication);
  if ('checks_have_security_implication' in raw) read.checksImplySecurity = isOn(raw.checks_have_security_implication);
  if ('report_ooms_and_hangs' in raw) {
    const redzone = Number(raw.redzone ?? 0);
    read.reportOomsAndHangs = raw.report_ooms_and_hangs === 'FORCE' || (isOn(raw.report_ooms_and_hangs) && !(redzone > redzoneForOoms));
  }
  if (isOn(raw.detect_v8_runtime_errors) || raw.task_name === 'analyze') read.detectV8RuntimeErrors = true;
  if ('symbolized' in raw) read.symbolized = isOn(raw.symbolized);
  if (typeof raw.ubsan_options === 'string') read.includeUbsan = !raw.ubsan_options.includes('halt_on_error=0');
  if (typeof raw.fuzz_target === 'string') read.fuzzTarget = raw.fuzz_target;
  if (typeof raw.crash_type === 'string') read.crashType = raw.crash_type;
  if ('requires_gestures' in raw) read.requiresGestures = isOn(raw.requires_gestures);
  if ('analyzer' in raw) {
    const analyzer = analyzers.find((name) => name === raw.analyzer);
    if (!analyzer) return refuse('unsupported', `the analyzers are ${analyzers.join(', ')}`, 'analyzer');
    read.analyzer = analyzer;
  }
  const patterns = raw.stack_frame_ignore_regexes;
  if (patterns !== undefined) {
    if (!Array.isArray(patterns) || !patterns.every(isPattern))
      return refuse('malformed', 'must be a list of regular expressions', 'stack_frame_ignore_regexes');
    read.ignoreFrames = patterns as string[];
  }
  return read;
}

function isOn(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(true|1|force)$/i.test(value));
}

export function isPattern(source: unknown): boolean {
  if (typeof source !== 'string') return false;
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
