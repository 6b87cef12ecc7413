import type { Reading } from './reading.ts';
import { capitalise } from './text.ts';

/**
 * What programs, debuggers and kernels say of a crash when no sanitizer or fuzzing engine is there to say it. ClusterFuzz has no rules for
 * these: they are looked for only where its rules find no crash.
 */
interface PlainReport {
  readonly type: string;
  readonly address?: string;
  /** Stands first in the state. */
  readonly said?: string;
  /** The report's line is the first frame. */
  readonly bare?: boolean;
}

type Format = readonly [RegExp, (match: RegExpExecArray, next: string) => PlainReport];

const uncaught = 'Uncaught exception';
export const pythonTraceback = 'Traceback (most recent call last):';

/** Every pattern is held to the line's start, or to a fixed text, so that its cost is that of the line. */
const formats: readonly Format[] = [
  // gdb and lldb
  [/^Thread \d+ "[^"]*" received signal (SIG[A-Z]+)/, (m) => ({ type: m[1]! })],
  [/^Program terminated with signal (SIG[A-Z]+)/, (m) => ({ type: m[1]! })],
  [/stop reason = signal (SIG[A-Z]+)/, (m) => ({ type: m[1]! })],
  [/stop reason = EXC_BAD_ACCESS \(code=\w+, address=(0x[0-9a-f]+)\)/, (m) => ({ type: 'UNKNOWN', address: m[1]! })],
  [/stop reason = EXC_(ARITHMETIC|BREAKPOINT|BAD_INSTRUCTION)/, (m) => ({ type: machSignals[m[1]!]! })],
  // Windows
  [/^\([0-9a-f]+\.[0-9a-f]+\): Access violation - code c0000005/, () => ({ type: 'UNKNOWN' })],
  [/^\([0-9a-f]+\.[0-9a-f]+\): Stack overflow - code c00000fd/, () => ({ type: 'Stack-overflow' })],
  // honggfuzz
  [/^SIGNAL: (SIG[A-Z]+) \(\d+\)/, (m) => ({ type: m[1]! })],
  // Valgrind
  [/^==\d+== Invalid (read|write) of size (\d+)/, (m) => ({ type: `Invalid-access\n${m[1]!.toUpperCase()} ${m[2]}` })],
  [/^==\d+== (?:Conditional jump or move depends on uninit|Use of uninit)/, () => ({ type: 'Use-of-uninitialized-value' })],
  [/^==\d+== Invalid free\(\)/, () => ({ type: 'Invalid-free' })],
  [/^==\d+== Mismatched free\(\)/, () => ({ type: 'Alloc-dealloc-mismatch' })],
  [/^==\d+== Process terminating with default action of signal \d+ \((SIG[A-Z]+)\)/, (m) => ({ type: m[1]! })],
  [/^==\d+== [\d,]+ (?:\([^)]*\) )?bytes in [\d,]+ blocks are definitely lost/, () => ({ type: 'Direct-leak' })],
  // C and C++ libraries
  [/^\*\*\* stack smashing detected \*\*\*/, () => ({ type: 'Stack-buffer-overflow' })],
  [/^\*\*\* buffer overflow detected \*\*\*/, () => ({ type: 'Buffer-overflow' })],
  [/^(?:double free or corruption|free\(\): double free detected)/, () => ({ type: 'Heap-double-free' })],
  [/^(?:free|munmap_chunk|realloc)\(\): invalid pointer/, () => ({ type: 'Invalid-free' })],
  [
    /^(?:malloc|free|realloc|calloc|corrupted size vs\. prev_size|malloc_consolidate)\b.*(?:corrupt|invalid|prev_)/,
    () => ({ type: 'Heap-corruption' }),
  ],
  [/^terminate called after throwing an instance of '([^']+)'/, (m) => ({ type: uncaught, said: m[1]! })],
  [/^libc\+\+abi: terminating due to uncaught exception of type ([^:]+)/, (m) => ({ type: uncaught, said: m[1]! })],
  // Managed languages
  [/^thread '[^']*' (?:\(\d+\) )?panicked at [^:]+:\d+:\d+:$/, (_, next) => ({ type: 'ASSERT', said: next })],
  [/^WARNING: DATA RACE$/, () => ({ type: 'Data race' })],
  [/^Traceback \(most recent call last\):$/, () => ({ type: uncaught })],
  [/^Fatal Python error: (.+)/, (m) => ({ type: 'Fatal error', said: m[1]! })],
  [/^Exception in thread "[^"]*" ([\w.$]+)/, () => ({ type: uncaught })],
  [/^Unhandled exception\. ([\w.`]+)/, () => ({ type: uncaught })],
  [/^#\s+(SIG[A-Z]+|EXCEPTION_[A-Z_]+) \(0x[0-9a-f]+\) at pc=/, (m) => ({ type: m[1]! })],
  [/^\S+\.swift:\d+: (?:Fatal error|Precondition failed|Assertion failed): (.*)/, (m) => ({ type: 'Fatal error', said: m[1]! })],
  // Kernels
  [/^BUG: kernel NULL pointer dereference, address: ([0-9a-f]+)/, (m) => kernel('Null-ptr-deref', m[1])],
  [
    /^BUG: unable to handle (?:kernel )?(NULL pointer dereference|paging request) at (?:virtual address )?([0-9a-f]+)/,
    (m) => kernel(m[1]!, m[2]),
  ],
  [/^BUG: unable to handle page fault for address: ([0-9a-f]+)/, (m) => kernel('Page fault', m[1])],
  [/^Unable to handle kernel (.+) at virtual address ([0-9a-f]+)/, (m) => kernel(m[1]!, m[2])],
  [/^BUG: (?:KCSAN|KMSAN|KFENCE): ([a-z- ]+?) (?:in|at) /, (m) => kernel(m[1]!)],
  [/^UBSAN: ([A-Za-z-]+) in /, (m) => kernel(m[1]!)],
  [
    /^(?:Oops: )?general protection fault, probably for non-canonical address 0x([0-9a-f]+)/,
    (m) => kernel('General protection fault', m[1]),
  ],
  [/^WARNING: (?:CPU: \d+ PID: \d+ )?at (\S+):\d+ \w+\+0x/, (m) => kernel(`WARNING in ${m[1]}`)],
  // A backtrace of gdb and nothing else
  [
    /^#0 {2}\S/,
    (m) => ({ type: /^#0 {2}(?:0x\w+ in )?_*(?:GI_)?(?:raise|abort|pthread_kill)/.test(m.input) ? 'SIGABRT' : 'UNKNOWN', bare: true }),
  ],
];

/** One look at a line that tells of nothing. */
const anyFormat = new RegExp(formats.map(([pattern]) => `(?:${pattern.source})`).join('|'));

const machSignals: Readonly<Record<string, string>> = {
  ARITHMETIC: 'Floating-point-exception',
  BREAKPOINT: 'Breakpoint',
  BAD_INSTRUCTION: 'Illegal-instruction',
};

function kernel(said: string, address?: string): PlainReport {
  const type = `Kernel failure\n${capitalise(said.replaceAll(' ', '-'))}`;
  return address === undefined ? { type } : { type, address: `0x${address}` };
}

/** Node.js signs off; an error's line alone may be anything's output. */
const nodeError = /^(?:Uncaught )?[A-Z]\w*(?:Error|Exception)(?: \[\w+\])?(?::|$)/;
const nodeEnd = /^Node\.js v\d/m;

/** The first report among the lines, with the index of its line. */
export function findPlainReport(lines: readonly string[], r: Reading): { readonly report: PlainReport; readonly at: number } | undefined {
  const node = nodeEnd.test(r.log);
  for (const [at, line] of lines.entries()) {
    if (node && nodeError.test(line)) return { report: { type: uncaught }, at };
    if (!anyFormat.test(line)) continue;
    for (const [pattern, read] of formats) {
      const match = pattern.exec(line);
      if (match) return { report: read(match, lines[at + 1] ?? ''), at };
    }
  }
  return undefined;
}
