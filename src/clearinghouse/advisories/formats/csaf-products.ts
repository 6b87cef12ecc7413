import type { AffectedRange } from '../text.ts';
import { type Ecosystem, ecosystemOf, purlOfVersion, versRange } from './ecosystem.ts';

interface Product {
  readonly id: string;
  /** What the package is called. */
  readonly of: string;
}

export interface Products {
  /** CSAF 2.0 §3.2.2.1: vendor → product_name → version or version range. */
  readonly branches: readonly object[];
  readonly affected: readonly (Product & { readonly fixedIn: string | null })[];
  readonly fixed: readonly Product[];
}

/** The product tree of an advisory, with the purl that identifies each leaf (§3.1.3.3 product_identification_helper). */
export function productsOf(ranges: readonly AffectedRange[]): Products {
  const affected: Products['affected'][number][] = [];
  const fixed: Product[] = [];
  const vendors = new Map<string, object[]>();
  let number = 0;
  const nextId = () => `BWPID-${String(++number).padStart(4, '0')}`;
  for (const purl of new Set(ranges.map((r) => r.package))) {
    const ecosystem = ecosystemOf(purl);
    const of = ecosystem.package;
    const own = ranges.filter((r) => r.package === purl);
    const leaves: object[] = [];
    for (const range of own) {
      const id = nextId();
      affected.push({ id, of, fixedIn: range.fixed });
      leaves.push(rangeLeaf(ecosystem, range, id));
    }
    for (const version of new Set(own.flatMap((r) => r.fixed ?? []))) {
      const id = nextId();
      fixed.push({ id, of });
      leaves.push(leaf('product_version', version, `${of} ${version}`, id, purlOfVersion(purl, version)));
    }
    const vendor = vendorOf(ecosystem);
    vendors.set(vendor, [...(vendors.get(vendor) ?? []), { category: 'product_name', name: of, branches: leaves }]);
  }
  return { branches: [...vendors].map(([name, branches]) => ({ category: 'vendor', name, branches })), affected, fixed };
}

function rangeLeaf(ecosystem: Ecosystem, range: AffectedRange, id: string): object {
  const vers = versRange(ecosystem, range.introduced, range.fixed);
  return leaf('product_version_range', vers, `${ecosystem.package} ${vers}`, id, range.package);
}

function leaf(category: string, name: string, fullName: string, id: string, purl: string): object {
  return { category, name, product: { name: fullName, product_id: id, product_identification_helper: { purl } } };
}

/** CSAF wants a vendor; for a package of a registry or distribution, that is who hands it out. */
function vendorOf(ecosystem: Ecosystem): string {
  return ecosystem.name ?? ecosystem.type;
}
