import { isRefusal } from '../../../../base/refusal.ts';
import { canonicalPurl } from '../../../inventories/purl.ts';
import { noIdentifiers, type Product, type Source, type Vulnerability } from '../../source.ts';
import { purlOfVersion } from '../ecosystem.ts';
import { type Interval, intervalsOf, leavesOf, schemeOf, type VersionLeaf } from './intervals.ts';

/**
 * CSAF has no ranges but products named by them: a product with versions becomes leaves of the tree, `<id>#r0` and on for its ranges,
 * `<id>#v0` for versions that are listed, and, where it is affected, `<id>#f0` for those that fix it, which the vulnerability then lists.
 */
export function expand(source: Source): Source {
  const parts = new Map<string, Parts>();
  const isPart = new Set(source.relationships.flatMap((r) => [r.product, ...r.steps.map((s) => s.of)]));
  const affected = new Set(source.vulnerabilities.flatMap((v) => affectedIn(v)));
  for (const product of source.products) {
    const own = isPart.has(product.id) ? undefined : partsOf(product, affected.has(product.id));
    if (own) parts.set(product.id, own);
  }
  if (parts.size === 0 && source.products.every((p) => p.versions === null)) return source;
  const ids = (given: readonly string[]) => given.flatMap((id) => parts.get(id)?.said.map((p) => p.id) ?? id);
  return renamed(
    {
      ...source,
      products: source.products.flatMap((p) => {
        const own = parts.get(p.id);
        return own ? [...own.said, ...own.fixed] : { ...p, versions: null };
      }),
    },
    ids,
    (v) => affectedIn(v).flatMap((id) => parts.get(id)?.fixed.map((p) => p.id) ?? []),
  );
}

interface Parts {
  readonly said: readonly Product[];
  readonly fixed: readonly Product[];
}

export function affectedIn({ status }: Vulnerability): string[] {
  const lists = [status.known_affected, status.first_affected, status.last_affected];
  return [...new Set(lists.flatMap((list) => list ?? []))];
}

function partsOf(product: Product, isAffected: boolean): Parts | undefined {
  const { versions } = product;
  if (!versions || (versions.ranges.length === 0 && versions.listed.length === 0)) return undefined;
  const path = product.path.length > 0 ? product.path : [{ category: 'product_name', name: product.name }];
  const { name, package: named } = product;
  const part = (id: string, leaf: VersionLeaf, version: string | null, identifiers = noIdentifiers): Product => {
    const purl = named === null || version === null ? undefined : versionPurl(named, version);
    const known = purl === undefined ? identifiers : { ...identifiers, purls: [purl] };
    return { id, name: `${name} ${leaf.name}`, path: [...path, leaf], package: named, versions: null, identifiers: known };
  };
  const ranges = bySchemes(product).flatMap(({ scheme, intervals, repository }) =>
    leavesOf(scheme, intervals).map((leaf) => ({ leaf, repository })),
  );
  const said = [
    ...ranges.map(({ leaf, repository }, i) => {
      // What else identifies the product is said once, so that no two products share it (CSAF 6.2.32).
      const own = i === 0 ? product.identifiers : noIdentifiers;
      const uris = repository === null ? own.uris : [...own.uris, { namespace: repositories, uri: repository }];
      return part(`${product.id}#r${i}`, leaf, leaf.category === 'product_version' ? leaf.name : null, { ...own, uris });
    }),
    ...versions.listed.map((version, i) => {
      const own = i === 0 && ranges.length === 0 ? product.identifiers : noIdentifiers;
      return part(`${product.id}#v${i}`, { category: 'product_version', name: version }, version, own);
    }),
  ];
  if (said.length === 0) return undefined;
  const fixes = isAffected ? versions.ranges.flatMap((r) => r.events.flatMap((e) => (e.kind === 'fixed' ? e.version : []))) : [];
  const fixed = [...new Set(fixes)].map((version, i) =>
    part(`${product.id}#f${i}`, { category: 'product_version', name: version }, version),
  );
  return { said: said.map((one, i) => (i === 0 && product.beyond ? { ...one, beyond: product.beyond } : one)), fixed };
}

/** Whose commits a range of commits is of: the namespace of the generic URI that says so. */
export const repositories = 'https://ossf.github.io/osv-schema/#affectedrangesrepo-field';

function bySchemes(product: Product): { scheme: string; intervals: Interval[]; repository: string | null }[] {
  const found: { scheme: string; intervals: Interval[]; repository: string | null }[] = [];
  for (const range of product.versions?.ranges ?? []) {
    const scheme = schemeOf(product, range);
    const last = found.at(-1);
    if (last?.scheme === scheme && last.repository === range.repository) last.intervals.push(...intervalsOf(range));
    else found.push({ scheme, intervals: intervalsOf(range), repository: range.repository });
  }
  return found.filter(({ intervals }) => intervals.length > 0);
}

function versionPurl(named: string, version: string): string | undefined {
  const purl = canonicalPurl(purlOfVersion(named, version));
  return isRefusal(purl) ? undefined : purl;
}

/** The same source with other ids of its products, wherever one is named; `fixed` names more that a vulnerability is fixed in. */
export function renamed(
  source: Source,
  ids: (given: readonly string[]) => string[],
  fixed: (v: Vulnerability) => readonly string[],
): Source {
  const about = <T extends { readonly productIds: readonly string[] }>(item: T): T => ({ ...item, productIds: ids(item.productIds) });
  const some = <T extends { readonly productIds?: readonly string[] }>(item: T): T =>
    item.productIds ? { ...item, productIds: ids(item.productIds) } : item;
  return {
    ...source,
    notes: source.notes.map(some),
    groups: source.groups.map(about),
    vulnerabilities: source.vulnerabilities.map((v) => ({
      ...v,
      ids: v.ids.map(some),
      notes: v.notes.map(some),
      status: statusOf(v, ids, fixed(v)),
      justifications: v.justifications.map(about),
      threats: v.threats.map(about),
      remedies: v.remedies.map(about),
      scores: v.scores.map(about),
      involvements: v.involvements.map(about),
      exploitedAt: v.exploitedAt.map(about),
    })),
  };
}

function statusOf(v: Vulnerability, ids: (given: readonly string[]) => string[], fixed: readonly string[]): Vulnerability['status'] {
  const lists = Object.entries(v.status).map(([list, given]) => [list, ids(given)] as const);
  const status: Record<string, readonly string[]> = Object.fromEntries(lists);
  if (fixed.length > 0) status.fixed = [...new Set([...(status.fixed ?? []), ...fixed])];
  return Object.fromEntries(Object.entries(status).filter(([, list]) => list.length > 0));
}
