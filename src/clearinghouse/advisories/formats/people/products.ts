import type { Product, Range, Source, Vulnerability } from '../../source.ts';
import { type Block, plain, type Words, worded } from './blocks.ts';

/** What to call products and groups. */
export interface Names {
  readonly products: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, { readonly summary: string | null; readonly productIds: readonly string[] }>;
}

export function namesOf(source: Source): Names {
  return {
    products: new Map([...source.products, ...source.relationships].map((p) => [p.id, p.name])),
    groups: new Map(source.groups.map((g) => [g.id, g])),
  };
}

/** Names of products, those of groups among them; one that nobody defined is called by its id. */
export function identityOf(productIds: readonly string[], groupIds: readonly string[], names: Names): string {
  const called = (id: string) => names.products.get(id) ?? id;
  const groups = groupIds.map((id) => {
    const group = names.groups.get(id);
    return group ? `${group.summary ?? id} (${group.productIds.map(called).join(', ')})` : id;
  });
  return [...productIds.map(called), ...groups].join(', ');
}

export function productTable(source: Source, names: Names): Block[] {
  const fixed = source.products.some((p) => fixesOf(p).length > 0);
  const statuses = statusesOf(source.vulnerabilities);
  const rows = [
    ...source.products.map((p) => [
      identified(p),
      plain(statuses(p.id)),
      plain(versionWords(p)),
      ...(fixed ? [plain(fixesOf(p).join(', ') || 'none')] : []),
    ]),
    ...source.relationships.map((r) => [
      plain(r.name),
      plain(statuses(r.id)),
      plain(
        [
          names.products.get(r.product) ?? r.product,
          ...r.steps.map((s) => `${s.category.replaceAll('_', ' ')} ${names.products.get(s.of) ?? s.of}`),
        ].join(' '),
      ),
      ...(fixed ? [[]] : []),
    ]),
  ];
  const head = ['Product', 'Status', 'Versions', ...(fixed ? ['Fixed in'] : [])];
  return rows.length === 0 ? [] : [{ kind: 'table', head, rows }];
}

function identified({ name, package: named, identifiers: i }: Product): Words[] {
  const ids = [named, ...i.purls, i.cpe, ...i.modelNumbers, ...i.serialNumbers, ...i.skus, ...i.sbomUrls, ...i.uris.map((u) => u.uri)];
  const files = i.hashes.flatMap((file) => file.hashes.map((h) => `${file.filename} ${h.algorithm}:${h.value}`));
  return [...plain(name), ...[...new Set([...ids, ...files])].flatMap((id) => plain(id))];
}

function statusesOf(vulnerabilities: readonly Vulnerability[]): (id: string) => string {
  const found = new Map<string, string[]>();
  for (const [i, v] of vulnerabilities.entries())
    for (const [list, ids] of Object.entries(v.status))
      for (const id of ids) {
        const of = vulnerabilities.length > 1 ? ` (${v.cve ?? v.title ?? `vulnerability ${i + 1}`})` : '';
        const said = found.get(id) ?? [];
        found.set(id, said);
        said.push(`${worded(list)}${of}`);
      }
  return (id) => found.get(id)?.join('; ') ?? '';
}

function fixesOf({ versions }: Product): string[] {
  return [...new Set(versions?.ranges.flatMap((r) => r.events.flatMap((e) => (e.kind === 'fixed' ? e.version : []))))];
}

/** Versions in words; of a product that is a leaf of a tree, what its last branch says. */
function versionWords({ versions, path }: Product): string {
  if (!versions) return path.at(-1)?.category.startsWith('product_version') ? path.at(-1)!.name : 'as named';
  const ranges = versions.ranges.flatMap(rangeWords);
  return [...ranges, ...(versions.listed.length === 0 ? [] : [`listed: ${versions.listed.join(', ')}`])].join('; ') || 'all';
}

function rangeWords(range: Range): string[] {
  const unit = range.type === 'GIT' ? 'commit ' : '';
  const words = range.events.map(({ kind, version }) => {
    if (kind === 'introduced') return version === '0' ? 'from the first' : `from ${unit}${version}`;
    return kind === 'last-affected' ? `up to and with ${unit}${version}` : `before ${unit}${version}`;
  });
  const where = range.repository === null ? [] : [`of ${range.repository}`];
  return [[...words, ...(range.events.at(-1)?.kind === 'introduced' ? ['on'] : []), ...where].join(' ')];
}
