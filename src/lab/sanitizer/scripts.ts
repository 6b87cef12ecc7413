import { dropState, type Reading, setType } from './reading.ts';

/** Managed languages: Go panics, Python and JavaScript exceptions. */

const goPanics: readonly (readonly [string, string])[] = [
  ['integer divide by zero', 'Integer divide by zero'],
  ['index out of range', 'Index out of range'],
  ['invalid memory address', 'Invalid memory address'],
  ['makeslice: len out of range', 'Makeslice: len out of range'],
  ['slice bounds out of range', 'Slice bounds out of range'],
];

function goPanic(line: string): string | undefined {
  if (line.startsWith('fatal error: stack overflow')) return 'Stack overflow';
  const lower = line.toLowerCase();
  for (const [reason, type] of goPanics) {
    const at = lower.lastIndexOf(`: runtime error: ${reason}`);
    if (at < 0) continue;
    const before = ` ${lower.slice(0, at)}`;
    if (before.endsWith(' panic') || before.includes(' panic in ')) return type;
  }
  return undefined;
}

export function readGo(line: string, r: Reading): void {
  const type = r.about.go ? goPanic(line) : undefined;
  if (type === undefined) return;
  setType(r, type);
  r.goCrash = true;
  dropState(r);
}

const pythonTitle = /^\s*=== Uncaught Python exception: ===$/;
const pySecSan = '===BUG DETECTED: PySecSan:';

export function isPythonTitle(line: string): boolean {
  return pythonTitle.test(line) || line.startsWith(pySecSan);
}

/** True when the line is used up. */
export function readScripts(line: string, r: Reading): boolean {
  if (r.about.python && isPythonTitle(line)) {
    setType(r, line.startsWith(pySecSan) ? 'PySecSan' : 'Uncaught exception');
    r.scriptCrash = true;
    dropState(r);
  }
  if (r.about.javascript && /^\s*==\d+== Uncaught Exception: Jazzer.js: /.test(line)) {
    setType(r, 'Uncaught exception');
    r.scriptCrash = true;
    dropState(r);
    return true;
  }
  if (r.about.trusty) r.type = 'Trusted app crash';
  return false;
}
