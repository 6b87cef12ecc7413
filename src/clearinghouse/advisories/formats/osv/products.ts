import { isRefusal } from '../../../../base/refusal.ts';
import { ecosystemNamed, purlOfSoftware } from '../../../findings/formats/ecosystems.ts';
import { packageOf } from '../../../inventories/package-name.ts';
import { canonicalPurl } from '../../../inventories/purl.ts';
import { isObject, listOf, type Obj, objectOf, textOf } from '../../csaf/json.ts';
import { noIdentifiers } from '../../source.ts';
import { ecosystemOf } from '../ecosystem.ts';
import { leftover } from './beyond.ts';
import { type Product, productIn, rangeOut } from './entries.ts';
import { baseOf, suffixOf } from './names.ts';
import { eventKinds } from './schema.ts';

type Range = NonNullable<Product['versions']>['ranges'][number];

/** The entries of a record as products, one each; of a record of ours, those that were written together are taken apart again. */
export function productsIn(record: Obj, isOurs: boolean): Product[] {
  const entries = listOf(record.affected).map(objectOf);
  const found = entries.flatMap((entry) =>
    (isOurs ? apart(entry) : [{ id: null, entry }]).map((one) => ({ id: one.id, ...productOf(one.entry, isOurs) })),
  );
  const taken = new Set(found.flatMap(({ id }) => id ?? []));
  let number = 0;
  const next = (): string => {
    const id = `BWPID-${String(++number).padStart(4, '0')}`;
    return taken.has(id) ? next() : id;
  };
  const named = found.map(({ id, ...product }) => ({ id: id ?? next(), ...product }));
  return isOurs ? named.toSorted((a, b) => (a.id < b.id ? -1 : 1)) : named;
}

/** The entries that one entry was made of: its ranges by the product they name. */
function apart(entry: Obj): { id: string | null; entry: Obj }[] {
  const ranges = listOf(entry.ranges).map(objectOf);
  const idOf = (range: Obj) => textOf(objectOf(range.database_specific).product_id) ?? null;
  if (ranges.length === 0 || ranges.some((range) => idOf(range) === null)) return [{ id: null, entry }];
  return [...Map.groupBy(ranges, idOf)].map(([id, own]) => ({
    id,
    entry: { ...entry, ranges: own.map(({ database_specific: _, ...range }) => range) },
  }));
}

function productOf(entry: Obj, isOurs: boolean): Omit<Product, 'id'> {
  const named = objectOf(entry.package);
  const [ecosystem, name] = [textOf(named.ecosystem), textOf(named.name)];
  const ranges = listOf(entry.ranges).map(objectOf).map(rangeIn);
  const listed = listOf(entry.versions).flatMap((version) => textOf(version) ?? []);
  const versions = Array.isArray(entry.ranges) || Array.isArray(entry.versions) ? { ranges, listed } : null;
  const specific = objectOf(entry.database_specific);
  const nameless = productIn(specific);
  if (nameless) return withoutPackage(nameless, versions);
  const purl = packageIn(named) ?? (ecosystem === undefined ? canonicalPackage(specific.purl) : null);
  if (ecosystem === undefined && purl === null) {
    const repository = ranges.find((range) => range.repository !== null)?.repository ?? 'unknown';
    return { name: repository, path: [], package: null, versions, identifiers: noIdentifiers };
  }
  const of = purl === null ? undefined : ecosystemOf(purl);
  const called = name ?? of?.package ?? '';
  const [vendor, release] = [ecosystem === undefined ? (of?.type ?? '') : baseOf(ecosystem), suffixOf(ecosystem ?? '')];
  const path = [
    { category: 'vendor', name: vendor },
    // CSAF knows families of products: a distribution's release is one.
    ...(release === '' || isOurs ? [] : [{ category: 'product_family', name: `${vendor} ${release}` }]),
    { category: 'product_name', name: called },
  ];
  return { name: called, path, package: purl, versions, identifiers: noIdentifiers };
}

function withoutPackage(said: Obj, versions: Product['versions']): Omit<Product, 'id'> {
  const path = listOf(said.path).flatMap((step) => {
    const [category, name] = isObject(step) ? [textOf(step.category), textOf(step.name)] : [];
    return category === undefined || name === undefined ? [] : [{ category, name }];
  });
  const purls = listOf(said.purls).flatMap((purl) => textOf(purl) ?? []);
  return {
    name: textOf(said.name) ?? 'unknown',
    path,
    package: null,
    versions,
    identifiers: { ...noIdentifiers, purls, cpe: textOf(said.cpe) ?? null },
  };
}

/** The package by its purl, else by its name in its ecosystem; null where the ecosystem has no purl type. */
function packageIn(named: Obj): string | null {
  const own = canonicalPackage(named.purl);
  if (own !== null) return own;
  const [ecosystem, name] = [textOf(named.ecosystem), textOf(named.name)];
  if (ecosystem === undefined || name === undefined) return null;
  const known = ecosystemNamed(baseOf(ecosystem));
  return known ? canonicalPackage(purlOfSoftware(known, name)) : null;
}

function canonicalPackage(purl: unknown): string | null {
  const canonical = typeof purl === 'string' ? canonicalPurl(purl) : undefined;
  return canonical === undefined || isRefusal(canonical) ? null : packageOf(canonical);
}

function rangeIn(given: Obj): Range {
  const events = listOf(given.events)
    .map(objectOf)
    .flatMap((event) => {
      const kind = eventKinds.find((name) => typeof event[name] === 'string');
      return kind === undefined
        ? []
        : [{ kind: kind === 'last_affected' ? ('last-affected' as const) : kind, version: event[kind] as string }];
    });
  const range: Range = { type: given.type as Range['type'], repository: textOf(given.repo) ?? null, events };
  const left = leftover(given, rangeOut(range, undefined));
  return left ? { ...range, beyond: { osv: left } } : range;
}
