import { conditionOf, fileOf } from './checks.ts';
import { frameName } from './frame-shapes.ts';
import { type Reading, restart, setType, stateFrames } from './reading.ts';
import { lastAfter } from './text.ts';

/** Only while nothing better is known: V8's and Go's fatal errors. */
export function readFatal(line: string, r: Reading): void {
  const fatal = /^#\s*Fatal error(?: in (.*))?$/.exec(line);
  if (fatal) {
    begin(r, 'Fatal error', fatal[1] === undefined ? '' : frameName(fatal[1]));
    r.fatalError = true;
  }
  if (r.about.go && line.startsWith('fatal error: ')) begin(r, 'Fatal error', `${line.slice('fatal error: '.length)}\n`);
  const runtime = r.settings.detectV8RuntimeErrors ? /^#\s*Runtime error in (.*)/.exec(line) : null;
  if (runtime) {
    begin(r, 'RUNTIME_ASSERT', frameName(runtime[1]!));
    r.fatalError = true;
  }
  const abort = /^abort: (CSA_(?:ASSERT|DCHECK) failed: .*)/.exec(line)?.[1];
  if (abort !== undefined) {
    begin(r, 'ASSERT', abortState(abort));
    r.frameCount = stateFrames;
  }
  const api = /^\s*\[[^\]]*\] V8 error: (.+)\.$/.exec(line)?.[1];
  if (api !== undefined) begin(r, 'V8 API error', `${api}\n`);
  if (/^#\s*V8 correctness failure/.test(line)) begin(r, 'V8 correctness failure', '');
}

function begin(r: Reading, type: string, state: string): void {
  restart(r);
  setType(r, type);
  r.state = state;
}

/** `Torque assert 'x' failed [dir/file.tq:12]` */
function abortState(said: string): string {
  const line = /:\d+\]$/.exec(said)?.index;
  const open = said.indexOf(' [');
  if (line === undefined || open < 0 || open + 2 > line) return said;
  return `${said.slice(0, open)}\n${fileOf(said.slice(open + 2, line))}`;
}

/** The lines after `# Fatal error` say more. True when the line is used up. */
export function readFatalDetails(line: string, r: Reading): boolean {
  if (!r.fatalError || !line.startsWith('#')) return false;
  const place = sourceOf(line, 'Fatal error in ');
  const source = place ?? (r.settings.detectV8RuntimeErrors ? sourceOf(line, 'Runtime error in ') : undefined);
  if (source !== undefined) {
    setType(r, place === undefined ? 'RUNTIME_ASSERT' : 'Fatal error');
    r.checkFile = fileOf(source);
    r.state = `${r.checkFile}\n`;
    return true;
  }
  const said = /^#\s+(.*)/.exec(line)?.[1];
  if (said !== undefined) readCondition(said, r);
  if (/^# un(?:reachable|implemented) code/.test(line)) {
    restart(r);
    setType(r, 'Unreachable code');
    if (r.checkFile) r.state = `${r.checkFile}\n`;
  }
  return false;
}

function sourceOf(line: string, mark: string): string | undefined {
  const head = /^#\s*/.exec(line)![0].length;
  const match = line.startsWith(mark, head) ? lastAfter(line, ', line ', /[0-9]/y) : null;
  return match ? line.slice(head + mark.length, match.index - ', line '.length) : undefined;
}

const conditions: readonly (readonly [RegExp, string | undefined])[] = [
  [/^Debug check failed: /, 'DCHECK failure'],
  [/^(?:Check failed: |RepresentationChangerError: node #\d+:)/, 'CHECK failure'],
  [/^/, undefined],
];

function readCondition(said: string, r: Reading): void {
  for (const [head, type] of conditions) {
    const match = head.exec(said);
    if (!match) continue;
    restart(r);
    if (type) setType(r, type);
    const rest = said.slice(match[0].length);
    if (rest.trim() === '') return;
    r.state = r.checkFile ? `${conditionOf(rest)} in ${r.checkFile}\n` : `${conditionOf(rest)}\n`;
    r.frameCount = 1;
    return;
  }
}
