import { type Reading, restart, setType } from './reading.ts';

/** Assertions come first, before the stack of the abort that they cause. */
export function readAsserts(line: string, r: Reading): void {
  if (!r.type.startsWith('Kernel failure') && /assert|panic/i.test(line)) {
    for (const said of [namedAssert(line), googleAssert(line), glibcAssert(line), suffixedAssert(line), rustPanic(line)]) {
      if (said === undefined) continue;
      setType(r, 'ASSERT');
      r.frameCount = 1;
      if (said !== '') r.state = `${said}\n`;
    }
  }
  if (/^\s*SHOULD NEVER BE REACHED\s*$/.test(line)) {
    restart(r);
    setType(r, 'ASSERT_NOT_REACHED');
  }
}

/** `ASSERTION FAILED: x`, `panic: x`: at the line's start, after `[…]`, or after a C or C++ file's name and a colon. */
function namedAssert(line: string): string | undefined {
  const marks = [...line.matchAll(/(?:assert(?:ion)? fail(?:ure|ed)|panic): /gi)];
  if (marks.length === 0) return undefined;
  const bracketed = line.startsWith('[') ? marks.find((m) => line[backOverSpace(line, m.index) - 1] === ']') : undefined;
  const file = /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx):/i.exec(line);
  const inFile = file ? marks.findLast((m) => m.index >= file.index + file[0].length) : undefined;
  const bare = backOverSpace(line, marks[0]!.index) === 0 ? marks[0] : undefined;
  const mark = bracketed ?? inFile ?? bare;
  return mark && line.slice(mark.index + mark[0].length);
}

const googleHead = /^F\d{4}\s+\d{2}:\d{2}:\d{2}\.\d+\s+\d+\s+/;

/** `F0101 … file.cc:12] … assertion failed at … in …: x` */
function googleAssert(line: string): string | undefined {
  const head = googleHead.exec(line)?.[0].length;
  if (head === undefined) return undefined;
  const place = /:\d+\]/.exec(line.slice(head));
  if (!place) return undefined;
  const mark = 'assertion failed at';
  const at = line.indexOf(mark, head + place.index + place[0].length);
  if (at < 0) return undefined;
  const rest = line.slice(at + mark.length);
  const within = /\sin/.exec(rest.slice(1));
  if (!/^\s/.test(rest) || !within) return undefined;
  const colon = rest.lastIndexOf(': ');
  return colon >= within.index + 4 ? rest.slice(colon + 2) : undefined;
}

/** glibc: `prog: file.c:12: fn: Assertion 'x' failed.` */
function glibcAssert(line: string): string | undefined {
  const end = / failed\.?$/i.exec(line)?.index;
  if (end === undefined) return undefined;
  const mark = [...line.matchAll(/assertion /gi)].findLast(
    (m) => m.index + m[0].length <= end && line[backOverSpace(line, m.index) - 1] === ':',
  );
  if (!mark) return undefined;
  let said = line.slice(mark.index + mark[0].length, end);
  if (/^[`'"]/.test(said)) said = said.slice(1);
  return /[`'"]$/.test(said) ? said.slice(0, -1) : said;
}

/** libc++: `path/vector:12: assertion x failed: why` says why. */
function suffixedAssert(line: string): string | undefined {
  const end = [...line.matchAll(/ failed:/g)].findLast((m) => line.slice(m.index + 8).trim() !== '')?.index;
  if (end === undefined) return undefined;
  for (const mark of [...line.matchAll(/assertion /g)].reverse()) {
    if (mark.index + mark[0].length > end) continue;
    const colon = placeBefore(line, mark.index);
    const slash = colon > 0 ? line.lastIndexOf('/', colon - 1) : -1;
    if (slash > 0 && line.slice(0, slash).trim() !== '') return line.slice(end + 8).trimStart();
  }
  return undefined;
}

function rustPanic(line: string): string | undefined {
  if (!/^thread\s/i.test(line)) return undefined;
  return /\spanicked at '([^']*)/i.exec(line.slice(7))?.[1];
}

function backOverSpace(line: string, from: number): number {
  let at = from;
  while (at > 0 && /\s/.test(line[at - 1]!)) at--;
  return at;
}

/** The index of the first colon of `:12:` that ends right before `from`, spaces aside; −1 when there is none. */
function placeBefore(line: string, from: number): number {
  let at = backOverSpace(line, from) - 1;
  if (line[at] !== ':') return -1;
  const close = at--;
  while (at >= 0 && /\d/.test(line[at]!)) at--;
  return at >= 0 && line[at] === ':' && close - at > 1 ? at : -1;
}
