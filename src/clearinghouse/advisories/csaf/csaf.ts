import { isObject, listOf, type Obj, objectOf, objectsIn, type Placed, textOf, textsIn } from './json.ts';
import { momentOf } from './moment.ts';

export type Edition = '2.0' | '2.1';

export interface Branch extends Placed<Obj> {
  readonly category: string;
  readonly name: string;
  readonly parent: Branch | undefined;
  /** How often `branches` stands in its pointer. */
  readonly depth: number;
}

/** A full product name: in a branch, in the list, or made by a relationship (2.0) or product path (2.1). */
export interface Product extends Placed<Obj> {
  readonly id: string | undefined;
  readonly branch: Branch | undefined;
  readonly path: Path | undefined;
  /** Its product_identification_helper. */
  readonly helper: Placed<Obj> | undefined;
}

interface Path extends Placed<Obj> {
  /** Products it is made of, in their order, with the category that leads to each. */
  readonly references: readonly Placed<string>[];
  readonly categories: readonly string[];
  readonly id: string | undefined;
}

export interface Revision extends Placed<Obj> {
  readonly number: string;
  readonly moment: number;
}

/** A score (2.0) or a metric (2.1). */
export interface Metric extends Placed<Obj> {
  readonly content: Placed<Obj>;
  readonly products: readonly Placed<string>[];
  readonly source: string | undefined;
}

export interface Vulnerability extends Placed<Obj> {
  readonly statuses: ReadonlyMap<string, readonly Placed<string>[]>;
  readonly metrics: readonly Metric[];
  list(key: string): readonly Placed<Obj>[];
}

/** A CSAF document with all its parts found and placed, whatever else is wrong with it. */
export interface Csaf {
  readonly edition: Edition;
  readonly root: Obj;
  readonly document: Obj;
  readonly category: string;
  readonly tracking: Obj;
  readonly status: string;
  /** In TLP 2.0's words: WHITE is CLEAR. */
  readonly tlp: string | undefined;
  readonly language: string | undefined;
  readonly notes: readonly Placed<Obj>[];
  readonly references: readonly Placed<Obj>[];
  readonly revisions: readonly Revision[];
  readonly tree: Obj;
  readonly branches: readonly Branch[];
  readonly products: readonly Product[];
  readonly paths: readonly Path[];
  readonly groups: readonly Placed<Obj>[];
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly vulnerabilities: readonly Vulnerability[];
}

export function readCsaf(root: Obj): Csaf {
  const document = objectOf(root.document);
  const edition: Edition = document.csaf_version === '2.1' ? '2.1' : '2.0';
  const tracking = objectOf(document.tracking);
  const tree = objectOf(root.product_tree);
  const { branches, products } = productsOf(tree, edition);
  const label = textOf(objectOf(objectOf(document.distribution).tlp).label);
  const groups = objectsIn(tree, 'product_groups', '/product_tree');
  const members = new Map<string, readonly string[]>();
  for (const { value } of groups)
    if (typeof value.group_id === 'string')
      members.set(
        value.group_id,
        listOf(value.product_ids).filter((id) => typeof id === 'string'),
      );
  return {
    edition,
    root,
    document,
    category: textOf(document.category) ?? '',
    tracking,
    status: textOf(tracking.status) ?? '',
    tlp: label === 'WHITE' ? 'CLEAR' : label,
    language: textOf(document.lang),
    notes: objectsIn(document, 'notes', '/document'),
    references: objectsIn(document, 'references', '/document'),
    revisions: revisionsOf(tracking),
    tree,
    branches,
    products,
    paths: products.flatMap((product) => product.path ?? []),
    groups,
    members,
    vulnerabilities: objectsIn(root, 'vulnerabilities', '').map((v) => vulnerabilityOf(v, edition)),
  };
}

