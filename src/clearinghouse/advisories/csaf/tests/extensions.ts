import type { Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { type Obj, objectsIn, type Placed, textOf } from '../json.ts';
import { type ExtensionPlace, knownExtensions } from '../registers/extensions.ts';
import { extensionShape } from '../shapes/document.ts';
import { firstErrors } from '../shapes/shape.ts';

const mostErrors = 32;

interface List extends Placed<Obj> {
  readonly place: ExtensionPlace;
  readonly items: readonly Placed<Obj>[];
}

/** Every `x_extensions` there is, with where it stands. */
function* lists(csaf: Csaf): Generator<List> {
  const list = (owner: Obj, pointer: string, place: ExtensionPlace): List[] =>
    owner.x_extensions === undefined
      ? []
      : [{ pointer: `${pointer}/x_extensions`, value: owner, place, items: objectsIn(owner, 'x_extensions', pointer) }];
  yield* list(csaf.document, '/document', 'document');
  for (const { value, pointer, branch, path } of csaf.products)
    yield* list(value, pointer, branch ? 'branches' : path ? 'product_paths' : 'full_product_names');
  for (const { value, pointer, metrics } of csaf.vulnerabilities) {
    for (const { content } of metrics) yield* list(content.value, content.pointer, 'metrics');
    yield* list(value, pointer, 'vulnerabilities');
  }
  yield* list(csaf.root, '', 'root');
}

function each(isWrong: (item: Obj, csaf: Csaf) => boolean, message: (item: Obj) => string, member = ''): Clauses[string] {
  return (csaf, report) => {
    for (const { items } of lists(csaf))
      for (const { pointer, value } of items) if (isWrong(value, csaf)) report(`${pointer}${member}`, message(value));
  };
}

function usedIn(place: ExtensionPlace): Clauses[string] {
  return (csaf, report) => {
    for (const list of lists(csaf)) if (list.place === place) report(list.pointer, 'an extension is used');
  };
}

const address = (item: Obj) => textOf(item.$schema) ?? '';
const isKnown = (item: Obj) => knownExtensions.has(address(item));
/** The class and whether the schema is supported here belong to every warning. */
const experimental = (item: Obj) => `${address(item)} is an experimental extension${isKnown(item) ? '' : ', and not supported here'}`;

function metadata(csaf: Csaf, report: Parameters<Clauses[string]>[1]): void {
  for (const { items, pointer, place } of lists(csaf)) {
    const counts = new Map<string, number>();
    for (const { value } of items) counts.set(address(value), (counts.get(address(value)) ?? 0) + 1);
    for (const [schema, count] of counts) {
      const known = knownExtensions.get(schema);
      if (known && count > known.most[place]) report(pointer, `${schema} may stand here ${known.most[place]} times at most`);
      for (const rival of known?.rivals ?? []) if (counts.has(rival)) report(pointer, `${schema} cannot stand beside ${rival}`);
    }
  }
}

export const extensions21: Clauses = {
  '6.1.60.1': (csaf, report) => {
    for (const { items } of lists(csaf))
      for (const { pointer, value } of items)
        for (const error of firstErrors(extensionShape, value, pointer, mostErrors)) report(error.pointer, error.message);
  },
  '6.1.60.2': (csaf, report) => {
    for (const { items } of lists(csaf))
      for (const { pointer, value } of items) {
        const known = knownExtensions.get(address(value));
        if (!known) continue;
        for (const error of firstErrors(known.content, value.content, `${pointer}/content`, mostErrors))
          report(error.pointer, error.message);
        if (typeof value.critical === 'boolean' && value.critical !== known.critical)
          report(`${pointer}/critical`, `is always ${known.critical}`);
      }
  },
  '6.1.60.3': metadata,
  '6.2.54.1': each(
    () => true,
    (item) => `${experimental(item)}; it is neither official nor registered`,
  ),
  '6.2.54.2': each(
    () => true,
    (item) => `${experimental(item)}; it is not official`,
  ),
  '6.2.54.3': each(
    (item) => item.critical === true,
    (item) => `${address(item)} is critical`,
    '/critical',
  ),
  '6.2.54.4': each((_, csaf) => csaf.tlp === 'CLEAR', experimental),
  '6.3.21.1': each(
    (item) => item.category === 'essential',
    (item) => `${address(item)} is essential to understand the document`,
    '/category',
  ),
  '6.3.21.2': each((_, csaf) => csaf.tlp !== 'CLEAR', experimental),
  '6.3.21.3': usedIn('document'),
  '6.3.21.4': usedIn('branches'),
  '6.3.21.5': usedIn('full_product_names'),
  '6.3.21.6': usedIn('product_paths'),
  '6.3.21.7': usedIn('metrics'),
  '6.3.21.8': usedIn('vulnerabilities'),
  '6.3.21.9': usedIn('root'),
};
