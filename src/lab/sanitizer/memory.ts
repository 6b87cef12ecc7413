import { dropState, type Reading, restart, setType, startReport } from './reading.ts';
import { addressValue, capitalise, containsAny, lastAfter } from './text.ts';

/** AddressSanitizer and HWAddressSanitizer; MemorySanitizer, ThreadSanitizer and LeakSanitizer; signals as sanitizers report them. */

const signals = /[a-zA-Z]Sanitizer: (?:ABRT|breakpoint|ILL|TRAP) /;

/** What a program does to stop itself after it has said why: the signal then adds nothing. */
export const explained: ReadonlySet<string> = new Set([
  'Arbitrary file open',
  'ASSERT',
  'CHECK failure',
  'Command injection',
  'DCHECK failure',
  'Fatal error',
  'Security CHECK failure',
  'Security DCHECK failure',
  'Stack-overflow',
  'Out-of-memory',
  'Timeout',
  'Unreachable code',
  'V8 API error',
  'V8 sandbox violation',
]);

export function isSignalOfExplained(line: string, r: Reading): boolean {
  return explained.has(r.type) && signals.test(line);
}

export function readMemoryAndThreads(line: string, r: Reading): void {
  if (line.includes(' suppressions') || line.includes(' warnings')) return;
  const kind = /\s+(?!ABRT)(?!ILL)([^(:]+)/y;
  const memory = lastAfter(line, 'MemorySanitizer:', kind);
  const threads = lastAfter(line, 'ThreadSanitizer:', kind);
  const said = (memory?.index ?? -1) > (threads?.index ?? -1) ? memory : threads;
  if (said) startReport(r, capitalise(said[1]!).trim());
}

/** There may be several leaks: the first direct one is told, an indirect one only where there is no direct one. */
export function readLeaks(line: string, r: Reading): void {
  if ((r.type === '' || r.type === 'Indirect-leak') && line.startsWith('Direct leak of ')) startReport(r, 'Direct-leak');
  if (r.type === '' && line.startsWith('Indirect leak of ')) startReport(r, 'Indirect-leak');
}

export function readOverlap(line: string, r: Reading): void {
  const at = line.lastIndexOf('memcpy-param-overlap');
  if (at < 0 || !line.slice(0, at).includes('AddressSanitizer')) return;
  const open = line.indexOf('[', at);
  const close = line.lastIndexOf(')');
  if (open > 0 && close > open) startReport(r, 'Memcpy-param-overlap', line.slice(open, close + 1));
}

/** WebKit, Blink and others crash on purpose at these addresses when an assertion fails. */
const assertAddresses: ReadonlySet<bigint> = new Set([0xbbadbeefn, 0xfbadbeefn, 0x1f75b7ddn, 0x977537ddn, 0x9f7537ddn]);

export function isAssertAddress(address: string): boolean {
  return assertAddresses.has(addressValue(address));
}

function segvAddress(line: string): string | undefined {
  const hex = / on unknown address ([xX0-9a-fA-F]+)/y;
  const match = lastAfter(line, 'SEGV', hex) ?? lastAfter(line, 'access-violation', hex);
  return match && /[a-zA-Z]Sanitizer/.test(line.slice(0, match.index)) ? match[1] : undefined;
}

/** True when the line is used up. */
export function readFaults(line: string, r: Reading): boolean {
  const segv = segvAddress(line);
  if (segv !== undefined) {
    if (r.type.includes('ASSERT') && (isAssertAddress(segv) || /SCARINESS: \d+ \(signal\)/.test(r.log))) return true;
    setType(r, 'UNKNOWN');
    r.address = segv;
    dropState(r);
    return true;
  }
  const freed = lastAfter(line, 'AddressSanitizer: attempting free on address which was not malloc()-ed: ', /[xX0-9a-fA-F]+/y);
  if (freed) {
    startReport(r, 'Invalid-free', freed[0]);
    return true;
  }
  const again = lastAfter(line, 'double-free on ', /(?:unknown address |address |)([xX0-9a-fA-F]+)/y);
  if (again && line.slice(0, again.index).includes('AddressSanitizer')) {
    startReport(r, 'Heap-double-free', again[1]);
    return true;
  }
  if (/[a-zA-Z]Sanitizer: FPE /.test(line)) {
    startReport(r, 'Floating-point-exception');
    return true;
  }
  return false;
}

function sanitizerType(said: string): string {
  return capitalise(said.replaceAll('_', '-')).replaceAll('Int-divide-by-zero', 'Divide-by-zero').trim();
}

/** `ERROR: …Sanitizer: what on address 0x…`: the last place, and the last head before it. */
function typeWithAddress(line: string): { type: string; address: string } | undefined {
  const where = lastAfter(line, ' on ', /(?:unknown address |address |)([xX0-9a-fA-F]+)/y);
  const end = where ? where.index - ' on '.length : 0;
  const head = where && lastAfter(line.slice(0, end), 'ERROR: ', /[a-zA-Z]+Sanitizer[: ]*/y);
  return head ? { type: line.slice(head.index + head[0].length, end), address: where[1]! } : undefined;
}

export function readSanitizerType(line: string, r: Reading): void {
  const report = r.type.startsWith('Kernel failure') || r.goCrash || r.scriptCrash ? undefined : typeWithAddress(line);
  if (report) startReport(r, sanitizerType(report.type), report.address);
  if (/[a-zA-Z]Sanitizer: illegal-instruction/.test(line)) setType(r, 'Ill');
  if (r.type === 'Unknown-crash') r.type = 'UNKNOWN';
  const access = lastAfter(line, 'The signal is caused by a ', /([A-Z]+) memory access./y)?.[1];
  if (access && access !== 'UNKNOWN' && r.type === 'UNKNOWN') r.type += ` ${access}`;
  if (r.about.kasan) return;
  const sized = /^ *([^ ]*|Atomic [^ ]*) of size ([^ ]*) at ([^ ]*)/.exec(line);
  if (!sized) return;
  r.address = sized[3]!.trim();
  if (!r.type.startsWith('UNKNOWN')) r.type += `\n${sized[1]!.toUpperCase()} ${sized[2]}`;
}

/** Only while nothing better is known: reports that name no address. */
export function readPlainSanitizerType(line: string, r: Reading): void {
  const rest = lastAfter(line, 'ERROR: ', /(?:HWAddressSanitizer|AddressSanitizer)[: ]*([^(:;]+)/y);
  if (rest) {
    restart(r);
    setType(r, sanitizerType(rest[1]!));
  }
  const tail = lastAfter(line, 'ERROR: HWAddressSanitizer: allocation-tail-overwritten; heap object [', /([xX0-9a-fA-F]+),/y);
  if (tail && line.indexOf('of size', tail.index) >= 0) r.address = tail[1]!;
}

/** True when the line is used up: the sanitizer itself failed, and died of it. */
export function readToolFailure(line: string, r: Reading): boolean {
  const said = lastAfter(line, 'Sanitizer CHECK failed:', /\s*[^ ]*\s*(.*)/y)?.[1];
  if (said === undefined) return false;
  setType(r, 'Sanitizer CHECK failure');
  r.address = '';
  r.frameCount = 3;
  r.state = `${said}\n`;
  r.processDied = true;
  return true;
}

const stops = [
  'Direct leak of',
  'Uninitialized value was stored to memory at',
  'allocated by thread',
  'created by main thread at',
  'located in stack of thread',
  'previously allocated by',
];

/** Stacks of how the memory came about follow: they are not where it crashed. */
export function isStop(line: string): boolean {
  return containsAny(line, stops);
}
