import { isObject, type Members, step } from './members.ts';
import { objects, sets } from './shape-table.ts';

/** Called with the id of the rule, the place (JSON pointer) and why. False where nothing more is taken. */
export type Say = (rule: string, pointer: string, message: string) => boolean;

interface Value {
  readonly of: string;
  /** The least length, for a list. */
  readonly list: number | undefined;
  readonly distinct: boolean;
  readonly map: boolean;
}

interface Shape {
  readonly properties: ReadonlyMap<string, Value>;
  readonly required: readonly string[];
  readonly choice: { readonly exactly: boolean; readonly among: readonly string[] } | undefined;
}

const shapes: ReadonlyMap<string, Shape> = new Map(
  objects
    .trim()
    .replace(/\n {2}/g, ' ')
    .split('\n')
    .map((line) => {
      const [, name, body, choice] = /^(\w+): ([^;]*?)(?: ; (.*))?$/.exec(line)!;
      return [name!, readShape(body!, choice)];
    }),
);

function readShape(body: string, choice: string | undefined): Shape {
  const pairs = body.split(', ').map((pair) => pair.split(' ') as [string, string]);
  const [how, among] = choice?.split(' ') ?? [];
  return {
    properties: new Map(pairs.map(([name, value]) => [name.replace('!', ''), readValue(value)])),
    required: pairs.filter(([name]) => name.endsWith('!')).map(([name]) => name.slice(0, -1)),
    choice: among === undefined ? undefined : { exactly: how === 'oneOf', among: among.split('/') },
  };
}

function readValue(text: string): Value {
  const [, map, of, list, distinct] = /^(\{\})?([\w-]+)(?:\[(\d*)\])?(\*)?$/.exec(text)!;
  return { of: of!, list: list === undefined ? undefined : Number(list), distinct: distinct !== undefined, map: map !== undefined };
}

/** The patterns that the schema gives for texts. Each is linear on any text. */
const patterns: Readonly<Record<string, RegExp>> = {
  Smedia: /[^/]\/./,
  Slanguage: /^[a-zA-Z]{2}(?:-[a-zA-Z]{2})?$/,
  Squad: /\d(?:\.\d+){3}/,
};

/**
 * Where a log breaks the schema of SARIF 2.1.0: the JSON1001… rules of the Multitool's schema validator (as that one does, formats of
 * texts are left to the SARIF rules). The log nests no deeper than the reader lets it.
 */
export function checkShape(log: Members, say: Say): void {
  checkObject(log, shapes.get('log')!, '', say);
}

function checkObject(it: Members, shape: Shape, at: string, say: Say): void {
  for (const name of shape.required)
    if (!Object.hasOwn(it, name)) say('JSON1002', at, `The property ${name} is required here and missing.`);
  if (shape.choice) checkChoice(it, shape.choice, at, say);
  for (const [name, value] of Object.entries(it)) {
    const known = shape.properties.get(name);
    if (known) checkValue(value, known, step(at, name), say);
    else if (name === 'properties') checkBag(value, `${at}/properties`, say);
    else say('JSON1005', step(at, name), 'SARIF 2.1.0 has no such property here.');
  }
}

function checkChoice(it: Members, { exactly, among }: NonNullable<Shape['choice']>, at: string, say: Say): void {
  const there = among.filter((name) => Object.hasOwn(it, name)).length;
  if (there === 0) say(exactly ? 'JSON1018' : 'JSON1017', at, `One of ${among.join(', ')} has to be here.`);
  else if (exactly && there > 1) say('JSON1018', at, `Only one of ${among.join(', ')} may be here.`);
}

function checkValue(value: unknown, { of, list, distinct, map }: Value, at: string, say: Say): void {
  if (list !== undefined) {
    if (!Array.isArray(value)) {
      say('JSON1001', at, 'This has to be an array.');
      return;
    }
    if (value.length < list) say('JSON1003', at, `This array has to have at least ${list} element.`);
    for (const [i, item] of value.entries()) checkOne(item, of, `${at}/${i}`, say);
    if (distinct && hasTwice(value)) say('JSON1020', at, 'No two elements of this array may be the same.');
  } else if (map) {
    if (!isObject(value)) {
      say('JSON1001', at, 'This has to be an object.');
      return;
    }
    for (const [name, item] of Object.entries(value)) checkOne(item, of, step(at, name), say);
  } else checkOne(value, of, at, say);
}

function checkOne(value: unknown, of: string, at: string, say: Say): void {
  const shape = shapes.get(of);
  const set = sets[of];
  if (shape) {
    if (isObject(value)) checkObject(value, shape, at, say);
    else say('JSON1001', at, `This has to be an object (${of}).`);
  } else if (of === 'bag') checkBag(value, at, say);
  else if (set) {
    if (!set.some((one) => one === value)) say('JSON1019', at, `This has to be one of ${set.join(', ')}.`);
  } else if (of.startsWith('S')) checkText(value, patterns[of], at, say);
  else if (of === 'B') {
    if (typeof value !== 'boolean') say('JSON1001', at, 'This has to be true or false.');
  } else checkNumber(value, of, at, say);
}

function checkText(value: unknown, pattern: RegExp | undefined, at: string, say: Say): void {
  if (typeof value !== 'string') say('JSON1001', at, 'This has to be text.');
  else if (pattern && !pattern.test(value)) say('JSON1015', at, 'This text is not of the form that the schema asks for.');
}

/** `I` with the least value after it, `R` a rank from -1 to 100, `N` any number. */
function checkNumber(value: unknown, of: string, at: string, say: Say): void {
  if (typeof value !== 'number' || (of.startsWith('I') && !Number.isInteger(value))) {
    say('JSON1001', at, of.startsWith('I') ? 'This has to be an integer.' : 'This has to be a number.');
    return;
  }
  const least = of === 'R' ? -1 : of.length > 1 ? Number(of.slice(1)) : Number.NEGATIVE_INFINITY;
  if (value < least) say('JSON1008', at, `This has to be at least ${least}.`);
  if (of === 'R' && value > 100) say('JSON1006', at, 'This has to be at most 100.');
}

/** A property bag (§3.8): anything, save that `tags` are distinct texts. */
function checkBag(value: unknown, at: string, say: Say): void {
  if (!isObject(value)) {
    say('JSON1001', at, 'This has to be an object.');
    return;
  }
  if (Object.hasOwn(value, 'tags')) checkValue(value.tags, { of: 'S', list: 0, distinct: true, map: false }, `${at}/tags`, say);
}

function hasTwice(list: readonly unknown[]): boolean {
  if (list.length < 2) return false;
  const seen = new Set<string>();
  return list.some((item) => {
    const key = typeof item === 'object' ? JSON.stringify(item, inOrder) : `${typeof item} ${item}`;
    return seen.size === seen.add(key).size;
  });
}

function inOrder(_: string, value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}
