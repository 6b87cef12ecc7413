import type { Edition } from '../../csaf/csaf.ts';
import type { Obj } from '../../csaf/json.ts';
import type { Product, Source } from '../../source.ts';
import { identificationIn } from './identification.ts';
import { objectIn, objectsIn, rest, textIn, textsIn } from './members.ts';

type Tree = Pick<Source, 'products' | 'groups' | 'relationships'>;

export function treeIn(tree: Obj, edition: Edition): Tree {
  const products: Product[] = [];
  const visit = (branches: readonly Obj[], above: Product['path']): void => {
    for (const branch of branches) {
      const path = [...above, { category: textIn(branch, 'category')!, name: textIn(branch, 'name')! }];
      if (branch.product !== undefined) products.push({ ...namedIn(objectIn(branch, 'product'), edition), path, versions: null });
      visit(objectsIn(branch, 'branches'), path);
    }
  };
  visit(objectsIn(tree, 'branches'), []);
  for (const full of objectsIn(tree, 'full_product_names')) products.push({ ...namedIn(full, edition), path: [], versions: null });
  const groups = objectsIn(tree, 'product_groups').map((group) => ({
    id: textIn(group, 'group_id')!,
    productIds: textsIn(group, 'product_ids'),
    summary: textIn(group, 'summary'),
  }));
  return { products, groups, relationships: edition === '2.1' ? pathsIn(tree) : relationshipsIn(tree) };
}

function namedIn(full: Obj, edition: Edition) {
  const beyond = rest(full, 'name product_id product_identification_helper');
  return {
    id: textIn(full, 'product_id')!,
    name: textIn(full, 'name')!,
    ...identificationIn(objectIn(full, 'product_identification_helper'), edition),
    ...(beyond ? { beyond: { [`csaf${edition}`]: beyond } } : {}),
  };
}

function pathsIn(tree: Obj): Tree['relationships'] {
  return objectsIn(tree, 'product_paths').map((path) => ({
    ...namedIn(objectIn(path, 'full_product_name'), '2.1'),
    product: textIn(path, 'beginning_product_reference')!,
    steps: objectsIn(path, 'subpaths').map((step) => ({
      category: textIn(step, 'category')!,
      of: textIn(step, 'next_product_reference')!,
    })),
  }));
}

function relationshipsIn(tree: Obj): Tree['relationships'] {
  return objectsIn(tree, 'relationships').map((relation) => ({
    ...namedIn(objectIn(relation, 'full_product_name'), '2.0'),
    product: textIn(relation, 'product_reference')!,
    steps: [{ category: textIn(relation, 'category')!, of: textIn(relation, 'relates_to_product_reference')! }],
  }));
}
