import { dropState, type Reading, setType } from './reading.ts';
import { capitalise, lastAfter } from './text.ts';

/** gdb on Linux and macOS, cdb on Windows. */
export function readDebuggers(line: string, r: Reading): void {
  const signal = /^Program received signal ([a-zA-Z]+),/.exec(line)?.[1];
  if (signal) setType(r, signal.toUpperCase());
  const address = /^rip +([xX0-9a-fA-F]+)/.exec(line)?.[1] ?? /^(0[xX][0-9a-fA-F]+)\s+in\s/.exec(line)?.[1] ?? macAddress(line);
  if (address) r.address = address;
  if (line.startsWith('Attempt to ')) {
    const at = line.lastIndexOf(' address ');
    const verb = line.slice('Attempt to '.length, Math.max(at, 0));
    const space = verb.lastIndexOf(' ');
    if (space >= 0) {
      setType(r, verb.slice(0, space).toUpperCase().trim());
      r.address = `0x${line.slice(at + ' address '.length).trim()}`;
    }
  }
}

function macAddress(line: string): string | undefined {
  return line.startsWith('Reason:') ? lastAfter(line, 'at address', /[^0-9]*([0-9][0-9a-zA-Z]*)/y)?.[1] : undefined;
}

/** Only while nothing better is known. */
export function readCdbType(line: string, r: Reading): void {
  const code = line.indexOf('ExceptionCode: ');
  if (code >= 0 && line.indexOf('(Stack overflow)', code + 15) >= 0) setType(r, 'Stack-overflow');
  const bucket = lastAfter(line, 'DEFAULT_BUCKET_ID', / *: *([a-zA-Z_]+)/y)?.[1];
  if (bucket) setType(r, cdbType(bucket));
}

/** Application Verifier marks its own findings with a suffix. */
function cdbType(bucket: string): string {
  return capitalise(bucket.replace(/_AVRF$/, '').replaceAll('_', '-'))
    .replace('Status-integer-overflow', 'Integer-overflow')
    .replace('Status-integer-divide-by-zero', 'Divide-by-zero');
}

export function readCdbStackStart(line: string, r: Reading): void {
  if (line.startsWith('ChildEBP RetAddr')) dropState(r);
}