/** Those with a date and a number; the order is that of the document. */
function revisionsOf(tracking: Obj): Revision[] {
  return objectsIn(tracking, 'revision_history', '/document/tracking').flatMap(({ pointer, value }) => {
    const moment = momentOf(value.date);
    return moment === undefined || typeof value.number !== 'string' ? [] : [{ pointer, value, moment, number: value.number }];
  });
}

/** Branches deeper than this hold no product that any test would still look at: 2.1 allows 30. */
const deepest = 200;

function productsOf(tree: Obj, edition: Edition): { branches: Branch[]; products: Product[] } {
  const branches: Branch[] = [];
  const products: Product[] = [];
  const visit = (parent: Obj, pointer: string, above: Branch | undefined, depth: number): void => {
    if (depth > deepest) return;
    for (const { pointer: at, value } of objectsIn(parent, 'branches', pointer)) {
      const branch = { pointer: at, value, category: textOf(value.category) ?? '', name: textOf(value.name) ?? '', parent: above, depth };
      branches.push(branch);
      if (isObject(value.product)) products.push(productOf(value.product, `${at}/product`, branch, undefined));
      visit(value, at, branch, depth + 1);
    }
  };
  visit(tree, '/product_tree', undefined, 1);
  for (const { pointer, value } of objectsIn(tree, 'full_product_names', '/product_tree'))
    products.push(productOf(value, pointer, undefined, undefined));
  const key = edition === '2.1' ? 'product_paths' : 'relationships';
  for (const placed of objectsIn(tree, key, '/product_tree')) {
    const full = objectOf(placed.value.full_product_name);
    products.push(productOf(full, `${placed.pointer}/full_product_name`, undefined, pathOf(placed, edition, textOf(full.product_id))));
  }
  return { branches, products };
}

function productOf(value: Obj, pointer: string, branch: Branch | undefined, path: Path | undefined): Product {
  const helper = value.product_identification_helper;
  return {
    pointer,
    value,
    id: textOf(value.product_id),
    branch,
    path,
    helper: isObject(helper) ? { pointer: `${pointer}/product_identification_helper`, value: helper } : undefined,
  };
}

function pathOf({ pointer, value }: Placed<Obj>, edition: Edition, id: string | undefined): Path {
  const steps = objectsIn(value, 'subpaths', pointer);
  const places: [string, unknown][] =
    edition === '2.1'
      ? [
          [`${pointer}/beginning_product_reference`, value.beginning_product_reference],
          ...steps.map((s): [string, unknown] => [`${s.pointer}/next_product_reference`, s.value.next_product_reference]),
        ]
      : [
          [`${pointer}/product_reference`, value.product_reference],
          [`${pointer}/relates_to_product_reference`, value.relates_to_product_reference],
        ];
  const categories = edition === '2.1' ? steps.map((s) => textOf(s.value.category) ?? '') : [textOf(value.category) ?? ''];
  const references = places.flatMap(([at, reference]) => (typeof reference === 'string' ? [{ pointer: at, value: reference }] : []));
  return { pointer, value, references, categories, id };
}

function vulnerabilityOf({ pointer, value }: Placed<Obj>, edition: Edition): Vulnerability {
  const status = objectOf(value.product_status);
  const statuses = new Map<string, readonly Placed<string>[]>();
  for (const name of Object.keys(status)) statuses.set(name, textsIn(status, name, `${pointer}/product_status`));
  const metrics = objectsIn(value, edition === '2.1' ? 'metrics' : 'scores', pointer).map(
    (metric): Metric => ({
      ...metric,
      content: edition === '2.1' ? { pointer: `${metric.pointer}/content`, value: objectOf(metric.value.content) } : metric,
      products: textsIn(metric.value, 'products', metric.pointer),
      source: textOf(metric.value.source),
    }),
  );
  const lists = new Map<string, readonly Placed<Obj>[]>();
  const list = (key: string) => {
    const known = lists.get(key) ?? objectsIn(value, key, pointer);
    lists.set(key, known);
    return known;
  };
  return { pointer, value, statuses, metrics, list };
}
