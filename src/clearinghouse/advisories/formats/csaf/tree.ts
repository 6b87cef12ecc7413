import type { Edition } from '../../csaf/csaf.ts';
import type { Obj } from '../../csaf/json.ts';
import type { Product, Relationship, Source } from '../../source.ts';
import { helperOf } from './identification.ts';
import { members } from './members.ts';

type Named = Pick<Product, 'id' | 'name' | 'package' | 'identifiers' | 'beyond'>;

interface Branch {
  readonly category: string;
  readonly name: string;
  readonly branches: Branch[];
  product?: Obj;
}

/** The product tree (CSAF §3.2.2) of a source whose products are single leaves. */
export function treeOf(source: Source, edition: Edition): Obj | undefined {
  const roots: Branch[] = [];
  for (const product of source.products) if (product.path.length > 0) place(roots, product, edition);
  return members({
    branches: roots.map(branchOf),
    full_product_names: source.products.filter((p) => p.path.length === 0).map((p) => fullName(p, edition)),
    product_groups: source.groups.map((g) => members({ group_id: g.id, product_ids: g.productIds, summary: g.summary })),
    ...(edition === '2.1'
      ? { product_paths: source.relationships.map((r) => pathOf(r)) }
      : { relationships: source.relationships.flatMap((r) => relationshipsOf(r)) }),
  });
}

/** Into the branch that was written last, where it is the same: so what is read keeps its order. */
function place(roots: Branch[], product: Product, edition: Edition): void {
  let level = roots;
  for (const [i, { category, name }] of product.path.entries()) {
    const last = level.at(-1);
    const isLeaf = i === product.path.length - 1;
    const fits = !isLeaf && last?.category === category && last.name === name && !last.product;
    const branch: Branch = fits ? last : { category, name, branches: [] };
    if (!fits) level.push(branch);
    if (isLeaf) branch.product = fullName(product, edition);
    level = branch.branches;
  }
}

function branchOf({ category, name, branches, product }: Branch): Obj {
  return product ? { category, name, product } : { category, name, branches: branches.map(branchOf) };
}

function fullName(product: Named, edition: Edition): Obj {
  return members({
    name: product.name,
    product_id: product.id,
    product_identification_helper: helperOf(product, edition),
    ...(product.beyond?.[`csaf${edition}`] as object | undefined),
  })!;
}

/** CSAF 2.1, "Product Paths" */
function pathOf(relationship: Relationship): Obj {
  return {
    beginning_product_reference: relationship.product,
    full_product_name: fullName(relationship, '2.1'),
    subpaths: relationship.steps.map(({ category, of }) => ({ category, next_product_reference: of })),
  };
}

/** 2.0 goes one step at a time: products that stand for the way so far come between. */
function relationshipsOf(relationship: Relationship): Obj[] {
  const between = (i: number) => `${relationship.id}#p${i}`;
  return relationship.steps.map(({ category, of }, i) => {
    const isLast = i === relationship.steps.length - 1;
    const name = { name: `${relationship.name} (step ${i + 1})`, product_id: between(i) };
    return {
      category,
      full_product_name: isLast ? fullName(relationship, '2.0') : name,
      product_reference: i === 0 ? relationship.product : between(i - 1),
      relates_to_product_reference: of,
    };
  });
}
