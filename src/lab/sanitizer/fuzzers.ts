import { type Reading, setType, startReport } from './reading.ts';
import { containsAny, inOrder, lastAfter } from './text.ts';

/** What fuzzing engines say (libFuzzer, Centipede, Jazzer's and OSS-Fuzz's extra detectors), and programs that never started. */

const outOfMemory = [
  '::OnNoMemory',
  'FatalProcessOutOfMemory',
  'Fatal process out of memory:',
  'Fatal JavaScript out of memory:',
  'Fatal JavaScript invalid size error',
  'FX_OutOfMemoryTerminate',
  'Out of memory. size=',
  'Sanitizer: allocation-size-too-big',
  'Sanitizer: calloc-overflow',
  'Sanitizer: calloc parameters overflow',
  'Sanitizer: out of memory',
  'TerminateBecauseOutOfMemory',
  'allocator is out of memory trying to allocate',
  'blinkGCOutOfMemory',
  'libFuzzer: out-of-memory (',
  'rss limit exhausted',
  'in rust_oom',
  'Failure description: out-of-memory',
  '========= RSS limit exceeded:',
  'A device memory allocation has failed.',
  '__rust_alloc_error_handler',
];

const outOfMemoryInParts: readonly (readonly string[])[] = [
  ['# Allocation failed', 'out of memory'],
  ['ERROR', 'Sanitizer failed to allocate'],
  ['Sanitizer: requested allocation size', 'exceeds maximum supported size'],
  ['couldnt allocate', 'Out of memory'],
];

export function isOutOfMemory(line: string): boolean {
  return (
    containsAny(line, outOfMemory) || outOfMemoryInParts.some((parts) => inOrder(line, ...parts)) || /Out of memory\. Dying./.test(line)
  );
}

const detectors: readonly (readonly [string, string])[] = [
  ['===BUG DETECTED: Shell corruption===', 'Command injection'],
  ['===BUG DETECTED: Shell injection===', 'Command injection'],
  ['===BUG DETECTED: Arbitrary file open===', 'Arbitrary file open'],
  ['===BUG DETECTED: Arbitrary domain name resolution===', 'Arbitrary DNS resolution'],
  ['===BUG DETECTED: PySecSan:', 'PySecSan'],
];

export function readDetectors(line: string, r: Reading): void {
  for (const [head, type] of detectors) if (line.startsWith(head)) setType(r, type);
}

const timeouts = [
  /ERROR:\s*libFuzzer:\s*timeout/,
  /^========= Timeout of \d+ seconds exceeded; exiting/,
  /^========= Per-input timeout exceeded:/,
];

export function isTimeout(line: string): boolean {
  return timeouts.some((pattern) => pattern.test(line));
}

export function readResourceLimits(line: string, r: Reading): void {
  if (r.settings.reportOomsAndHangs) {
    if (isTimeout(line)) startReport(r, 'Timeout');
    if (isOutOfMemory(line)) startReport(r, 'Out-of-memory');
  }
  if (/^========= Stack limit exceeded: \d+ > \d+ \(byte\); aborting$/.test(line)) setType(r, 'Stack-overflow');
  if (line.startsWith('## V8 sandbox violation detected!') && line.endsWith('detected!')) setType(r, 'V8 sandbox violation');
}

/** Only while nothing better is known. */
export function readGpuFailure(line: string, r: Reading): void {
  if (line.includes('GPU process exited unexpectedly')) startReport(r, 'GPU failure');
}

/** Only while nothing better is known. */
export function readSignalsAndExits(line: string, r: Reading): void {
  const segv = /^Received signal 11 (?:SEGV_[A-Z]+|<unknown>) ([0-9a-f]*)/.exec(line)?.[1];
  if (segv !== undefined) startReport(r, 'UNKNOWN', `0x${segv}`);
  if (/ERROR:\s*libFuzzer:\s*deadly signal/.test(line)) startReport(r, 'Fatal-signal');
  if (/ERROR:\s*libFuzzer:\s*fuzz target exited/.test(line)) startReport(r, 'Unexpected-exit');
  if (/ERROR:\s*libFuzzer:\s*fuzz target overwrites its const input/.test(line)) startReport(r, 'Overwrites-const-input');
  const missing =
    quotedBetween(line, ': library ', ' not found') ??
    lastAfter(line, 'error while loading shared libraries: ', /([^:]*): cannot open shared object file/y)?.[1] ??
    quotedBetween(line, ': cannot locate symbol ', ' referenced by');
  if (missing !== undefined) {
    startReport(r, 'Missing-library');
    r.state = missing;
  }
}

function quotedBetween(line: string, head: string, tail: string): string | undefined {
  const open = lastAfter(line, head, /[`'"]/y);
  const close = open ? line.lastIndexOf(open[0] + tail) : -1;
  return open && close > open.index ? line.slice(open.index + 1, close) : undefined;
}
