import { compareDigits, compareText, isDigits, type Order, orderOf } from './order.ts';

/** `[epoch:]version[-release]` of rpm. */
interface Evr {
  readonly epoch: string;
  readonly version: readonly string[];
  /** undefined where none is written: older than any. */
  readonly release: readonly string[] | undefined;
}

/** An epoch is digits only: another text before a colon belongs to the version. */
export function splitEvr(text: string): { epoch: string; version: string; release: string | undefined } {
  const [, epoch = '0', rest = text] = /^([0-9]*):(.*)$/s.exec(text) ?? [];
  const hyphen = rest.lastIndexOf('-');
  return hyphen < 0
    ? { epoch, version: rest, release: undefined }
    : { epoch, version: rest.slice(0, hyphen), release: rest.slice(hyphen + 1) };
}

function parse(text: string): Evr | undefined {
  if (text === '' || /\s/.test(text)) return undefined;
  const { epoch, version, release } = splitEvr(text);
  return { epoch, version: segments(version), release: release === undefined ? undefined : segments(release) };
}

/** Runs of ASCII digits, runs of ASCII letters, tildes and carets; whatever else only separates. */
function segments(text: string): string[] {
  return text.match(/[0-9]+|[A-Za-z]+|[~^]/g) ?? [];
}

export const rpm: Order = orderOf(parse, (a, b) => {
  const difference = compareDigits(a.epoch, b.epoch) || compareSegments(a.version, b.version);
  if (difference || (!a.release && !b.release)) return difference;
  return a.release && b.release ? compareSegments(a.release, b.release) : a.release ? 1 : -1;
});

/** rpm's `rpmvercmp`. */
function compareSegments(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = compareSegment(a[i], b[i]);
    if (difference) return difference;
  }
  return 0;
}

/** Tilde < end < caret < letters < digits. */
function compareSegment(a: string | undefined, b: string | undefined): number {
  const [x, y] = [rank(a), rank(b)];
  if (x !== y || a === undefined || b === undefined) return x - y;
  return x === ranks.digits ? compareDigits(a, b) : compareText(a, b);
}

const ranks = { tilde: 0, end: 1, caret: 2, letters: 3, digits: 4 };

function rank(segment: string | undefined): number {
  if (segment === undefined) return ranks.end;
  if (segment === '~') return ranks.tilde;
  if (segment === '^') return ranks.caret;
  return isDigits(segment) ? ranks.digits : ranks.letters;
}
