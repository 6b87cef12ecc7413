import { limits } from '../../../../base/limits.ts';
import { step } from './members.ts';

type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'next' | 'end';

interface Open {
  readonly list: boolean;
  /** The name of the member, or the number of the element, that was begun last. */
  here: string | number | undefined;
}

const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const name = /[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

/** Where a text stops being JSON (RFC 8259): the pointer of what was begun last before it, or where it nests too deep. The text is known to be none. */
export function brokenAt(text: string): string {
  const open: Open[] = [];
  let expected: Expected = 'value';
  for (let i = 0; i < text.length && open.length <= limits.sarifDepth; ) {
    const char = text[i]!;
    const end = /\s/.test(char) ? i + 1 : endOfToken(text, i);
    if (end === undefined) break;
    if (!/\s/.test(char)) {
      const next = after(char, text.slice(i, Math.min(end, i + longest)), expected, open);
      if (next === undefined) break;
      expected = next;
    }
    i = end;
  }
  return open.reduce((at, { here }) => (here === undefined ? at : step(at, here)), '');
}

/** Of a member's name, to show. */
const longest = 256;

function after(char: string, token: string, expected: Expected, open: Open[]): Expected | undefined {
  const top = open.at(-1);
  const closes = char === '}' || char === ']';
  if (closes) {
    if (!top || top.list !== (char === ']') || !['next', top.list ? 'first value' : 'first key'].includes(expected)) return undefined;
    open.pop();
    return open.length > 0 ? 'next' : 'end';
  }
  if (char === ',') return expected !== 'next' ? undefined : top!.list ? begin(top!) : 'key';
  if (char === ':') return expected === 'colon' ? 'value' : undefined;
  if (expected === 'key' || expected === 'first key') {
    if (char !== '"') return undefined;
    top!.here = nameOf(token);
    return 'colon';
  }
  if (expected !== 'value' && expected !== 'first value') return undefined;
  if (char !== '{' && char !== '[') return top ? 'next' : 'end';
  open.push({ list: char === '[', here: char === '[' ? 0 : undefined });
  return char === '[' ? 'first value' : 'first key';
}

function begin(list: Open): Expected {
  list.here = Number(list.here) + 1;
  return 'value';
}

function nameOf(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token.slice(1);
  }
}

function endOfToken(text: string, start: number): number | undefined {
  if ('{}[],:'.includes(text[start]!)) return start + 1;
  if (text[start] !== '"') {
    literal.lastIndex = start;
    return literal.test(text) ? literal.lastIndex : undefined;
  }
  for (let i = start + 1; i < text.length; ) {
    if (text[i] === '"') return i + 1;
    name.lastIndex = i;
    if (!name.test(text)) return undefined;
    i = name.lastIndex;
  }
  return undefined;
}
