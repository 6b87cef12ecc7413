import { isObject, type Members } from '../members.ts';

export { isObject, type Members };

const nothing: Members = {};

export function objectIn(of: Members | undefined, name: string): Members | undefined {
  const value = of && Object.hasOwn(of, name) ? of[name] : undefined;
  return isObject(value) ? value : undefined;
}

/** As `objectIn`, and an empty object where there is none. */
export function member(of: Members | undefined, name: string): Members {
  return objectIn(of, name) ?? nothing;
}

export function listIn(of: Members | undefined, name: string): readonly unknown[] | undefined {
  const value = of && Object.hasOwn(of, name) ? of[name] : undefined;
  return Array.isArray(value) ? value : undefined;
}

/** The elements that are objects, each with its place in the list. */
export function objectsIn(of: Members | undefined, name: string): [number, Members][] {
  return (listIn(of, name) ?? []).flatMap((item, i): [number, Members][] => (isObject(item) ? [[i, item]] : []));
}

export function textIn(of: Members | undefined, name: string): string | undefined {
  const value = of && Object.hasOwn(of, name) ? of[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** An integer, or what it is where the log does not say (SARIF gives a default to each). */
export function wholeIn(of: Members | undefined, name: string, otherwise: number): number {
  const value = of && Object.hasOwn(of, name) ? of[name] : undefined;
  return Number.isSafeInteger(value) ? (value as number) : otherwise;
}

export function isBlank(text: string | undefined): boolean {
  return text === undefined || !/\S/.test(text);
}

/** One step of a JSON pointer (RFC 6901). */
export function step(at: string, name: string | number): string {
  return typeof name === 'number' ? `${at}/${name}` : `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** What a JSON pointer names; undefined where it names nothing. */
export function resolvePointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  if (!pointer.startsWith('/')) return undefined;
  let here = document;
  for (const raw of pointer.slice(1).split('/')) {
    if (/~(?![01])/.test(raw)) return undefined;
    const name = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(here)) here = /^(?:0|[1-9]\d{0,9})$/.test(name) ? here[Number(name)] : undefined;
    else here = isObject(here) && Object.hasOwn(here, name) ? here[name] : undefined;
    if (here === undefined) return undefined;
  }
  return here;
}
