import { canonical } from '../../../../base/canonical.ts';
import { indicatorIn } from '../../indicator.ts';
import type { Source } from '../../source.ts';
import { observableId, type StixBundle, type StixObject, stixId, timeless, tlpMarking, tlpMarkings } from './object.ts';

type Vulnerability = Source['vulnerabilities'][number];
type Note = Source['notes'][number];

/**
 * What STIX 2.1 has no property for; it is told in words where a reader wants it, and is not read back: the document's category and
 * generator, revisions but the first and the last, aliases, translation, credits, the product tree (ranges, lists, groups, relationships,
 * helpers) and every status but "affected", of remedies their products, dates, entitlements and restarts, of scores who measured which
 * product and what is no CVSS vector, justifications, threats, involvements, dates of discovery and exploitation, a note's audience, where among
 * the notes an indicator with a pattern stands.
 */

/** A bundle (STIX 2.1 §8): a report that refers to each vulnerability, what is affected, and what to do. */
export function writeStix(source: Source): StixBundle {
  const author = identityOf(source);
  const report = stixId('report', source.publisher.namespace, source.tracking.id);
  const said = source.vulnerabilities.flatMap((v, i) => objectsOf(source, v, i));
  const notes = source.notes.filter((n) => n !== summaryOf(source)).map((n, i) => noteObject(source, n, report, `document ${i}`));
  const marking = source.tlp === null ? [] : [tlpMarking(source.tlp)];
  const about = said.length > 0 ? said : [author];
  const objects = unique([author, ...marking, ...said, reportObject(source, report, about), ...notes]);
  return { type: 'bundle', id: stixId('bundle', source.publisher.namespace, source.tracking.id, source.tracking.currentAt), objects };
}

function identityOf({ publisher }: Source): StixObject {
  const { name, namespace, contact, authority, category } = publisher;
  return {
    type: 'identity',
    spec_version: '2.1',
    id: stixId('identity', namespace, name, category, contact ?? '', authority ?? ''),
    created: timeless,
    modified: timeless,
    name,
    ...(authority === null ? {} : { description: authority }),
    identity_class: 'organization',
    roles: [category],
    ...(contact === null ? {} : { contact_information: contact }),
    external_references: [{ source_name: 'namespace', url: namespace }],
  };
}

/** The properties that all objects of one source share (§3.2). */
function common(source: Source, type: string, id: string) {
  const { tracking, language, tlp } = source;
  return {
    type,
    spec_version: '2.1' as const,
    id,
    created_by_ref: identityOf(source).id,
    created: tracking.initialAt,
    modified: tracking.currentAt,
    ...(tracking.withdrawnAt === null ? {} : { revoked: true }),
    ...(language === null ? {} : { lang: language }),
    ...(tlp === null ? {} : { object_marking_refs: [tlpMarkings[tlp]] }),
  };
}

function reportObject(source: Source, id: string, about: readonly StixObject[]): StixObject {
  const { title, tracking, publisher, references } = source;
  const summary = summaryOf(source);
  return {
    ...common(source, 'report', id),
    name: title,
    ...(summary ? { description: summary.text } : {}),
    report_types: ['vulnerability'],
    published: tracking.initialAt,
    object_refs: [...new Set(about.map((o) => o.id))],
    labels: [`status:${tracking.status}`],
    external_references: [{ source_name: publisher.namespace, external_id: tracking.id }, ...references.map(referenceOf)],
  };
}

