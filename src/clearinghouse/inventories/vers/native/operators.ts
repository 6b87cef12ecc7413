import { normalPypi } from '../../versions/pypi.ts';
import type { Constraint } from '../constraint.ts';
import { between, leadingNumbers, one, raisedAt, wildcard } from './bounds.ts';
import { coerceSemver } from './coerce.ts';

type Expand = (version: string) => Constraint[] | undefined;

/** Comparators before versions, all of which must hold, and alternatives where the ecosystem has a word for them. */
interface Notation {
  readonly or?: RegExp;
  readonly operators: Readonly<Record<string, Expand>>;
  /** As the version is written in the range; undefined where it is none. */
  readonly write?: (version: string) => string | undefined;
}

const compared: Record<string, Expand> = {
  '': (version) => prefixRange(version) ?? [one('=', version)],
  '=': (version) => prefixRange(version) ?? [one('=', version)],
  '==': (version) => prefixRange(version) ?? [one('=', version)],
  '!=': (version) => (wildcard(version) ? outside(version) : [one('!=', version)]),
  '<': (version) => [one('<', version)],
  '<=': (version) => [one('<=', version)],
  '>': (version) => [one('>', version)],
  '>=': (version) => [one('>=', version)],
};

/** `1.2.*`; a bare `*` bounds nothing. */
function prefixRange(version: string, mark = ''): Constraint[] | undefined {
  const prefix = wildcard(version);
  if (!prefix) return undefined;
  return prefix.length === 0 ? [] : between(prefix.join('.') + mark, raisedAt(prefix, prefix.length - 1) + mark);
}

function outside(version: string, mark = ''): Constraint[] | undefined {
  const [lower, upper] = prefixRange(version, mark) ?? [];
  return lower && upper ? [one('<', lower.version), one('>=', upper.version)] : undefined;
}

/** Up to the next change of the number before the last that is written. */
function pessimistic(version: string): Constraint[] | undefined {
  const numbers = leadingNumbers(version);
  return numbers.length === 0 ? undefined : between(version, raisedAt(numbers, Math.max(0, numbers.length - 2)));
}

/** Up to the next change of the leftmost number that is not zero. */
function caret(version: string): Constraint[] | undefined {
  const numbers = wildcard(version) ?? leadingNumbers(version);
  if (numbers.length === 0) return wildcard(version) && [];
  const leftmost = numbers.findIndex((digits) => !/^0+$/.test(digits));
  const lower = wildcard(version) ? numbers.join('.') : version;
  return between(lower, raisedAt(numbers, leftmost < 0 ? numbers.length - 1 : leftmost));
}

/** Cargo: the second number stays, or the first if it is alone. */
function tilde(version: string): Constraint[] | undefined {
  const numbers = leadingNumbers(version);
  return numbers.length === 0 ? undefined : between(version, raisedAt(numbers, Math.min(1, numbers.length - 1)));
}

/** The Haskell PVP: the first two numbers are the major version. */
function haskellMajor(version: string): Constraint[] | undefined {
  const numbers = leadingNumbers(version);
  const major = numbers.length === 1 ? [...numbers, '0'] : numbers;
  return major.length === 0 ? undefined : between(version, raisedAt(major, 1));
}

/** PEP 440: `.dev0` is the oldest that begins so. */
const python: Record<string, Expand> = {
  '==': (version) => prefixRange(version, '.dev0') ?? [one('=', version)],
  '!=': (version) => (wildcard(version) ? outside(version, '.dev0') : [one('!=', version)]),
  '~=': (version) => {
    const numbers = leadingNumbers(version);
    return numbers.length < 2 || wildcard(version) ? undefined : between(version, `${raisedAt(numbers, numbers.length - 2)}.dev0`);
  },
};

const { '<': older, '<=': notNewer, '>': newer, '>=': notOlder } = compared;
const semantic = { operators: compared, or: /\|\|/, write: coerceSemver };

const notations: Readonly<Record<string, Notation>> = {
  cargo: { operators: { ...compared, '': caret, '^': caret, '~': tilde }, write: coerceSemver },
  composer: {
    operators: { ...compared, '<>': compared['!=']!, '^': caret, '~': pessimistic },
    or: /\|\|?/,
    write: (version) => version.replace(/@[A-Za-z]+$/, '').replace(/^[vV](?=[0-9])/, ''),
  },
  deb: { operators: { ...compared, '<<': older!, '>>': newer! } },
  gem: { operators: { ...compared, '~>': pessimistic } },
  golang: semantic,
  hackage: { operators: { ...compared, '^>=': haskellMajor }, or: /\|\|/ },
  hex: { operators: { ...compared, '~>': pessimistic }, or: /\|\||\bor\b/, write: coerceSemver },
  pub: { operators: { ...compared, '^': caret } },
  dart: { operators: { ...compared, '^': caret } },
  pypi: { operators: { ...python, '<': older!, '<=': notNewer!, '>': newer!, '>=': notOlder! }, write: normalPypi },
  rpm: { operators: { ...compared, '<>': compared['!=']! } },
};

const plain: Notation = { operators: compared, or: /\|\|/ };
const semanticSchemes = ['apache', 'bitnami', 'github', 'julia', 'mattermost', 'mozilla', 'semver', 'swift'];

/** One alternative a list; undefined where the text is not of the ecosystem's notation. */
export function operatorAlternatives(scheme: string, text: string): Constraint[][] | undefined {
  const notation = Object.hasOwn(notations, scheme) ? notations[scheme]! : semanticSchemes.includes(scheme) ? semantic : plain;
  const alternatives: Constraint[][] = [];
  for (const alternative of notation.or ? text.split(notation.or) : [text]) {
    const constraints = conjunction(notation, alternative);
    if (!constraints) return undefined;
    alternatives.push(constraints);
  }
  return alternatives;
}

function conjunction(notation: Notation, alternative: string): Constraint[] | undefined {
  const text = alternative.replace(/\s+/g, ' ');
  const word = /(?:[\s,()]|&&|and\b)*(?:([<>=!~^]*)\s*([^\s,()&<>=!~^|;][^\s,()&<>=!|;]*)|$)/y;
  const constraints: Constraint[] = [];
  for (let found = false; word.lastIndex < text.length; found = true) {
    const match = word.exec(text);
    if (!match) return undefined;
    const [, operator, version] = match;
    if (version === undefined) return found ? constraints : undefined;
    const expand = Object.hasOwn(notation.operators, operator!) ? notation.operators[operator!]! : undefined;
    const expanded = expand?.(version);
    if (!expanded) return undefined;
    for (const { comparator, version } of expanded) {
      const written = notation.write ? notation.write(version) : version;
      if (written === undefined) return undefined;
      constraints.push(one(comparator, written));
    }
  }
  return text.trim() === '' ? undefined : constraints;
}
