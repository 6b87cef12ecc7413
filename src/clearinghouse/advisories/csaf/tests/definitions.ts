import type { Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { textOf } from '../json.ts';
import { groupReferences, productReferences } from '../references.ts';

/** Ids of products and product groups: defined, once, not through themselves, used. */
export const definitions: Clauses = {
  '6.1.1': (csaf, report) => {
    const defined = new Set(csaf.products.map((product) => product.id));
    for (const { pointer, value } of productReferences(csaf))
      if (!defined.has(value)) report(pointer, `the product tree defines no product ${value}`);
  },
  '6.1.2': (csaf, report) => {
    const seen = new Set<string>();
    for (const { id, pointer } of csaf.products) {
      if (id === undefined) continue;
      if (seen.has(id)) report(`${pointer}/product_id`, `the product ${id} is defined before`);
      seen.add(id);
    }
  },
  '6.1.3': (csaf, report) => {
    for (const path of circular(csaf))
      report(`${path.pointer}/full_product_name/product_id`, `the product ${path.id} is defined through itself`);
  },
  '6.1.4': (csaf, report) => {
    for (const { pointer, value } of groupReferences(csaf))
      if (!csaf.members.has(value)) report(pointer, `the product tree defines no product group ${value}`);
  },
  '6.1.5': (csaf, report) => {
    const seen = new Set<string>();
    for (const { pointer, value } of csaf.groups) {
      const id = textOf(value.group_id);
      if (id === undefined) continue;
      if (seen.has(id)) report(`${pointer}/group_id`, `the product group ${id} is defined before`);
      seen.add(id);
    }
  },
  '6.2.1': (csaf, report) => {
    if (csaf.category === 'csaf_informational_advisory') return;
    const used = new Set(productReferences(csaf).map((reference) => reference.value));
    for (const { id, pointer } of csaf.products)
      if (id !== undefined && !used.has(id)) report(`${pointer}/product_id`, `the product ${id} is defined and never used`);
  },
};

export const definitions21: Clauses = {
  '6.3.22': (csaf, report) => {
    const made = new Set(csaf.paths.map((path) => path.id));
    for (const path of csaf.paths)
      for (const { pointer, value } of path.references)
        if (made.has(value)) report(pointer, `the product ${value} is itself made by a product path`);
  },
};

/** Paths that end in a circle: what remains after those are taken away, again and again, whose parts are all settled. */
function circular(csaf: Csaf): Csaf['paths'] {
  const open = new Map<string, number>();
  const users = new Map<string, string[]>();
  const made = new Set(csaf.paths.flatMap((path) => path.id ?? []));
  for (const { id, references } of csaf.paths) {
    if (id === undefined) continue;
    for (const { value } of references) {
      if (!made.has(value)) continue;
      open.set(id, (open.get(id) ?? 0) + 1);
      const list = users.get(value) ?? [];
      list.push(id);
      users.set(value, list);
    }
  }
  const settled = [...made].filter((id) => !open.has(id));
  for (let i = 0; i < settled.length; i++)
    for (const user of users.get(settled[i]!) ?? []) {
      const left = open.get(user)! - 1;
      open.set(user, left);
      if (left === 0) settled.push(user);
    }
  return csaf.paths.filter((path) => path.id !== undefined && (open.get(path.id) ?? 0) > 0);
}
