import type { Csaf, Vulnerability } from './csaf.ts';
import { type Obj, type Placed, textsIn } from './json.ts';

const listsWithProducts = ['first_known_exploitation_dates', 'flags', 'ids', 'involvements', 'notes', 'remediations', 'threats'];
const lists20 = ['flags', 'remediations', 'threats'];

/** Every place that names a product by its id and does not define it: the paths of 6.1.1. */
export function productReferences(csaf: Csaf): Placed<string>[] {
  const found: Placed<string>[] = [];
  const take = (placed: Iterable<Placed<string>>) => {
    for (const one of placed) found.push(one);
  };
  if (csaf.edition === '2.1') for (const note of csaf.notes) take(textsIn(note.value, 'product_ids', note.pointer));
  for (const group of csaf.groups) take(textsIn(group.value, 'product_ids', group.pointer));
  for (const path of csaf.paths) take(path.references);
  for (const vulnerability of csaf.vulnerabilities) {
    for (const metric of vulnerability.metrics) take(metric.products);
    for (const products of vulnerability.statuses.values()) take(products);
    for (const item of bound(csaf, vulnerability)) take(textsIn(item.value, 'product_ids', item.pointer));
  }
  return found;
}

/** Every place that names a product group: the paths of 6.1.4. */
export function groupReferences(csaf: Csaf): Placed<string>[] {
  const found = csaf.edition === '2.1' ? csaf.notes.flatMap((note) => textsIn(note.value, 'group_ids', note.pointer)) : [];
  for (const vulnerability of csaf.vulnerabilities)
    for (const item of bound(csaf, vulnerability)) for (const group of textsIn(item.value, 'group_ids', item.pointer)) found.push(group);
  return found;
}

function* bound(csaf: Csaf, vulnerability: Vulnerability): Generator<Placed<Obj>> {
  for (const key of csaf.edition === '2.1' ? listsWithProducts : lists20) yield* vulnerability.list(key);
}

/**
 * Visits each product that items name, directly or through a group, once per `kind` of item and with the first item that says so.
 * A group is opened once per kind, so that the work stays in proportion to the document.
 */
export function visitCovered<K>(
  csaf: Csaf,
  items: readonly Placed<Obj>[],
  kindOf: (item: Placed<Obj>) => K,
  visit: (product: string, kind: K, item: Placed<Obj>) => void,
): void {
  const opened = new Map<K, Set<string>>();
  for (const item of items) {
    const kind = kindOf(item);
    for (const { value } of textsIn(item.value, 'product_ids', item.pointer)) visit(value, kind, item);
    const seen = opened.get(kind) ?? new Set();
    opened.set(kind, seen);
    for (const { value: group } of textsIn(item.value, 'group_ids', item.pointer)) {
      if (seen.has(group)) continue;
      seen.add(group);
      for (const product of csaf.members.get(group) ?? []) visit(product, kind, item);
    }
  }
}

/** Every product that some item names, directly or through a group. */
export function covered(csaf: Csaf, items: readonly Placed<Obj>[]): Set<string> {
  const products = new Set<string>();
  visitCovered(
    csaf,
    items,
    () => '',
    (product) => void products.add(product),
  );
  return products;
}
