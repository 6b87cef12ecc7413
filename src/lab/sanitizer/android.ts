import { conditionOf, fileOf } from './checks.ts';
import { explained } from './memory.ts';
import { type Reading, restart, setType, startReport } from './reading.ts';
import { capitalise } from './text.ts';

/** Android's crash dumps (tombstones) and aborts. */

interface FatalSignal {
  readonly address: string;
  readonly rest: string;
}

/** `signal 11 (SIGSEGV), code 1 (…), fault addr 0x0 in tid 1 (name)` */
function fatalSignal(line: string, name: string): FatalSignal | undefined {
  const fault = 'fault addr ';
  const at = line.lastIndexOf(fault);
  const named = at < 0 ? -1 : line.lastIndexOf(`(${name}`, at);
  if (named < 0 || line.lastIndexOf('signal', named) < 0) return undefined;
  const text = line.slice(at + fault.length);
  const space = text.indexOf(' ');
  return space < 0 ? { address: text, rest: '' } : { address: text.slice(0, space), rest: text.slice(space) };
}

export function readAndroid(line: string, r: Reading): void {
  readSignal(line, r);
  if (!explained.has(r.type)) {
    const trap = fatalSignal(line, 'SIGTRAP');
    if (trap) {
      setType(r, 'Trap');
      r.address = trap.address;
    }
    if (fatalSignal(line, 'SIGABRT') && line.includes('fault addr --------')) {
      setType(r, 'Abort');
      r.address = '';
    }
  }
  readAbort(line, r);
}

function readSignal(line: string, r: Reading): void {
  // The same crash may be told twice; the short form that follows would wipe the stack already read.
  if (r.type.startsWith('UNKNOWN') && line.includes('Fatal signal')) return;
  const signal = fatalSignal(line, 'SIG');
  if (!signal) return;
  startReport(r, 'UNKNOWN');
  r.javaException = false;
  if (line.includes('SEGV_MTESERR')) r.type = `Tag-mismatch${signal.rest}`;
  if (line.includes('SIGSEGV')) r.address = signal.address.startsWith('0x') ? signal.address : `0x${signal.address}`;
  if (signal.rest.endsWith(')')) {
    const open = signal.rest.lastIndexOf('(');
    if (open >= 0) r.processName = capitalise(signal.rest.slice(open + 1, -1));
  }
}

function readAbort(line: string, r: Reading): void {
  const head = 'Abort message: ';
  if (!line.startsWith(head)) return;
  const said = line.slice(head.length);
  setType(r, 'CHECK failure');
  r.address = '';
  r.javaException = true;
  const space = said.indexOf(' ');
  const state =
    space < 0 ? conditionOf(said) : `${conditionOf(said.slice(space + 1))} in ${fileOf(said.slice(0, space).replaceAll('FATAL:', ''))}`;
  r.state = `${state}\n`;
  r.frameCount = 1;
  r.frames = [];
}

/** Only while nothing better is known. */
export function readJava(line: string, r: Reading): void {
  if (line.startsWith('== Java Exception: ')) {
    setType(r, line.includes('FuzzerSecurityIssue') ? 'Security exception' : 'Uncaught exception');
    r.javaException = true;
  }
  const wycheproof = wycheproofState(line);
  if (wycheproof !== undefined) {
    setType(r, 'Wycheproof error');
    r.state = wycheproof;
    r.javaException = true;
  }
  const fatal = line.indexOf('FATAL EXCEPTION');
  if (fatal >= 0 && line.indexOf(':', fatal) >= 0) {
    restart(r);
    setType(r, 'Fatal Exception');
    r.javaException = true;
  }
}

function wycheproofState(line: string): string | undefined {
  const test = /\(com\.google\.security\.wycheproof\.[a-zA-Z0-9]*\)/g;
  const last = [...line.matchAll(test)].at(-1);
  const head = last ? line.lastIndexOf(') ', last.index - 2) : -1;
  return last && head >= 0 ? line.slice(head + 2, last.index + last[0].length) : undefined;
}
