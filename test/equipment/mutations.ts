/** Documents made of a valid one by small changes, for comparing verdicts: the same numbers make the same change. */

type Parent = Record<string | number, unknown>;

const spikes: readonly unknown[] = [
  null,
  '',
  ' ',
  'x',
  0,
  11,
  -1,
  1.5,
  true,
  [],
  {},
  ['a', 'a'],
  '2.0',
  '5.2.1',
  'en-GB',
  'de',
  'CVE-2024-12345',
  'CVE-2024-123',
  'CWE-79',
  '2024-02-30T00:00:00Z',
  '2024-02-29T00:00:00',
  '2100-02-29T00:00:00Z',
  '2024-12-31T23:59:60Z',
  '2024-01-01',
  'http://a b',
  'http://[::1]:80/a?b#c',
  'http://[::1',
  'https://a/%zz',
  'urn:x',
  'a:',
  'pkg:npm/%40a/b@1',
  'b3476cb9-2e3d-41a6-98d0-0f47421a65b6',
  'cpe:2.3:a:x:y:1:*:*:*:*:*:*:*',
  'cpe:/a:x',
  'x'.repeat(257),
  'x'.repeat(4097),
  '\u{1f600}'.repeat(256),
];
const edits: readonly ((text: string) => string)[] = [
  (text) => text.slice(1),
  (text) => text.slice(0, -1),
  (text) => `${text}x`,
  (text) => `${text} `,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.repeat(40),
  (text) => text.replace(/[:/-]/, ''),
  (text) => text.replace(/\d/, '9'),
];

function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.keys(value).flatMap((key) => places((value as Parent)[key], [...path, key]))];
}

/** How many kinds of change there are: `kind` of `mutated` is below it. */
export const mutationKinds = spikes.length + edits.length + 3;

/** A copy with one value taken away, doubled, added to, exchanged or, where it is a text, edited. `under` picks where. */
export function mutated(document: unknown, at: number, kind: number, under: (path: readonly string[]) => boolean = () => true): unknown {
  const copy: unknown = structuredClone(document);
  const all = places(copy).filter((path) => path.length > 0 && under(path));
  if (all.length === 0) return copy;
  const path = all[at % all.length]!;
  const key = path.at(-1)!;
  const parent = path.slice(0, -1).reduce<unknown>((value, name) => (value as Parent)[name], copy) as Parent | unknown[];
  if (Array.isArray(parent)) {
    if (kind === 0) parent.splice(Number(key), 1);
    else if (kind === 1) parent.push(structuredClone(parent[Number(key)]));
    else parent[Number(key)] = changed(parent[Number(key)], kind);
  } else if (kind === 0) delete parent[key];
  else if (kind === 1) parent[`${key}_x`] = 1;
  else if (kind === 2) parent[`x_${key}`] = parent[key];
  else parent[key] = changed(parent[key], kind);
  return copy;
}

function changed(value: unknown, kind: number): unknown {
  const edit = edits[kind - 3 - spikes.length];
  if (edit) return typeof value === 'string' ? edit(value) : value;
  return spikes[(kind + spikes.length - 3) % spikes.length];
}
