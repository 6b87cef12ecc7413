import { isOutward } from './hosts.ts';

/** One simple command of a shell: what stands between two operators. */
export interface Segment {
  readonly words: string[];
  /** What its redirections name. */
  readonly targets: string[];
  /** Whether its output goes on, to a file or to another command. */
  goesOn: boolean;
  /** What here-documents and here-strings give it to read. */
  readonly bodies: string[];
}

const fresh = (): Segment => ({ words: [], targets: [], goesOn: false, bodies: [] });

/**
 * Commands in commands (`sh -c`, `$(…)` within quotes, what is in a substitution as part of the word around it): so deep, and what is read stays a
 * small multiple of what was written.
 */
const mostDeep = 4;
/** Of a substitution so much stays in the word that it makes part of. */
const substitutionChars = 200;

/** Each alternative takes what it begins with to its end, and gives nothing back: one pass. */
const token =
  /(\\[\s\S]?)|('[^']*'?)|("(?:[^"\\]|\\[\s\S])*(?:"|\\?$))|(\$?\(|[<>]\()|(\))|(`)|(<<<|<<-?|&>>?|[<>]&|>>|>\||<>|[<>])|(&&|\|\||\|&?|[;&\n])|([ \t\r\f\v]+)|[^\s\\'"<>;|&()`$#]+|[\s\S]/gy;

interface Frame {
  readonly segment: Segment;
  readonly word: string | undefined;
  readonly from: number;
  readonly by: string;
}

interface Awaited {
  readonly segment: Segment;
  readonly until: string;
  readonly isIndented: boolean;
}

/** As far as a reader needs it who asks which programs were called with what; no text is refused, and each costs time as its length. */
export function segmentsOf(command: string, depth = 0): Segment[] {
  const reader = new Reader(command);
  reader.read();
  const { segments, live } = reader;
  if (depth === mostDeep) return segments;
  const scripts = [...live, ...segments.flatMap(scriptsOf)];
  return [...segments, ...scripts.flatMap((script) => segmentsOf(script, depth + 1))];
}

