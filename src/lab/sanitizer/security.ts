import { isAssertAddress } from './memory.ts';
import { isNullPage } from './normal-form.ts';
import type { CrashSettings } from './settings.ts';
import { containsAny } from './text.ts';

/** Whether a crash is likely to be exploitable at all: true where nothing speaks against it. */

const harmless: ReadonlySet<string> = new Set([
  'Stack-overflow',
  'Fatal-signal',
  'Missing-library',
  'Overwrites-const-input',
  'ASSERT_NOT_REACHED',
  'Ill',
  'Illegal-instruction',
  'Floating-point-exception',
  'RUNTIME_ASSERT',
  'V8 correctness failure',
  'Timeout',
  'Out-of-memory',
  'Unexpected-exit',
  'Security CHECK failure',
]);

const harmlessBehaviour: ReadonlySet<string> = new Set([
  // UndefinedBehaviorSanitizer
  'Divide-by-zero',
  'Float-cast-overflow',
  'Implicit-conversion',
  'Integer-overflow',
  'Invalid-bool-value',
  'Invalid-builtin-use',
  'Invalid-enum-value',
  'Invalid-null-argument',
  'Invalid-null-return',
  'Misaligned-address',
  'No-return-value',
  'Pointer-overflow',
  'Potential-null-reference',
  'Undefined-shift',
  'Unsigned-integer-overflow',
  'Unreachable code',
  'Assumption-violation',
  'Upcast-of-null-pointer',
  // Go
  'Index out of range',
  'Integer divide by zero',
  'Makeslice: len out of range',
  'Slice bounds out of range',
  'Stack overflow',
]);

const harmfulBehaviour: ReadonlySet<string> = new Set([
  'Bad-cast',
  'Index-out-of-bounds',
  'Incorrect-function-pointer-type',
  'Non-positive-vla-bound-value',
  'Object-size',
]);

const harmful: ReadonlySet<string> = new Set([
  'Arbitrary DNS resolution',
  'Arbitrary file open',
  'Command injection',
  'PySecSan',
  'Wycheproof error',
]);

/** For these the address decides: far from null means that the program wandered. */
const byAddress: ReadonlySet<string> = new Set([
  'Null-dereference',
  'Null-dereference READ',
  'Null-dereference WRITE',
  'READ',
  'UNKNOWN',
  'UNKNOWN READ',
  'UNKNOWN WRITE',
  'WRITE',
  'Uncaught exception',
]);

const programCounterNull = ['pc (nil) ', 'pc 0x00000000 ', 'pc 0x000000000000 '];
const plainSignals = ['Sanitizer: ABRT', 'Sanitizer: BUS', 'Sanitizer: FPE', 'Sanitizer: ILL', 'Sanitizer: breakpoint'];

export const statedSeverity = /FuzzerSecurityIssue(Critical|High|Medium|Low)/;

export function isSecurityIssue(log: string, type: string, address: string, settings: CrashSettings): boolean {
  if (isProtected(log)) return false;
  if (statedSeverity.test(log) || containsAny(log, programCounterNull)) return true;
  if (harmless.has(type)) return false;
  if (isJniMisuse(log)) return true;
  if (type === 'CHECK failure') return settings.checksImplySecurity;
  if (type === 'Security DCHECK failure' || type === 'DCHECK failure') return true;
  if (type === 'Fatal error' || type === 'Unreachable code' || type.endsWith('Exception') || type.endsWith('CHECK failure')) return false;
  if (containsAny(type, ['-leak', 'Data race', 'Lock-order-inversion'])) return false;
  if (harmfulBehaviour.has(type)) return true;
  if (harmlessBehaviour.has(type)) return false;
  if (type === 'ASSERT' || log.includes('ASSERTION FAILED')) return settings.assertsImplySecurity;
  if (type.startsWith('Kernel failure') || harmful.has(type)) return true;
  if (type === '' || isPlainSignal(log)) return false;
  return !byAddress.has(type) || (!isAssertAddress(address) && !isNullPage(address));
}

/** Chromium's MiraclePtr says itself whether it stopped a use after free: the first status counts. */
function isProtected(log: string): boolean {
  const mark = 'MiraclePtr Status:';
  for (let at = log.indexOf(mark); at >= 0; at = log.indexOf(mark, at + 1)) {
    const end = log.indexOf('\n', at);
    const status = log.slice(at + mark.length, end < 0 ? log.length : end);
    if (status !== '') return status.split(':').at(-1)!.trim() === 'PROTECTED';
  }
  return false;
}

function isJniMisuse(log: string): boolean {
  const mark = 'JNI DETECTED ERROR';
  let at = log.indexOf(mark);
  while (at >= 0) {
    const end = log.indexOf('\n', at);
    const said = log.slice(at + mark.length + 1, end < 0 ? log.length : end);
    if (/deleted|invalid|unexpected|unknown|wrong/.test(said)) return true;
    at = end < 0 ? -1 : log.indexOf(mark, end);
  }
  return false;
}

function isPlainSignal(log: string): boolean {
  return /^[ \t]+#0[ \t]+0x[0-9a-f]+[ \t]+in gsignal /m.test(log) || containsAny(log, plainSignals);
}
