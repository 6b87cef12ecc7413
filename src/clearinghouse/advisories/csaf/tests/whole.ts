import type { Clauses, Report } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { isObject, listOf, type Obj, objectOf, objectsIn, type Placed, step, textOf } from '../json.ts';
import { knownExtensions } from '../registers/extensions.ts';
import { documentShapes } from '../shapes/document.ts';

/** 5.1: the file's name, from the id. */
function fileName(trackingId: string): string {
  return `${trackingId.toLowerCase().replace(/[^+\-a-z0-9]+/g, '_')}.json`;
}

function unsorted(value: unknown, pointer: string, report: Report): void {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (typeof value[i] === 'object') unsorted(value[i], `${pointer}/${i}`, report);
    return;
  }
  if (!isObject(value)) return;
  let last = '';
  let wrong: string | undefined;
  for (const key of Object.keys(value)) {
    if (key < last) wrong ??= key;
    last = key;
    if (typeof value[key] === 'object') unsorted(value[key], step(pointer, key), report);
  }
  if (wrong !== undefined) report(pointer, `${wrong} is not at its place in the alphabet`);
}

/** The paths of 6.3.6 that are no references. */
function* addresses(csaf: Csaf): Generator<Placed<string>> {
  const one = (parent: Obj, key: string, pointer: string): Placed<string>[] =>
    typeof parent[key] === 'string' ? [{ pointer: `${pointer}/${key}`, value: parent[key] }] : [];
  const several = (parent: Obj, key: string, pointer: string) =>
    listOf(parent[key]).flatMap((value, i) => (typeof value === 'string' ? [{ pointer: `${pointer}/${key}/${i}`, value }] : []));
  const { document } = csaf;
  for (const owner of [{ pointer: '/document', value: document }, ...csaf.vulnerabilities])
    for (const { pointer, value } of objectsIn(owner.value, 'acknowledgments', owner.pointer)) yield* several(value, 'urls', pointer);
  yield* one(objectOf(document.aggregate_severity), 'namespace', '/document/aggregate_severity');
  yield* one(objectOf(objectOf(document.distribution).tlp), 'url', '/document/distribution/tlp');
  yield* one(objectOf(document.publisher), 'namespace', '/document/publisher');
  for (const { helper } of csaf.products) {
    if (!helper) continue;
    yield* several(helper.value, 'sbom_urls', helper.pointer);
    for (const { pointer, value } of objectsIn(helper.value, 'x_generic_uris', helper.pointer)) {
      yield* one(value, 'namespace', pointer);
      yield* one(value, 'uri', pointer);
    }
  }
  for (const vulnerability of csaf.vulnerabilities)
    for (const { pointer, value } of vulnerability.list('remediations')) yield* one(value, 'url', pointer);
}

function* references(csaf: Csaf, self: boolean): Generator<Placed<string>> {
  for (const reference of [...csaf.references, ...csaf.vulnerabilities.flatMap((vulnerability) => vulnerability.list('references'))])
    if ((reference.value.category === 'self') === self && typeof reference.value.url === 'string')
      yield { pointer: `${reference.pointer}/url`, value: reference.value.url };
}

/** RFC 6761 §6.4: names under .invalid never resolve. No other can be known to fail without the network. */
function cannotResolve(places: Iterable<Placed<string>>, report: Report): void {
  for (const { pointer, value } of places)
    if (/^https?:\/\/(?:[^/?#]*[@.])?invalid\.?(?::\d*)?(?:[/?#]|$)/i.test(value)) report(pointer, 'names under .invalid never resolve');
}

export const whole: Clauses = {
  '6.2.11': (csaf, report) => {
    const id = textOf(csaf.tracking.id);
    if (id === undefined) return;
    const canonical = csaf.references.some(({ value }) => {
      const url = textOf(value.url) ?? '';
      return value.category === 'self' && url.startsWith('https://') && url.endsWith(`/${fileName(id)}`);
    });
    if (!canonical)
      report(
        csaf.document.references === undefined ? '/document' : '/document/references',
        `no reference to the document itself ends in ${fileName(id)}`,
      );
  },
  '6.2.13': (csaf, report) => unsorted(csaf.root, '', report),
  '6.2.20': (csaf, report) => {
    documentShapes[csaf.edition](csaf.root, '', {
      error: () => {},
      unknown: (pointer) => report(pointer, 'no schema defines this member'),
    });
    for (const { pointer, value } of extensionsIn(csaf.root, ''))
      knownExtensions.get(textOf(value.$schema) ?? '')?.content(value.content, `${pointer}/content`, {
        error: () => {},
        unknown: (at) => report(at, 'the schema of the extension does not define this member'),
      });
  },
  '6.3.6': (csaf, report) => {
    cannotResolve(addresses(csaf), report);
    cannotResolve(references(csaf, false), report);
  },
  '6.3.7': (csaf, report) => cannotResolve(references(csaf, true), report),
};

/** Extensions of the document as a whole; those of products and vulnerabilities are judged by 6.1.60.2. */
function extensionsIn(root: Obj, pointer: string): Placed<Obj>[] {
  return [...objectsIn(root, 'x_extensions', pointer), ...objectsIn(objectOf(root.document), 'x_extensions', '/document')];
}

export const whole21: Clauses = {
  '6.2.22': (csaf, report) => {
    const [title, id] = [textOf(csaf.document.title), textOf(csaf.tracking.id)];
    if (title !== undefined && id !== undefined && id !== '' && title.includes(id)) report('/document/title', 'the title holds the id');
  },
};
