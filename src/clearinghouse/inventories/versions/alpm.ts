import { compareDigits, compareText, isDigits, type Order, orderOf } from './order.ts';
import { splitEvr } from './rpm.ts';

interface Piece {
  /** How many characters that are neither letter nor digit stand before it. */
  readonly gap: number;
  /** A run of letters, a run of digits, or empty: the end, after a gap. */
  readonly run: string;
}

interface AlpmVersion {
  readonly epoch: string;
  readonly version: readonly Piece[];
  readonly release: readonly Piece[] | undefined;
}

function parse(text: string): AlpmVersion | undefined {
  if (text === '' || /\s/.test(text)) return undefined;
  const { epoch, version, release } = splitEvr(text);
  return { epoch, version: pieces(version), release: release === undefined ? undefined : pieces(release) };
}

/** Arch Linux's vercmp(8): a release counts only if both have one, so the order is not transitive across that. */
export const alpm: Order = orderOf(
  parse,
  (a, b) =>
    compareDigits(a.epoch, b.epoch) ||
    comparePieces(a.version, b.version) ||
    (a.release && b.release ? comparePieces(a.release, b.release) : 0),
);

function pieces(text: string): Piece[] {
  return [...text.matchAll(/([^0-9A-Za-z]*)([0-9]+|[A-Za-z]+|$)/g)]
    .map(([, gap, run]) => ({ gap: gap!.length, run: run! }))
    .filter(({ gap, run }) => gap > 0 || run !== '');
}

function comparePieces(a: readonly Piece[], b: readonly Piece[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    // Letters directly behind what both share (1.0rc) come before the end; anything else comes after it.
    if (!x?.run || !y?.run) return rest(x) - rest(y);
    if (x.gap !== y.gap) return x.gap - y.gap;
    const [isNumberX, isNumberY] = [isDigits(x.run), isDigits(y.run)];
    if (isNumberX !== isNumberY) return isNumberX ? 1 : -1;
    const difference = isNumberX ? compareDigits(x.run, y.run) : compareText(x.run, y.run);
    if (difference) return difference;
  }
  return 0;
}

function rest(piece: Piece | undefined): number {
  if (piece === undefined) return 0;
  return piece.gap === 0 && !isDigits(piece.run) ? -1 : 1;
}
