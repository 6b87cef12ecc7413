import { isRefusal } from '../../../../base/refusal.ts';
import { formatPurl, parsePurl } from '../../../inventories/purl.ts';
import { type Obj, objectOf, textOf } from '../../csaf/json.ts';
import { noIdentifiers, type Product } from '../../source.ts';
import { intervalsIn, intervalsOf, leavesOf, schemeOf, typeOf, type VersionLeaf } from '../csaf/intervals.ts';
import { ecosystemOf } from '../ecosystem.ts';

type Range = NonNullable<Product['versions']>['ranges'][number];

/** The `@id`s of a product: its package with a version or, in the qualifier `vers`, a range; without a package, an IRI within the document. */
export function writeComponents(product: Product, document: string): Obj[] {
  const { package: named, identifiers, versions } = product;
  const [known] = identifiers.purls;
  const base = named ?? known;
  const cpe = identifiers.cpe === null ? {} : { [identifiers.cpe.startsWith('cpe:2.3') ? 'cpe23' : 'cpe22']: identifiers.cpe };
  const beside = Object.keys(cpe).length === 0 ? {} : { identifiers: cpe };
  if (base === undefined) return [{ '@id': `${document}#${encodeURIComponent(product.id)}`, ...beside }];
  if (!versions || named === null) return [{ '@id': base, ...beside }];
  const leaves: VersionLeaf[] = [
    ...versions.ranges.flatMap((range) => leavesOf(schemeOf(product, range), intervalsOf(range))),
    ...versions.listed.map((name) => ({ category: 'product_version' as const, name })),
  ];
  return leaves.flatMap((leaf) => {
    const id = purlOf(named, leaf);
    return id === undefined ? [] : [{ '@id': id, ...beside }];
  });
}

/** The versions that end an affected range. */
export function writeFixed(product: Product): string[] {
  const ends = (product.versions?.ranges ?? []).flatMap((r) => r.events.filter((e) => e.kind === 'fixed').map((e) => e.version));
  const { package: named } = product;
  if (named === null) return [];
  return [...new Set(ends)].flatMap((name) => purlOf(named, { category: 'product_version', name }) ?? []);
}

function purlOf(named: string, leaf: VersionLeaf): string | undefined {
  const purl = parsePurl(named);
  if (isRefusal(purl)) return undefined;
  if (leaf.category === 'product_version') return formatPurl({ ...purl, version: leaf.name });
  return formatPurl({ ...purl, version: null, qualifiers: { ...purl.qualifiers, vers: leaf.name } });
}

/** A component that was read: the package and what is said of its versions. */
export interface Component {
  /** The package, or what else names it. */
  readonly key: string;
  readonly package: string | null;
  readonly version: string | null;
  readonly range: VersionLeaf | null;
  readonly cpe: string | null;
}

export function readComponent(component: Obj): Component {
  const { purl: given, cpe23, cpe22 } = objectOf(component.identifiers);
  const id = textOf(component['@id']) ?? textOf(given) ?? textOf(cpe23) ?? textOf(cpe22) ?? '';
  const cpe = textOf(cpe23) ?? textOf(cpe22) ?? null;
  const text = /^pkg:/i.test(id) ? id : (textOf(given) ?? '');
  const purl = parsePurl(text);
  if (isRefusal(purl)) return { key: id, package: null, version: null, range: null, cpe };
  const { vers, ...qualifiers } = purl.qualifiers ?? {};
  const named = formatPurl({ ...purl, version: null, qualifiers: Object.keys(qualifiers).length > 0 ? qualifiers : null });
  const range = vers === undefined ? null : { category: 'product_version_range' as const, name: vers };
  return { key: named, package: named, version: purl.version, range, cpe };
}

/** One product of all components of one package. `isFixed` tells a fix from a mere end. */
export function productOf(id: string, components: readonly Component[], isFixed: (version: string) => boolean): Product {
  const [{ key, package: named, cpe }] = components as [Component];
  const ecosystem = named === null ? undefined : ecosystemOf(named.replace(/[?#].*$/s, ''));
  const name = ecosystem?.package ?? key;
  const read = components.flatMap(({ range }) => (range ? [{ range, found: intervalsIn(range, isFixed) }] : []));
  const ranges: Range[] = read.flatMap(({ found }) =>
    (found?.intervals ?? []).map(({ from, to }) => ({
      type: typeOf({ package: named }, found!.scheme),
      repository: null,
      events: [{ kind: 'introduced' as const, version: from }, ...(to ? [to] : [])],
    })),
  );
  const listed = components.flatMap((c) => c.version ?? []);
  return {
    id,
    name,
    path: ecosystem
      ? [
          { category: 'vendor', name: ecosystem.name ?? ecosystem.type },
          { category: 'product_name', name },
        ]
      : [{ category: 'product_name', name }],
    package: named,
    versions: ranges.length + listed.length === 0 ? null : { ranges, listed },
    identifiers: cpe === null ? noIdentifiers : { ...noIdentifiers, cpe },
  };
}
