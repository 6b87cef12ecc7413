import { type Instant, parseInstant } from '../../../../base/instant.ts';
import { isObject, listOf, type Obj, objectOf, textOf } from '../../csaf/json.ts';

/** An object or none, as a list. */
export const listed = (given: Obj | undefined): Obj[] => (given ? [given] : []);

/** An object to be written; what says nothing is left out: no value, an empty list, an empty object. */
export function members(given: Obj): Obj | undefined {
  const said = Object.entries(given).filter(
    ([, value]) =>
      value !== undefined &&
      value !== null &&
      !(Array.isArray(value) && value.length === 0) &&
      !(isObject(value) && Object.keys(value).length === 0),
  );
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

/** Members in the order of the alphabet, at every level (CSAF 6.2.13). */
export function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key])]));
}

// Readers of a document that has the form of its schema already.
export const textIn = (of: Obj, key: string): string | null => textOf(of[key]) ?? null;
export const textsIn = (of: Obj, key: string): string[] => listOf(of[key]).filter((value) => typeof value === 'string');
export const objectIn = (of: Obj, key: string): Obj => objectOf(of[key]);
export const objectsIn = (of: Obj, key: string): Obj[] => listOf(of[key]).filter(isObject);

/** A date-time of the schema; the leap second that 2.0 allows is the last moment before it. */
export function instantIn(of: Obj, key: string): Instant | null {
  const text = textIn(of, key);
  if (text === null) return null;
  const plain = text.replace(/^(.{17})60(\.\d+)?/, '$159.999').replace(/(\.\d{3})\d+/, '$1');
  return parseInstant(plain) ?? null;
}

/** What an object says that nobody read; `undefined` where there is nothing. */
export function rest(of: Obj, known: string): Obj | undefined {
  const names = new Set(known.split(' '));
  return members(Object.fromEntries(Object.entries(of).filter(([key]) => !names.has(key))));
}
