import { compareDigits, compareInTurn, compareText, isDigits, type Order, orderOf } from './order.ts';

/** Conan's own order: any text, parted by dots, with `-pre` and `+build`, which are versions again. */
interface ConanVersion {
  /** Without zeros at the end. */
  readonly items: readonly string[];
  readonly pre: ConanVersion | undefined;
  readonly build: ConanVersion | undefined;
}

function parse(text: string): ConanVersion | undefined {
  return text === '' || /\s/.test(text) ? undefined : read(text);
}

/** Nests three deep at most: neither part can hold the mark that split it off. */
function read(text: string): ConanVersion {
  const [rest, build] = splitLast(text, '+');
  const [main, pre] = splitLast(rest, '-');
  const items = main.split('.');
  let end = items.length;
  while (end > 0 && /^0+$/.test(items[end - 1]!)) end--;
  return {
    items: items.slice(0, end),
    pre: pre === undefined ? undefined : read(pre),
    build: build === undefined ? undefined : read(build),
  };
}

function splitLast(text: string, mark: string): [string, string | undefined] {
  const at = text.lastIndexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

export const conan: Order = orderOf(parse, compare);

/** A pre-release is older than its release, a build newer. */
function compare(a: ConanVersion, b: ConanVersion): number {
  const items = compareInTurn(a.items, b.items, compareItems);
  if (items) return items;
  const pre = a.pre && b.pre ? compare(a.pre, b.pre) : Number(!a.pre) - Number(!b.pre);
  if (pre) return pre;
  return a.build && b.build ? compare(a.build, b.build) : Number(!b.build) - Number(!a.build);
}

/** A number beside a word is compared as text, so that 9 < 10 < 2a < 9: Conan's order runs in a circle there. */
function compareItems(a: string, b: string): number {
  return isDigits(a) && isDigits(b) ? compareDigits(a, b) : compareText(plain(a), plain(b));
}

function plain(item: string): string {
  return isDigits(item) ? item.replace(/^0+(?=[0-9])/, '') : item;
}
