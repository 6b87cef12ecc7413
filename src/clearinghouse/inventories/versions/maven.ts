import { compareDigits, compareText, isDigits, type Order, orderOf } from './order.ts';

interface Token {
  /** Behind a dot; else behind a hyphen, or where digits and letters meet, which is the same. */
  readonly dot: boolean;
  readonly value: string;
}

/** "Version Order Specification" of Maven's POM reference. */
function parse(text: string): Token[] | undefined {
  if (/\s/.test(text) || !/[0-9]/.test(text)) return undefined;
  return trim(tokens(text.toLowerCase()));
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let dot = true;
  for (const part of text.split(/([.-])/)) {
    if (part === '.' || part === '-') {
      dot = part === '.';
      continue;
    }
    const runs = part.match(/[0-9]+|[^0-9]+/g) ?? ['0'];
    runs.forEach((run, i) => void found.push({ dot: dot && i === 0, value: canonical(run, isDigits(runs[i + 1])) }));
  }
  return found;
}

function canonical(word: string, beforeNumber: boolean): string {
  if (beforeNumber && Object.hasOwn(shortNames, word)) return shortNames[word]!;
  return Object.hasOwn(aliases, word) ? aliases[word]! : word;
}

const shortNames: Record<string, string> = { a: 'alpha', b: 'beta', m: 'milestone' };
const aliases: Record<string, string> = { ga: '', final: '', release: '', cr: 'rc' };

/** Null values are dropped from the end, and again before each hyphen that remains. */
function trim(all: readonly Token[]): Token[] {
  const kept: Token[] = [];
  let open = true;
  for (let i = all.length - 1; i >= 0; i--) {
    const one = all[i]!;
    if (!open || !isNull(one) || i === 0) {
      kept.push(one);
      open = false;
    }
    if (!one.dot) open = true;
  }
  return kept.reverse();
}

function isNull({ value }: Token): boolean {
  return /^0*$/.test(value);
}

export const maven: Order = orderOf(parse, (a, b) => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = compareTokens(a[i] ?? nothingBeside(b[i]!), b[i] ?? nothingBeside(a[i]!));
    if (difference) return difference;
  }
  return 0;
});

function nothingBeside({ dot, value }: Token): Token {
  return { dot, value: isDigits(value) ? '0' : '' };
}

/** `.qualifier` = `-qualifier` < `-number` < `.number`. */
function compareTokens(a: Token, b: Token): number {
  const [x, y] = [place(a), place(b)];
  if (x !== y) return x - y;
  return x > 0 ? compareDigits(a.value, b.value) : rank(a.value) - rank(b.value) || compareText(a.value, b.value);
}

function place({ dot, value }: Token): number {
  return isDigits(value) ? (dot ? 2 : 1) : 0;
}

const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];

function rank(value: string): number {
  const known = qualifiers.indexOf(value);
  return known < 0 ? qualifiers.length : known;
}
