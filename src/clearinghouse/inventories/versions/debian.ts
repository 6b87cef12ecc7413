import { compareDigits, type Order, orderOf } from './order.ts';

/** `[epoch:]upstream[-revision]` of Debian Policy §5.6.12, as dpkg orders it (deb-version(7)). Also Ubuntu's order. */
interface DebianVersion {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

/** undefined when dpkg would not take it. */
function parse(text: string): DebianVersion | undefined {
  const match = /^(?:(\d+):)?([0-9A-Za-z.+:~-]+)$/.exec(text);
  if (!match) return undefined;
  const rest = match[2]!;
  // The revision starts at the LAST hyphen; the upstream version may hold others.
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? '' : rest.slice(hyphen + 1);
  if (upstream === '' || (hyphen >= 0 && revision === '') || revision.includes(':')) return undefined;
  // A colon in the upstream version is allowed only where there is an epoch.
  if (upstream.includes(':') && match[1] === undefined) return undefined;
  const epoch = Number(match[1] ?? 0);
  return epoch > 0x7fffffff ? undefined : { epoch, upstream, revision };
}

export const debian: Order = orderOf(
  parse,
  (a, b) => a.epoch - b.epoch || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision),
);

/** Alternating runs of non-digits and digits; a missing run is empty, a missing number zero. */
function compareParts(a: string, b: string): number {
  const [x, y] = [runs(a), runs(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [wordA, numberA] = x[i] ?? ['', ''];
    const [wordB, numberB] = y[i] ?? ['', ''];
    const difference = compareWords(wordA, wordB) || compareDigits(numberA, numberB);
    if (difference) return difference;
  }
  return 0;
}

function runs(text: string): [word: string, number: string][] {
  return [...text.matchAll(/(\D*)(\d*)/g)].map(([, word, number]) => [word!, number!]);
}

/** Tilde before everything, even the end; letters before all other characters. */
function compareWords(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = weight(a[i]) - weight(b[i]);
    if (difference) return difference;
  }
  return 0;
}

function weight(character: string | undefined): number {
  if (character === '~') return -1;
  if (character === undefined) return 0;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
