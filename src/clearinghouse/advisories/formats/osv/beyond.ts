import { isObject, type Obj, stable } from '../../csaf/json.ts';

/**
 * What an object that was read says beyond what the model writes of it: `said` are the members that would be missing or different, `not` those
 * that would be written and were not there. Nothing where both are equal.
 */
interface Leftover {
  readonly said?: Obj;
  readonly not?: readonly string[];
}

export function leftover(read: Obj, written: Obj): Leftover | undefined {
  const differs = (name: string) => !Object.hasOwn(written, name) || stable(read[name]) !== stable(written[name]);
  const said = Object.keys(read).filter(differs);
  const not = Object.keys(written).filter((name) => !Object.hasOwn(read, name));
  if (said.length === 0 && not.length === 0) return undefined;
  return {
    ...(said.length > 0 ? { said: Object.fromEntries(said.map((name) => [name, read[name]])) } : {}),
    ...(not.length > 0 ? { not } : {}),
  };
}

/** The object as it was read, as far as the model has not been changed since. */
export function withLeftover(written: Obj, left: unknown): Obj {
  if (!isObject(left)) return written;
  const { said, not } = left as Leftover;
  const kept = Object.entries(written).filter(([name]) => !not?.includes(name));
  return { ...Object.fromEntries(kept), ...said };
}
