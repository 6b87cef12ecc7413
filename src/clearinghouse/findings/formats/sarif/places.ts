import { limits } from '../../../../base/limits.ts';
import { line } from '../members.ts';
import { type Resolve, resolverOf } from './bases.ts';
import { isObject, listIn, type Members, member, objectIn, textIn, wholeIn } from './members.ts';
import type { Once } from './once.ts';

export interface Place {
  /** Relative to the root of the sources where the log lets it be told, else as the log writes it. */
  readonly file: string | null;
  readonly line: number | null;
  readonly region: Region | null;
}

/** §3.30, the parts that are there. Lines and columns count from 1, offsets from 0. */
type Region = Readonly<Partial<Record<(typeof regionParts)[number], number>>>;

const regionParts = ['startLine', 'startColumn', 'endLine', 'endColumn', 'charOffset', 'charLength', 'byteOffset', 'byteLength'] as const;

export function placeOf(location: Members, run: Members, once: Once): Place {
  const physical = member(location, 'physicalLocation');
  const region = objectIn(physical, 'region');
  const startLine = wholeIn(region, 'startLine', 0);
  const parts = regionParts.flatMap((name) => {
    const value = wholeIn(region, name, -1);
    return value < 0 ? [] : [[name, value] as const];
  });
  return {
    file: line(fileOf(member(physical, 'artifactLocation'), run, once), limits.symbolFileBytes) || null,
    line: startLine > 0 ? startLine : null,
    region: parts.length > 0 ? Object.fromEntries(parts) : null,
  };
}

/** §3.4: by its own URI, or by the index of an artifact of the run. */
function fileOf(given: Members, run: Members, once: Once): string {
  const location =
    textIn(given, 'uri') === undefined ? member(elementAt(run, 'artifacts', wholeIn(given, 'index', -1)), 'location') : given;
  const text = textIn(location, 'uri') ?? '';
  if (text.length > limits.sarifUriChars) return text;
  const { resolve, roots } = once('roots', () => rootsOf(run));
  const whole = resolve(location);
  if (whole === undefined) return decoded(text);
  const root = roots.find((one) => whole.startsWith(one) && whole.length > one.length);
  if (root !== undefined) return decoded(whole.slice(root.length));
  return whole.startsWith('file:') ? decoded(text.replace(/^file:\/{0,3}(?=\/)/i, '')) : text;
}

export function elementAt(of: Members, list: string, index: number): Members | undefined {
  const item = index < 0 ? undefined : listIn(of, list)?.[index];
  return isObject(item) ? item : undefined;
}

/** Where repositories are mapped to (§3.23.8), then the bases that rest on no other (§3.14.14), then working directories; not many. */
function rootsOf(run: Members): { resolve: Resolve; roots: string[] } {
  const resolve = resolverOf(run);
  const mapped = (listIn(run, 'versionControlProvenance') ?? []).slice(0, limits.sarifBaseSteps).map((it) => mappedTo(it as Members));
  const bases = Object.values(member(run, 'originalUriBaseIds'))
    .slice(0, limits.sarifBaseSteps)
    .filter((it) => textIn(it as Members, 'uriBaseId') === undefined);
  const working = (listIn(run, 'invocations') ?? []).slice(0, limits.sarifBaseSteps).map((it) => member(it as Members, 'workingDirectory'));
  const roots = [...mapped, ...bases, ...working].flatMap((it) => (isObject(it) ? (resolve(withSlash(it)) ?? []) : []));
  return { resolve, roots };
}

/** A base may be named alone, without a reference that rests on it. */
function mappedTo(details: Members): Members {
  const location = member(details, 'mappedTo');
  return textIn(location, 'uri') === undefined && textIn(location, 'uriBaseId') !== undefined ? { ...location, uri: '' } : location;
}

function withSlash(location: Members): Members {
  const text = textIn(location, 'uri');
  return text === undefined || text === '' || text.endsWith('/') ? location : { ...location, uri: `${text}/` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** §3.33: the function, method or type that the location lies in, by its own words or by the index of the run's. */
export function functionOf(location: Members, run: Members): string {
  const [first] = listIn(location, 'logicalLocations') ?? [];
  if (!isObject(first)) return '';
  const named = [first, elementAt(run, 'logicalLocations', wholeIn(first, 'index', -1))];
  return ['fullyQualifiedName', 'name', 'decoratedName'].flatMap((name) => named.map((it) => textIn(it, name) ?? '')).find(Boolean) ?? '';
}
