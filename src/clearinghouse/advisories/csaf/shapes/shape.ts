import { isObject, stable, step } from '../json.ts';

/** Who wants to hear of a value that has not its shape, and of a member that no shape knows. */
interface Listener {
  error(pointer: string, message: string): void;
  unknown(pointer: string): void;
}

export type Shape = (value: unknown, pointer: string, to: Listener) => void;

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** A text of at least one character, of a form. */
export function text(form?: { readonly test: (value: string) => boolean; readonly is: string }): Shape {
  return (value, pointer, to) => {
    if (typeof value !== 'string') to.error(pointer, 'must be a text');
    else if (value === '') to.error(pointer, 'must not be empty');
    else if (form && !form.test(value)) to.error(pointer, `must be ${form.is}, not "${shown(value)}"`);
  };
}

export function pattern(regex: RegExp, is: string): Shape {
  return text({ test: (value) => regex.test(value), is });
}

/** Any text, even none. */
export const anyText: Shape = (value, pointer, to) => {
  if (typeof value !== 'string') to.error(pointer, 'must be a text');
};

export const flag: Shape = (value, pointer, to) => {
  if (typeof value !== 'boolean') to.error(pointer, 'must be true or false');
};

export function numberFrom(least: number, most: number): Shape {
  return (value, pointer, to) => {
    if (typeof value !== 'number' || value < least || value > most) to.error(pointer, `must be a number from ${least} to ${most}`);
  };
}

/** One of some words, given with blanks between. */
export function wordOf(words: string): Shape {
  const known = new Set(words.split(' '));
  return (value, pointer, to) => {
    if (typeof value !== 'string' || !known.has(value)) to.error(pointer, `must be one of ${words.replaceAll(' ', ', ')}`);
  };
}

export function listOf(item: Shape, { least = 1, unique = false } = {}): Shape {
  return (value, pointer, to) => {
    if (!Array.isArray(value)) return to.error(pointer, 'must be a list');
    if (value.length < least) to.error(pointer, `must have at least ${least} item${least === 1 ? '' : 's'}`);
    const seen = unique && value.length > 1 ? new Set<string>() : undefined;
    for (let i = 0; i < value.length; i++) {
      item(value[i], `${pointer}/${i}`, to);
      if (!seen) continue;
      const key = typeof value[i] === 'string' ? (value[i] as string) : ` ${stable(value[i])}`;
      if (seen.has(key)) to.error(pointer, `item ${i} is there before`);
      seen.add(key);
    }
  };
}

interface Members {
  readonly required?: string;
  /** How many members there must be. */
  readonly least?: number;
  readonly most?: number;
  /** Whether a member that no shape knows is an error, or only unknown. */
  readonly closed?: boolean;
  /** Whether unknown members are meant to be there: all, or those of a form. */
  readonly free?: boolean | RegExp;
}

export function object(shapes: Readonly<Record<string, Shape>>, { required = '', least = 0, most, closed, free }: Members = {}): Shape {
  const needed = required === '' ? [] : required.split(' ');
  const known = new Map(Object.entries(shapes));
  return (value, pointer, to) => {
    if (!isObject(value)) return to.error(pointer, 'must be an object');
    for (const name of needed) if (!Object.hasOwn(value, name)) to.error(pointer, `${name} is missing`);
    let members = 0;
    for (const name of Object.keys(value)) {
      members++;
      const shape = known.get(name);
      if (shape) shape(value[name], step(pointer, name), to);
      else if (!(free instanceof RegExp ? free.test(name) : free)) stranger(pointer, name, closed === true, to);
    }
    if (members < least) to.error(pointer, `must have at least ${least} member${least === 1 ? '' : 's'}`);
    if (most !== undefined && members > most) to.error(pointer, `must have at most ${most} members`);
  };
}

function stranger(pointer: string, name: string, closed: boolean, to: Listener): void {
  if (closed) to.error(step(pointer, name), `no member ${shown(name)} is defined here`);
  to.unknown(step(pointer, name));
}

/** For shapes that hold themselves. */
export function later(shape: () => Shape): Shape {
  return (value, pointer, to) => shape()(value, pointer, to);
}

/** The first `most` errors of a value. */
export function firstErrors(shape: Shape, value: unknown, pointer: string, most: number): { pointer: string; message: string }[] {
  const errors: { pointer: string; message: string }[] = [];
  shape(value, pointer, {
    error: (at, message) => {
      if (errors.length < most) errors.push({ pointer: at, message });
    },
    unknown: () => {},
  });
  return errors;
}
