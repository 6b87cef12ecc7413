import { type Reading, startCheck } from './reading.ts';
import { baseName, stripChars } from './text.ts';

/** Failed checks as Chromium and Google's logging libraries print them. */

/** The condition without the values that differ from run to run. */
export function conditionOf(said: string): string {
  let text = said.startsWith('Check failed: ') ? said.slice('Check failed: '.length) : said;
  text = cutValues(text, 'failed: ', 'failed'.length);
  text = cutValues(text, ' (', 0);
  text = cutQuoted(text);
  return stripChars(text, ' .\'"[]');
}

/** `x == y (1 vs. 2)` → `x == y`: cuts from `mark` on where `vs.` follows it. */
function cutValues(text: string, mark: string, keep: number): string {
  const at = text.indexOf(mark);
  if (at < 0) return text;
  return /\svs\.\s/.test(text.slice(at + mark.length)) ? text.slice(0, at + keep) : text;
}

/** `x = "value"` and `x: 'value'` at the end → `x`. */
function cutQuoted(text: string): string {
  const quote = text.at(-1);
  if (quote !== '"' && quote !== "'") return text;
  const open = new RegExp(`[:=]\\s*${quote}`).exec(text.slice(0, -1));
  return open ? text.slice(0, open.index).trimEnd() : text;
}

/** The bare name of a source file: no path, no line. */
export function fileOf(said: string): string {
  return baseName(stripChars(said, ' .\'"[]').split(':')[0]!.split('(')[0]!);
}

export function readSecurityChecks(line: string, r: Reading): void {
  for (const [mark, type] of securityMarks) {
    const at = line.lastIndexOf(mark);
    const file = at < 0 ? undefined : bracketedFile(line.slice(0, at));
    const said = line.slice(at + mark.length);
    const dot = said.lastIndexOf('.');
    if (file !== undefined && dot >= 0) startCheck(r, type, conditionOf(said.slice(0, dot).trimStart()), fileOf(file));
  }
}

const securityMarks = [
  ['Security CHECK failed:', 'Security CHECK failure'],
  ['Security DCHECK failed:', 'Security DCHECK failure'],
] as const;

/** `[1:2:FATAL:name.cc(12)]`: what stands after the last colon inside the last brackets, up to a parenthesis. */
function bracketedFile(head: string): string | undefined {
  const lastClose = head.lastIndexOf(']');
  let colon = -1;
  for (let at = lastClose; at >= 0; at--) {
    if (head[at] === ']') colon = -1;
    else if (head[at] === ':' && colon < 0) colon = at;
    else if (head[at] === '[' && colon >= 0) return /^[^\](]*/.exec(head.slice(colon + 1))![0];
  }
  return undefined;
}

/** Only while nothing better is known. */
export function readChecks(line: string, r: Reading): void {
  const places = googlePlaces(line);
  const last = places.at(-1);
  if (last) startCheck(r, 'Fatal error', conditionOf(line.slice(last.end).trimStart()), fileOf(last.file));
  const chrome = chromeCheck(line);
  if (chrome) startCheck(r, 'CHECK failure', conditionOf(chrome.said), fileOf(chrome.file));
  const check = places.findLast((place) => /^\s*Check failed:/.test(line.slice(place.end, place.end + 64)));
  if (check) {
    const said = line.slice(line.indexOf('Check failed:', check.end) + 'Check failed:'.length).trimStart();
    startCheck(r, 'CHECK failure', conditionOf(said), fileOf(check.file));
  }
}

/** `F0101 00:00:00.000000 123 path/file.cc:12]` */
function googlePlaces(line: string): { file: string; end: number }[] {
  const head = /^F\d{4}\s+\d{2}:\d{2}:\d{2}\.\d+\s+\d+\s+/.exec(line)?.[0].length;
  if (head === undefined) return [];
  // A hostile line has thousands of places; only the last few can matter.
  return [...line.matchAll(/:\d+\]/g)]
    .filter((m) => m.index >= head)
    .slice(-16)
    .map((m) => ({ file: line.slice(head, m.index), end: m.index + m[0].length }));
}

/** `[…:FATAL:file.cc(12)] Check failed: x` */
function chromeCheck(line: string): { said: string; file: string } | undefined {
  const open = /^\s*\[/.exec(line)?.[0].length;
  const close = open === undefined ? -1 : line.indexOf(']', open);
  if (open === undefined || close < 0) return undefined;
  const file = sourceIn(line.slice(open, close));
  if (file === undefined) return undefined;
  let end = -1;
  for (const mark of ['Check failed:', 'DCHECK failed:', 'NOTREACHED hit.']) {
    const at = line.lastIndexOf(mark);
    if (at > close) end = Math.max(end, at + mark.length);
  }
  return end < 0 ? undefined : { said: line.slice(end).trimStart().split(';')[0]!, file };
}

/** The last `name(12)` or `name:12` that follows a colon. */
function sourceIn(body: string): string | undefined {
  const place = /[^(]*\([0-9]+\)|[^:]*:[0-9]+/y;
  let tries = 16;
  for (let at = body.lastIndexOf(':'); at >= 0 && tries > 0; at = at === 0 ? -1 : body.lastIndexOf(':', at - 1)) {
    place.lastIndex = at + 1;
    const match = place.exec(body);
    if (match) return match[0];
    tries--;
  }
  return undefined;
}