function objectsOf(source: Source, v: Vulnerability, index: number): StixObject[] {
  const { namespace } = source.publisher;
  const nth = String(index);
  const id = stixId('vulnerability', namespace, source.tracking.id, nth);
  const description = v.notes.find((n) => n.category === 'description');
  const named = v.cve ?? v.ids[0]?.text ?? source.tracking.id;
  const vulnerability: StixObject = {
    ...common(source, 'vulnerability', id),
    name: v.title ?? named,
    ...(description ? { description: description.text } : {}),
    external_references: [
      ...(v.cve === null ? [] : [{ source_name: 'cve', external_id: v.cve }]),
      ...v.ids.map(({ system, text }) => ({ source_name: system, external_id: text })),
      ...v.weaknesses.map((w) => ({ source_name: 'cwe', external_id: w.id, ...(w.name === null ? {} : { description: w.name }) })),
      ...vectorsOf(v).map(({ version, vector }) => ({ source_name: `cvss-${version}`, external_id: vector })),
      ...v.references.map(referenceOf),
    ],
  };
  const remedies = v.remedies.flatMap((r, i): StixObject[] => {
    const action = stixId('course-of-action', namespace, source.tracking.id, nth, String(i));
    const url = r.url === null ? {} : { external_references: [{ source_name: 'remedy', url: r.url }] };
    const course = { ...common(source, 'course-of-action', action), name: r.category, description: r.details, ...url };
    return [course, relationship(source, action, 'mitigates', id)];
  });
  const affected = source.products.filter((p) => v.status.known_affected?.includes(p.id));
  // What is told apart by its versions alone is one software to STIX.
  const bySoftware = Map.groupBy(affected, (p) => softwareOf(source, p).id);
  const software = [...bySoftware].flatMap(([own, products]): StixObject[] => [
    softwareOf(source, products[0]!),
    relationship(source, own, 'has', id, products.map(rangesInWords).join('; ')),
  ]);
  const notes = v.notes
    .filter((n) => n !== description)
    .flatMap(
      (n, i) => indicatorObjects(source, n, id, `vulnerability ${index} ${i}`) ?? noteObject(source, n, id, `vulnerability ${index} ${i}`),
    );
  return [vulnerability, ...remedies, ...software, ...notes];
}

/** §6.14: the id comes from name, cpe and vendor where they are there. */
function softwareOf(source: Source, product: Source['products'][number]): StixObject {
  const vendor = product.path.find((p) => p.category === 'vendor')?.name;
  const { cpe } = product.identifiers;
  const properties = { name: product.name, ...(cpe?.startsWith('cpe:2.3:') ? { cpe } : {}), ...(vendor === undefined ? {} : { vendor }) };
  const marking = source.tlp === null ? {} : { object_marking_refs: [tlpMarkings[source.tlp]] };
  return { type: 'software', spec_version: '2.1', id: observableId('software', canonical(properties)), ...properties, ...marking };
}

function relationship(source: Source, from: string, how: string, to: string, description?: string): StixObject {
  const id = stixId('relationship', source.publisher.namespace, source.tracking.id, from, how, to);
  const told = description ? { description } : {};
  return { ...common(source, 'relationship', id), relationship_type: how, ...told, source_ref: from, target_ref: to };
}

function noteObject(source: Source, note: Note, about: string, place: string): StixObject {
  const id = stixId('note', source.publisher.namespace, source.tracking.id, place);
  const abstract = note.title === null ? {} : { abstract: note.title };
  return { ...common(source, 'note', id), ...abstract, content: note.text, labels: [`category:${note.category}`], object_refs: [about] };
}

/** §4.7. No relationship of §4.7.2 leads from an indicator to a vulnerability, so it is the one that any two objects may have. */
function indicatorObjects(source: Source, note: Note, about: string, place: string): StixObject[] | undefined {
  const indicator = indicatorIn(note);
  if (!indicator) return undefined;
  const id = stixId('indicator', source.publisher.namespace, source.tracking.id, place);
  const pattern = { pattern: indicator.pattern, pattern_type: 'stix', pattern_version: '2.1', valid_from: source.tracking.initialAt };
  const object = { ...common(source, 'indicator', id), description: indicator.text, indicator_types: ['unknown'], ...pattern };
  return [object, relationship(source, id, 'related-to', about)];
}

function referenceOf(r: Source['references'][number]) {
  return { source_name: r.isSelf ? 'self' : r.kind, url: r.url, ...(r.summary === null ? {} : { description: r.summary }) };
}

function summaryOf(source: Source): Note | undefined {
  return source.notes.find((n) => n.category === 'summary');
}

/** Of all scores, each vector once. */
function vectorsOf(v: Vulnerability): Vulnerability['scores'][number]['cvss'] {
  const all = v.scores.flatMap((s) => s.cvss);
  return all.filter((c, i) => all.findIndex((o) => o.vector === c.vector && o.version === c.version) === i);
}

function rangesInWords({ package: name, versions }: Source['products'][number]): string {
  const ranges = (versions?.ranges ?? []).map((r) => r.events.map((e) => `${e.kind} ${e.version}`).join(', '));
  const listed = versions?.listed.length ? [`versions ${versions.listed.join(', ')}`] : [];
  return [...(name === null ? [] : [name]), ...ranges, ...listed].join('; ');
}

/** One product may be affected by several vulnerabilities; it is one object. */
function unique(objects: readonly StixObject[]): StixObject[] {
  return [...new Map(objects.map((o) => [o.id, o])).values()];
}
