import { canonical } from '../../../../base/canonical.ts';
import { noIdentifiers, type Product, type Range, type Source } from '../../source.ts';
import { affectedIn, expand, renamed, repositories } from './expansion.ts';
import { intervalsIn, typeOf, type VersionLeaf } from './intervals.ts';

const partId = /^(.+)#([rvf])(0|[1-9]\d{0,5})$/s;

/** Leaves that `expand` made become one product again. Nothing is folded that would not be expanded to exactly the same. */
export function fold(source: Source): Source {
  const families = new Map<string, Product[]>();
  for (const product of source.products) {
    const of = partId.exec(product.id)?.[1];
    if (of !== undefined) families.set(of, [...(families.get(of) ?? []), product]);
  }
  if (families.size === 0) return source;
  const affected = new Set(source.vulnerabilities.flatMap((v) => affectedIn(v)));
  const whole = new Map<string, Product>();
  for (const [id, parts] of families) {
    const product = foldedOf(id, parts, affected);
    if (product) whole.set(id, product);
  }
  const ids = (given: readonly string[]) => [...new Set(given.flatMap((id) => foldedId(id, whole)))];
  const products = source.products.flatMap((p) => (partId.test(p.id) ? firstOf(p, whole) : p));
  const folded = renamed({ ...source, products }, ids, () => []);
  return canonical(expand(folded)) === canonical(source) ? folded : source;
}

function foldedId(id: string, whole: ReadonlyMap<string, Product>): string[] {
  const [, of = '', kind] = partId.exec(id) ?? [];
  if (!whole.has(of)) return [id];
  return kind === 'f' ? [] : [of];
}

/** The product stands where the first of its parts did. */
function firstOf(part: Product, whole: ReadonlyMap<string, Product>): Product[] {
  const [, of = '', kind, number] = partId.exec(part.id)!;
  const product = whole.get(of);
  if (!product) return [part];
  const isFirst = number === '0' && (kind === 'r' || (kind === 'v' && (product.versions?.ranges.length ?? 0) === 0));
  return isFirst ? [product] : [];
}

function foldedOf(id: string, parts: readonly Product[], affected: ReadonlySet<string>): Product | undefined {
  const of = (kind: string) => parts.filter((p) => partId.exec(p.id)![2] === kind);
  const [ranged, listed] = [of('r'), of('v')];
  const first = ranged[0] ?? listed[0];
  const leaf = first?.path.at(-1);
  if (!first || !leaf || !first.name.endsWith(` ${leaf.name}`)) return undefined;
  const fixes = new Set(of('f').map((p) => p.path.at(-1)?.name));
  const isAffected = [...ranged, ...listed].some((p) => affected.has(p.id));
  const ranges: Range[] = [];
  for (const part of ranged) {
    const read = intervalsIn(part.path.at(-1) as VersionLeaf, (version) => !isAffected || fixes.has(version));
    if (!read) return undefined;
    const repository = part.identifiers.uris.find((one) => one.namespace === repositories)?.uri ?? null;
    for (const { from, to } of read.intervals)
      ranges.push({
        type: typeOf(part, read.scheme),
        repository,
        events: [{ kind: 'introduced', version: from }, ...(to === null ? [] : [to])],
      });
  }
  const name = first.name.slice(0, -leaf.name.length - 1);
  const above = first.path.slice(0, -1);
  const isBare = above.length === 1 && above[0]!.category === 'product_name' && above[0]!.name === name;
  return {
    id,
    name,
    path: isBare ? [] : above,
    package: first.package,
    versions: { ranges, listed: listed.map((p) => p.path.at(-1)!.name) },
    identifiers: identifiersOf(first),
    ...(first.beyond ? { beyond: first.beyond } : {}),
  };
}

/** Without what names the part's own version or repository. */
function identifiersOf(first: Product): Product['identifiers'] {
  const uris = first.identifiers.uris.filter((one) => one.namespace !== repositories);
  const isVersion = first.package !== null && first.path.at(-1)!.category === 'product_version';
  return { ...noIdentifiers, ...first.identifiers, uris, purls: isVersion ? [] : first.identifiers.purls };
}
