import { compareDigits, compareInTurn, comparePadded, compareText, isDigits, type Order, orderOf } from './order.ts';

/** PEP 440. Absent parts stand where the standard orders them. */
interface PythonVersion {
  readonly epoch: string;
  readonly release: readonly string[];
  readonly pre: readonly [rank: number, number: string];
  /** Empty: none, before any. */
  readonly post: string;
  /** Empty: none, after any. */
  readonly dev: string;
  readonly local: readonly string[];
}

const shape =
  /^v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]*))?(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?(?:[-_.]?(dev)[-_.]?([0-9]*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

const rankOfPre: Record<string, number> = { a: 0, alpha: 0, b: 1, beta: 1, c: 2, rc: 2, pre: 2, preview: 2 };
const [onlyDev, final] = [-1, 3];

function parse(text: string): PythonVersion | undefined {
  const match = shape.exec(text.trim().toLowerCase());
  if (!match) return undefined;
  const [, epoch = '0', release = '', pre, preNumber, implicitPost, post, postNumber, dev, devNumber, local] = match;
  const number = implicitPost ?? (post && (postNumber || '0')) ?? '';
  const rank = pre ? rankOfPre[pre]! : dev && !number ? onlyDev : final;
  return {
    epoch,
    release: release.split('.'),
    pre: [rank, preNumber ?? ''],
    post: number,
    dev: dev ? devNumber || '0' : '',
    local: local ? local.split(/[-_.]/) : [],
  };
}

function compare(a: PythonVersion, b: PythonVersion): number {
  return (
    compareDigits(a.epoch, b.epoch) ||
    comparePadded(a.release, b.release, '0', compareDigits) ||
    a.pre[0] - b.pre[0] ||
    compareDigits(a.pre[1], b.pre[1]) ||
    Number(a.post !== '') - Number(b.post !== '') ||
    compareDigits(a.post, b.post) ||
    Number(a.dev === '') - Number(b.dev === '') ||
    compareDigits(a.dev, b.dev) ||
    compareInTurn(a.local, b.local, compareLocal)
  );
}

/** Unlike a semantic pre-release: numbers are newer than words. */
function compareLocal(a: string, b: string): number {
  const [x, y] = [isDigits(a), isDigits(b)];
  if (x && y) return compareDigits(a, b);
  return x === y ? compareText(a, b) : x ? 1 : -1;
}

/** What PEP 440 does not take is older than all it takes, and among its like ordered as setuptools did before ("legacy versions"). */
export const pypi: Order = orderOf(
  (text) => {
    const version = parse(text);
    const legacy = version ? undefined : parseLegacy(text);
    return version || legacy ? { version, legacy: legacy ?? [] } : undefined;
  },
  (a, b) => {
    if (a.version && b.version) return compare(a.version, b.version);
    return a.version ? 1 : b.version ? -1 : compareInTurn(a.legacy, b.legacy, compareText);
  },
);

const legacyWords: Record<string, string> = { pre: 'c', preview: 'c', '-': 'final-', rc: 'c', dev: '@' };

function parseLegacy(text: string): string[] | undefined {
  // Without a digit it names a branch or a tag.
  if (!/[0-9]/.test(text) && !text.includes('-')) return undefined;
  const parts: string[] = [];
  for (const piece of text.toLowerCase().match(/[0-9]+|[a-z]+|-|[^0-9a-z.-]+/g) ?? []) {
    const word = Object.hasOwn(legacyWords, piece) ? legacyWords[piece]! : piece;
    if (isDigits(word)) parts.push(word.padStart(8, '0'));
    else pushWord(parts, `*${word}`);
  }
  pushWord(parts, '*final');
  return parts;
}

/** Before a word, trailing zeros do not count; before a pre-release, nor does a dash. */
function pushWord(parts: string[], word: string): void {
  if (word < '*final') while (parts.at(-1) === '*final-') parts.pop();
  while (parts.at(-1) === '00000000') parts.pop();
  parts.push(word);
}

/** The normal form of PEP 440; undefined for what it does not take. */
export function normalPypi(text: string): string | undefined {
  const version = parse(text);
  if (!version) return undefined;
  const { epoch, release, pre, post, dev, local } = version;
  const word = ['a', 'b', 'rc'][pre[0]];
  const parts = [
    release.map(plain).join('.'),
    word && `${word}${plain(pre[1])}`,
    post && `.post${plain(post)}`,
    dev && `.dev${plain(dev)}`,
  ];
  return `${plain(epoch) === '0' ? '' : `${plain(epoch)}!`}${parts.join('')}${local.length > 0 ? `+${local.map((l) => (isDigits(l) ? plain(l) : l)).join('.')}` : ''}`;
}

function plain(digits: string): string {
  return digits.replace(/^0+(?=[0-9])/, '') || '0';
}
