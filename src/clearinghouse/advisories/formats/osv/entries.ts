import { isObject, type Obj } from '../../csaf/json.ts';
import type { Source } from '../../source.ts';
import { ecosystemOf } from '../ecosystem.ts';
import { withLeftover } from './beyond.ts';
import { severityOf } from './severity.ts';

export type Product = Source['products'][number];
type Range = NonNullable<Product['versions']>['ranges'][number];

/** Products that some flaw affects, those made of parts among them; what is fixed or not affected is none of OSV's business. */
export function affectedProducts(source: Source): Product[] {
  const ids = new Set(
    source.vulnerabilities.flatMap(({ status }) => [
      ...(status.known_affected ?? []),
      ...(status.first_affected ?? []),
      ...(status.last_affected ?? []),
    ]),
  );
  const composed = source.relationships.map(({ id, name, product, package: named, identifiers, beyond }): Product => {
    const part = source.products.find((p) => p.id === product);
    const at = named ?? part?.package ?? null;
    return { id, name, path: part?.path ?? [], package: at, versions: part?.versions ?? null, identifiers, ...(beyond ? { beyond } : {}) };
  });
  return [...source.products, ...composed].filter((p) => ids.has(p.id));
}

/** One entry a package, its products' ranges in it; what has no package that OSV knows stands apart under its name. */
export function affectedOf(source: Source, products: readonly Product[]): Obj[] {
  const hasSeverities = products.some((p) => severityOf(source, products, p.id).length > 0);
  // What was read from OSV is as many entries as it was.
  const key = (p: Product) => (p.package === null || source.beyond.osv !== undefined || hasSeverities ? p.id : p.package);
  return [...Map.groupBy(products, key).values()].map((own) => entryOf(source, products, own));
}

function entryOf(source: Source, products: readonly Product[], own: readonly Product[]): Obj {
  const [first] = own as readonly [Product];
  const { name, package: named } = first.package === null ? { name: null, package: '' } : ecosystemOf(first.package);
  const severity = severityOf(source, products, first.id);
  const ranges = own.flatMap((product) =>
    (rangesOf(product) ?? []).map((range) => rangeOut(range, own.length > 1 ? product.id : undefined)),
  );
  const listed = [...new Set(own.flatMap(listedOf))];
  const written: Obj = {
    ...(name === null ? {} : { package: { ecosystem: name, name: named, purl: first.package } }),
    ...(severity.length > 0 ? { severity } : {}),
    ...(ranges.length > 0 ? { ranges } : {}),
    ...(listed.length > 0 ? { versions: listed } : {}),
    // OSV cannot name a package of an ecosystem it does not list, nor a product that is no package; people still can tell what is meant.
    ...(name === null ? { database_specific: first.package === null ? productOut(first) : { purl: first.package } } : {}),
  };
  return withLeftover(written, first.beyond?.osv);
}

/** A package of which nobody says which versions are meant: all of them. */
function rangesOf({ versions, package: named, identifiers, beyond }: Product): readonly Range[] | undefined {
  if (versions) return versions.ranges;
  if (named === null || identifiers.purls.length > 0 || beyond?.osv !== undefined) return undefined;
  const { rangeType } = ecosystemOf(named);
  return [{ type: rangeType, repository: null, events: [{ kind: 'introduced', version: '0' }] }];
}

function listedOf({ versions, identifiers }: Product): readonly string[] {
  if (versions) return versions.listed;
  return identifiers.purls.flatMap((purl) => /@([^?#@/]+)(?:[?#]|$)/.exec(purl)?.[1] ?? []).flatMap(decoded);
}

function decoded(text: string): string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
}

/** OSV: `database_specific` of a range is for converting back; the products of one package are told apart by it. */
export function rangeOut(range: Range, productId: string | undefined): Obj {
  const written: Obj = {
    type: range.type,
    ...(range.repository === null ? {} : { repo: range.repository }),
    events: range.events.map(({ kind, version }) => ({ [kind === 'last-affected' ? 'last_affected' : kind]: version })),
    ...(productId === undefined ? {} : { database_specific: { product_id: productId } }),
  };
  return withLeftover(written, range.beyond?.osv);
}

function productOut({ name, path, identifiers }: Product): Obj {
  const { cpe, purls } = identifiers;
  const where = path.map((step) => ({ category: step.category, name: step.name }));
  return {
    product: {
      name,
      ...(where.length > 0 ? { path: where } : {}),
      ...(cpe === null ? {} : { cpe }),
      ...(purls.length > 0 ? { purls } : {}),
    },
  };
}

/** Whether an entry is one of ours that stands for a product without a package. */
export function productIn(specific: unknown): Obj | undefined {
  return isObject(specific) && isObject(specific.product) ? specific.product : undefined;
}
