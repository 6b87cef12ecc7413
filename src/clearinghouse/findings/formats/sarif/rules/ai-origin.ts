import { isBlank, type Members, member } from '../members.ts';

/** A property of the bag as text, whatever it is; undefined where it is not there. */
export function propertyText(of: Members, name: string): string | undefined {
  const bag = member(of, 'properties');
  if (!Object.hasOwn(bag, name)) return undefined;
  const value = bag[name];
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
}

/** Whether the run says that an AI made or touched its results. */
export function isAiOrigin(run: Members): boolean {
  return !isBlank(propertyText(run, 'ai/origin'));
}