class Reader {
  readonly segments: Segment[] = [];
  /** Words in double quotes within which commands stand. */
  readonly live: string[] = [];
  #segment = this.#begin();
  #word: string | undefined;
  #isLive = false;
  #redirection: string | undefined;
  readonly #frames: Frame[] = [];
  readonly #awaited: Awaited[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  #begin(): Segment {
    const segment = fresh();
    this.segments.push(segment);
    return segment;
  }

  read(): void {
    const text = this.#text;
    for (let at = 0; at < text.length; ) {
      token.lastIndex = at;
      const [all, escaped, single, double, opens, closes, tick, redirection, operator, blank] = token.exec(text)!;
      const end = at + all.length;
      let next = end;
      if (escaped !== undefined) this.#add(escaped === '\\\n' ? undefined : escaped.slice(1));
      else if (single !== undefined) this.#add(single.slice(1, single.length > 1 && single.endsWith("'") ? -1 : undefined));
      else if (double !== undefined) this.#quoted(double);
      else if (opens !== undefined) this.#open(opens, end);
      else if (closes !== undefined) this.#close(at);
      else if (tick !== undefined) this.#frames.at(-1)?.by === '`' ? this.#close(at) : this.#open('`', end);
      else if (redirection !== undefined) this.#redirect(redirection);
      else if (operator !== undefined) next = this.#separate(operator, end);
      else if (blank !== undefined) this.#endWord();
      else if (all === '#' && this.#word === undefined) next = ends(text, '\n', at);
      else this.#add(all);
      at = next;
    }
    this.#endWord();
    while (this.#frames.length > 0) this.#close(text.length);
  }

  #add(text: string | undefined): void {
    if (text !== undefined) this.#word = (this.#word ?? '') + text;
  }

  #quoted(raw: string): void {
    const inner = raw.slice(1, raw.length > 1 && raw.endsWith('"') ? -1 : undefined);
    this.#isLive ||= inner.includes('$(') || inner.includes('`');
    this.#add(inner.replace(/\\(["\\$`\n])/g, '$1'));
  }

  #endWord(): void {
    const [word, redirection, isLive] = [this.#word, this.#redirection, this.#isLive];
    if (word === undefined) return;
    [this.#word, this.#redirection, this.#isLive] = [undefined, undefined, false];
    if (isLive) this.live.push(word.slice(Math.max(0, word.search(/\$\(|`/))));
    if (redirection === undefined) this.#segment.words.push(word);
    else if (redirection === '<<<') this.#segment.bodies.push(word);
    else if (redirection.startsWith('<<'))
      this.#awaited.push({ segment: this.#segment, until: word, isIndented: redirection.endsWith('-') });
    else {
      this.#segment.targets.push(word);
      this.#segment.goesOn ||= redirection.includes('>') && !/^(?:\d+|-|\/dev\/(?:null|std\w+|tty))$/.test(word);
    }
  }

  #redirect(operator: string): void {
    // `1<<4` of arithmetic is no here-document.
    if (operator.startsWith('<<') && this.#frames.at(-1)?.by === '((') {
      this.#endWord();
      return;
    }
    if (this.#word !== undefined && /^\d{1,3}$/.test(this.#word)) this.#word = undefined;
    this.#endWord();
    this.#redirection = operator;
  }

  #open(by: string, from: number): void {
    const isSubstitution = by !== '(';
    if (!isSubstitution) this.#endWord();
    const before = this.#frames.at(-1);
    const isArithmetic = by === '(' && before !== undefined && before.from === from - 1;
    const word = isSubstitution ? (this.#word ?? '') : undefined;
    this.#frames.push({ segment: this.#segment, word, from, by: isArithmetic ? '((' : by });
    this.#word = undefined;
    this.#segment = this.#begin();
  }

  #close(at: number): void {
    this.#endWord();
    const frame = this.#frames.pop();
    this.#segment = frame?.segment ?? this.#begin();
    if (frame?.word === undefined) return;
    const isKept = this.#frames.length < mostDeep;
    this.#word = `${frame.word}$(${isKept ? this.#text.slice(frame.from, Math.min(at, frame.from + substitutionChars)) : ''})`;
  }

  #separate(operator: string, end: number): number {
    this.#endWord();
    this.#redirection = undefined;
    this.#segment.goesOn ||= operator === '|' || operator === '|&';
    this.#segment = this.#begin();
    return operator === '\n' ? this.#bodies(end) : end;
  }

  #bodies(from: number): number {
    const text = this.#text;
    let at = from;
    for (const { segment, until, isIndented } of this.#awaited.splice(0)) {
      const begin = at;
      let stop = text.length;
      while (at < text.length) {
        const end = ends(text, '\n', at);
        const line = text.slice(at, end);
        if ((isIndented ? line.replace(/^\t+/, '') : line) === until) stop = at;
        at = end + 1;
        if (stop < text.length) break;
      }
      segment.bodies.push(text.slice(begin, stop));
    }
    return Math.min(at, text.length);
  }
}

function ends(text: string, by: string, from: number): number {
  const at = text.indexOf(by, from);
  return at === -1 ? text.length : at;
}

const keywords = new Set(['!', '{', 'if', 'then', 'elif', 'else', 'do', 'while', 'until', 'time', 'coproc']);
const runners = new Set(
  'sudo doas env exec command builtin eval nohup timeout nice ionice stdbuf setsid xargs busybox strace ltrace unbuffer setarch'.split(' '),
);

/** The program that is called, as a name without its place, and what it is given. Of `sudo -u a X` and the like it is X. */
export function calledBy({ words }: Segment): { readonly name: string; readonly given: readonly string[] } | undefined {
  let isRun = false;
  let before = '';
  for (const [i, word] of words.entries()) {
    const name = word.slice(word.lastIndexOf('/') + 1);
    const isPassed = isRun && (word.startsWith('-') || /^-\w$/.test(before) || /^\d[\d.]{0,20}[smhd]?$/.test(word));
    before = word;
    if (keywords.has(word) || /^\w+\+?=/.test(word)) continue;
    if (runners.has(name)) isRun = true;
    else if (!isPassed || isOutward(name)) return { name, given: words.slice(i + 1) };
  }
  return undefined;
}

const shells = /^(?:ba|da|z|k|a)?sh$/;

/** What a shell is given to run by `-c`, or to read. */
function scriptsOf(segment: Segment): string[] {
  const called = calledBy(segment);
  if (!called || !shells.test(called.name)) return [];
  const at = called.given.findIndex((word) => /^-\w{0,8}c$/.test(word));
  return [...called.given.slice(at + 1, at === -1 ? 0 : at + 2), ...segment.bodies];
}
