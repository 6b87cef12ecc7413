import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import { genericPurl, purlOf } from './drafting.ts';
import { isObject, listOf, type Members, objectsOf, textOf, textsOf, within } from './members.ts';

/** A product of a CSAF product tree, by what may be told of it. */
export interface Product {
  readonly name: string;
  /** As the tree itself identifies it. */
  readonly purl?: string;
  /** `pkg:generic/vendor/product`, from the branches it hangs on. */
  readonly generic?: string;
  readonly version?: string;
  readonly range?: string;
  readonly cpe?: string;
}

type Products = ReadonlyMap<string, Product>;

/** Every product by its id: those of the branches, those named in full, those made by relationships (CSAF 2.1 §3.2.3). */
export function productsOf(tree: Members): Products | Refusal {
  const products = new Map<string, Product>();
  const add = (full: unknown, path: Readonly<Record<string, string>>) => {
    const id = textOf(within(full).product_id);
    if (id !== '') products.set(id, productOf(within(full), path));
  };
  for (const full of objectsOf(tree.full_product_names)) add(full, {});
  const queue: { branch: Members; path: Readonly<Record<string, string>> }[] = objectsOf(tree.branches).map((branch) => ({
    branch,
    path: {},
  }));
  for (let i = 0; i < queue.length; i++) {
    if (i >= limits.csafBranches)
      return refuse('too_large', `a product tree holds at most ${limits.csafBranches} branches`, '/product_tree/branches');
    const { branch, path } = queue[i]!;
    const here = { ...path, [textOf(branch.category).slice(0, 64)]: textOf(branch.name) };
    if (isObject(branch.product)) add(branch.product, here);
    for (const inner of objectsOf(branch.branches)) queue.push({ branch: inner, path: here });
  }
  for (const relation of [...objectsOf(tree.relationships), ...objectsOf(tree.product_paths)]) addRelated(relation, products);
  return products;
}

function productOf(full: Members, path: Readonly<Record<string, string>>): Product {
  const helper = within(full.product_identification_helper);
  const purl = [helper.purl, ...listOf(helper.purls)].map((p) => purlOf({ purl: p })).find((p) => p !== undefined);
  const name = textOf(full.name);
  const generic = genericPurl(path.vendor ?? '', path.product_name || path.product_family || name);
  const given = { purl, generic, version: path.product_version, range: path.product_version_range, cpe: textOf(helper.cpe) || undefined };
  return { name, ...(Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)) as Omit<Product, 'name'>) };
}

/** A component within a platform is, for a finding, the component. */
function addRelated(relation: Members, products: Map<string, Product>): void {
  const full = within(relation.full_product_name);
  const component = products.get(textOf(relation.product_reference ?? relation.beginning_product_reference));
  const id = textOf(full.product_id);
  if (id === '') return;
  const own = productOf(full, {});
  products.set(id, { ...component, ...(own.purl === undefined ? {} : { purl: own.purl }), name: own.name, ...(component ? {} : own) });
}

const open = ['known_affected', 'first_affected', 'last_affected', 'under_investigation'];

/** What may be affected; `none` when a status is told of products, and none is of that kind. Without any status, it is all of them. */
export function affectedProducts(vulnerability: Members, products: Products): readonly Product[] | 'none' {
  const status = within(vulnerability.product_status);
  if (Object.values(status).every((ids) => listOf(ids).length === 0)) return [...products.values()];
  const ids = [...new Set(open.flatMap((name) => textsOf(status[name] ?? [])))];
  if (ids.length === 0) return 'none';
  return ids.map((id) => products.get(id) ?? { name: id });
}
