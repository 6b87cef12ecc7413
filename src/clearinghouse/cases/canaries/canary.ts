import { createHmac, type KeyObject } from 'node:crypto';

/**
 * Marks by which one recipient's copy is told from another's. In text they are characters that take no room, after the ends of sentences;
 * in a patch, a line before the first file, which `patch` and `git apply` pass over. What a program may run is never touched:
 * no code within a text, no proof of concept, no file of any other kind.
 */
const codeBytes = 8;
const checkBytes = 2;
/** Two bits each; none of them joins, splits or reverses what stands beside it in any script. */
const alphabet = ['\u2060', '\u2061', '\u2062', '\u2063'];
const length = (codeBytes + checkBytes) * 4;
const hiddenRun = /[\u2060-\u2063]+/g;
/** Whoever writes such characters for their own sake does not write so many in a row. */
const wholeMarks = new RegExp(`[\\u2060-\\u2063]{${length},}`, 'g');
const copyLines = /^Breakwater-Copy: [0-9a-f]{16}\r?\n/gm;
const visible = /\bBreakwater-Copy: ([0-9a-f]{16})\b/g;
const marksPerText = 64;
/** Of a leaked text, so many places are tried: a page of nothing but such characters is no text. */
const readsPerText = 20_000;

/** Of one recipient in one case: 64 bits in hexadecimal, found again from the hub's key alone. */
export function codeOf(key: KeyObject, caseId: string, holderId: string): string {
  return createHmac('sha256', key)
    .update(`${caseId} ${holderId}`)
    .digest('hex')
    .slice(0, codeBytes * 2);
}

/** Prose with marks; what looks like code stays as it is, to the byte. Text without a sentence has its mark at the end. */
export function markText(given: string, code: string): string {
  const text = withoutMarks(given);
  const mark = hidden(code);
  let left = marksPerText;
  let isFenced = false;
  const lines = text.split('\n').map((line) => {
    if (/^\s*(```|~~~)/.test(line)) {
      isFenced = !isFenced;
      return line;
    }
    if (isFenced || !isProse(line)) return line;
    const marked = line.replace(/[.!?\u3002](?= |$)/g, (end) => (left-- > 0 ? end + mark : end));
    return marked === line && left-- > 0 ? line + mark : marked;
  });
  return lines.join('\n');
}

/** A unified diff with a line before its first file, or before the first diff of a mail; undefined when these bytes are no such thing. */
export function markPatch(bytes: Uint8Array, code: string): Uint8Array | undefined {
  const given = Buffer.from(bytes);
  const hunks = given.indexOf('\n@@ -');
  // Bytes as they are, one character each.
  const head = given.subarray(0, Math.max(hunks, 0)).toString('latin1').replace(copyLines, '');
  const text = Buffer.concat([Buffer.from(head, 'latin1'), given.subarray(Math.max(hunks, 0))]);
  if (!text.includes('\n@@ -')) return undefined;
  // A mail of git format-patch keeps its headers first; what stands between its `---` and its diff nobody applies.
  const at = /^(diff --git |--- \S|Index: )/.test(text.subarray(0, 16).toString('latin1')) ? 0 : afterRule(text);
  if (at === undefined) return undefined;
  return Buffer.concat([text.subarray(0, at), Buffer.from(copyLine(code)), text.subarray(at)]);
}

function afterRule(text: Buffer): number | undefined {
  const [rule, diff] = [text.indexOf('\n---\n'), text.indexOf('\ndiff --git ')];
  return text.subarray(0, 5).toString('latin1') === 'From ' && rule >= 0 && rule < diff ? rule + '\n---\n'.length : undefined;
}

/** What somebody handed in may hold the marks of another's copy: passed on, they would accuse whose they are. */
function withoutMarks(text: string): string {
  return text.replace(wholeMarks, '').replace(visible, '');
}

/** As it stands in a patch, or in a file of its own. */
export function copyLine(code: string): string {
  return `Breakwater-Copy: ${code}\n`;
}

/** Codes found in a leaked text, with how often each, hidden or seen. Whether they are ours is for the caller to look up. */
export function codesIn(text: string): Map<string, number> {
  const found = new Map<string, number>();
  const add = (code: string) => found.set(code, (found.get(code) ?? 0) + 1);
  let left = readsPerText;
  for (const run of text.matchAll(hiddenRun)) {
    // Another such character before a mark must not hide it.
    for (let at = 0; at + length <= run[0].length && left-- > 0; ) {
      const code = readHidden(run[0].slice(at, at + length));
      if (code) add(code);
      at += code ? length : 1;
    }
  }
  for (const line of text.matchAll(visible)) add(line[1]!);
  return found;
}

function hidden(code: string): string {
  const bytes = Buffer.concat([Buffer.from(code, 'hex'), checkOf(code)]);
  return [...bytes].flatMap((byte) => [6, 4, 2, 0].map((shift) => alphabet[(byte >> shift) & 3]!)).join('');
}

function readHidden(run: string): string | undefined {
  const bytes = Buffer.alloc(codeBytes + checkBytes);
  for (const [i, char] of [...run].entries()) bytes[i >> 2]! |= alphabet.indexOf(char) << (6 - 2 * (i & 3));
  const code = bytes.subarray(0, codeBytes).toString('hex');
  return checkOf(code).equals(bytes.subarray(codeBytes)) ? code : undefined;
}

/** So that a mark that was cut and glued says nothing instead of something wrong. */
function checkOf(code: string): Buffer {
  return createHmac('sha256', 'breakwater canary').update(code).digest().subarray(0, checkBytes);
}

/** Words with spaces between them, no indent, nothing of a programming language. */
function isProse(line: string): boolean {
  if (/^(\s{4,}|\t|[+\-@>|#$%]|\s*(\/\/|\/\*|\*))/.test(line) || /[{}<>;`\\=]|\(\)|->|::|0x[0-9a-f]{4}/i.test(line)) return false;
  return /\p{L}{2,} \p{L}{2,}/u.test(line);
}
