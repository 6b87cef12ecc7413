import { type Instant, parseInstant } from '../../../../base/instant.ts';
import { type Tlp, tlps } from '../../../../base/label.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import { indicatorNote } from '../../indicator.ts';
import { noIdentifiers, type Source } from '../../source.ts';
import { faultsOfStix } from './check.ts';
import { oldMarkings, tlpMarkings } from './object.ts';

type Vulnerability = Source['vulnerabilities'][number];
type Reference = Source['references'][number];
type Product = Source['products'][number];
type Json = Readonly<Record<string, unknown>>;

/** What a bundle says of vulnerabilities: of the report that speaks of them, or, where there is none, of the first of them. */
export function readStix(document: unknown): Source | Refusal {
  const [fault] = faultsOfStix(document);
  if (fault) return refuse('malformed', fault.because, fault.at);
  const objects = ((document as Json).objects ?? []) as Json[];
  // Of several versions of an object the newest counts (§3.6.1).
  const byId = new Map(objects.toSorted((a, b) => compare(versionOf(a), versionOf(b))).map((o) => [String(o.id), o]));
  const all = [...byId.values()];
  const found = all.filter((o) => o.type === 'vulnerability');
  const head = all.find((o) => o.type === 'report' && isAbout(o, found)) ?? all.find((o) => o.type === 'report') ?? found[0];
  if (!head) return refuse('unsupported', 'a bundle without report and vulnerability says nothing that an advisory says', '/objects');
  const [createdAt, modifiedAt] = [instantOf(head.published ?? head.created), instantOf(head.modified)];
  if (!createdAt || !modifiedAt) return refuse('malformed', 'the times cannot be read', '/objects');
  const author = byId.get(text(head.created_by_ref) ?? '');
  const bundle = bundleOf(all);
  const kept = found.filter((v) => head.type !== 'report' || isAbout(head, [v]));
  const products = productsOf(bundle, kept);
  const references = referencesOf(head);
  const [own] = references.filter((r) => 'external_id' in r && (r.source_name === namespaceOf(author) || head.type === 'report'));
  const isReport = head.type === 'report';
  return {
    category: 'csaf_security_advisory',
    title: text(head.name) ?? text(head.id)!,
    language: text(head.lang) ?? null,
    translatedFrom: null,
    tlp: tlpOf(head),
    publisher: publisherOf(author),
    tracking: {
      id: text(own?.external_id) ?? text(head.id)!,
      aliases: [],
      status: statusOf(head),
      initialAt: createdAt,
      currentAt: modifiedAt,
      revisions: revisionsOf(createdAt, modifiedAt),
      withdrawnAt: head.revoked === true ? modifiedAt : null,
      generator: null,
    },
    severity: null,
    license: null,
    notes: [
      ...(isReport && text(head.description) !== undefined ? [noteOf('summary', 'Summary', text(head.description)!)] : []),
      ...(isReport ? bundle.notesOf(head) : []),
    ],
    references: isReport ? references.flatMap(referenceOf) : [],
    credits: [],
    products,
    groups: [],
    relationships: [],
    vulnerabilities: kept.map((v) => vulnerabilityOf(bundle, v)),
    beyond: {},
  };
}

interface Bundle {
  readonly byId: ReadonlyMap<string, Json>;
  /** Relationships by where they point to. */
  readonly into: ReadonlyMap<string, readonly Json[]>;
  notesOf(object: Json): Source['notes'][number][];
}

function bundleOf(objects: readonly Json[]): Bundle {
  const relations = objects.filter((o) => o.type === 'relationship' && o.revoked !== true);
  const notes = new Map<string, Json[]>();
  for (const note of objects.filter((o) => o.type === 'note'))
    for (const ref of note.object_refs as string[]) notes.set(ref, [...(notes.get(ref) ?? []), note]);
  return {
    byId: new Map(objects.map((o) => [String(o.id), o])),
    into: Map.groupBy(relations, (r) => String(r.target_ref)),
    notesOf: (object) =>
      (notes.get(String(object.id)) ?? []).map((n) => noteOf(categoryOf(n), text(n.abstract) ?? null, text(n.content) ?? '')),
  };
}

function vulnerabilityOf(bundle: Bundle, v: Json): Vulnerability {
  const references = referencesOf(v);
  const identified = references.flatMap((r) =>
    typeof r.external_id === 'string' ? [{ system: r.source_name, text: r.external_id, r }] : [],
  );
  const isOther = ({ system }: { system: string }) => !/^(cve|cwe|cvss-.*)$/i.test(system);
  const cvss = identified.flatMap(({ system, text: vector }) => {
    const version = /^cvss-(2\.0|3\.0|3\.1|4\.0)$/.exec(system)?.[1] as '2.0' | '3.0' | '3.1' | '4.0' | undefined;
    return version ? [{ version, vector, base: null, severity: null }] : [];
  });
  const affected = related(bundle, v, 'has').map((s) => text(s.id)!);
  const description = text(v.description);
  return {
    title: text(v.name) ?? null,
    cve: identified.find((i) => i.system.toLowerCase() === 'cve' && /^CVE-\d{4}-\d{4,}$/.test(i.text))?.text ?? null,
    ids: identified.filter(isOther).map(({ system, text: id }) => ({ system, text: id })),
    weaknesses: identified
      .filter((i) => i.system.toLowerCase() === 'cwe')
      .map((i) => ({ id: i.text, name: text(i.r.description) ?? null, version: null })),
    notes: [
      ...(description === undefined ? [] : [noteOf('description', 'Description', description)]),
      ...related(bundle, v, 'related-to', 'indicates').flatMap(indicatorOf),
      ...bundle.notesOf(v),
    ],
    status: affected.length > 0 ? { known_affected: affected } : {},
    justifications: [],
    threats: [],
    remedies: related(bundle, v, 'mitigates', 'remediates').map(remedyOf),
    scores: cvss.length > 0 ? [{ productIds: affected, by: null, cvss, ssvc: null, epss: null, rating: null }] : [],
    credits: [],
    references: references.flatMap(referenceOf),
    involvements: [],
    discoveredAt: null,
    disclosedAt: null,
    exploitedAt: [],
  };
}

function indicatorOf(object: Json): Source['notes'][number][] {
  if (object.type !== 'indicator') return [];
  const pattern = object.pattern_type === 'stix' ? (text(object.pattern) ?? null) : null;
  return [indicatorNote({ text: text(object.description) ?? text(object.name) ?? '', pattern })];
}

function related(bundle: Bundle, to: Json, ...how: readonly string[]): Json[] {
  return (bundle.into.get(String(to.id)) ?? [])
    .filter((r) => how.includes(String(r.relationship_type)))
    .flatMap((r): Json[] => [bundle.byId.get(String(r.source_ref))].filter((o) => o !== undefined));
}

const remedyCategories = ['fix_planned', 'mitigation', 'no_fix_planned', 'none_available', 'optional_patch', 'vendor_fix', 'workaround'];

function remedyOf(course: Json): Vulnerability['remedies'][number] {
  const name = text(course.name) ?? '';
  const category = (remedyCategories.includes(name) ? name : 'mitigation') as Vulnerability['remedies'][number]['category'];
  const url = referencesOf(course).find((r) => typeof r.url === 'string')?.url;
  const about = { productIds: [], groupIds: [], at: null, entitlements: [], restart: null };
  return { ...about, category, details: text(course.description) ?? name, url: text(url) ?? null };
}

function productsOf(bundle: Bundle, vulnerabilities: readonly Json[]): Product[] {
  const software = new Map(vulnerabilities.flatMap((v) => related(bundle, v, 'has')).map((s) => [String(s.id), s]));
  return [...software.values()].map((s) => {
    const [name, vendor] = [text(s.name) ?? String(s.id), text(s.vendor)];
    const path = [...(vendor === undefined ? [] : [{ category: 'vendor', name: vendor }]), { category: 'product_name', name }];
    return { id: String(s.id), name, path, package: null, versions: null, identifiers: { ...noIdentifiers, cpe: text(s.cpe) ?? null } };
  });
}

function publisherOf(author: Json | undefined): Source['publisher'] {
  const roles = Array.isArray(author?.roles) ? author.roles : [];
  const known = ['coordinator', 'discoverer', 'multiplier', 'translator', 'user', 'vendor'] as const;
  return {
    category: known.find((c) => roles.includes(c)) ?? 'other',
    name: text(author?.name) ?? 'unknown',
    namespace: namespaceOf(author) ?? '',
    contact: text(author?.contact_information) ?? null,
    authority: text(author?.description) ?? null,
  };
}

function namespaceOf(author: Json | undefined): string | undefined {
  return text((author ? referencesOf(author) : []).find((r) => r.source_name === 'namespace')?.url);
}

interface External extends Json {
  readonly source_name: string;
}

function referencesOf(object: Json): External[] {
  return Array.isArray(object.external_references) ? (object.external_references as External[]) : [];
}

/** With an address; what has none is an identifier. */
function referenceOf(r: External): Reference[] {
  const url = text(r.url);
  if (url === undefined || typeof r.external_id === 'string') return [];
  return [
    {
      kind: r.source_name === 'self' ? 'advisory' : r.source_name,
      url,
      summary: text(r.description) ?? null,
      isSelf: r.source_name === 'self',
    },
  ];
}

function tlpOf(head: Json): Tlp | null {
  const refs = Array.isArray(head.object_marking_refs) ? (head.object_marking_refs as string[]) : [];
  const found = refs.flatMap((ref) => tlps.find((t) => tlpMarkings[t] === ref) ?? oldMarkings[ref] ?? []);
  // Of several the strictest binds.
  return found.toSorted((a, b) => tlps.indexOf(b) - tlps.indexOf(a))[0] ?? null;
}

function noteOf(category: Source['notes'][number]['category'], title: string | null, words: string): Source['notes'][number] {
  return { category, title, text: words, audience: null };
}

function categoryOf(note: Json): Source['notes'][number]['category'] {
  const known = ['description', 'details', 'faq', 'general', 'legal_disclaimer', 'other', 'summary'] as const;
  return known.find((c) => labelsOf(note).includes(`category:${c}`)) ?? 'general';
}

function statusOf(head: Json): Source['tracking']['status'] {
  const known = ['draft', 'interim', 'final'] as const;
  return known.find((s) => labelsOf(head).includes(`status:${s}`)) ?? 'final';
}

function labelsOf(object: Json): readonly unknown[] {
  return Array.isArray(object.labels) ? object.labels : [];
}

function revisionsOf(createdAt: Instant, modifiedAt: Instant): Source['tracking']['revisions'] {
  const first = { number: '1', legacy: null, at: createdAt, summary: 'First version.' };
  return createdAt === modifiedAt ? [first] : [first, { number: '2', legacy: null, at: modifiedAt, summary: 'Changed.' }];
}

function isAbout(report: Json, vulnerabilities: readonly Json[]): boolean {
  const refs = new Set(report.object_refs as string[]);
  return vulnerabilities.some((v) => refs.has(String(v.id)));
}

function versionOf(object: Json): string {
  return text(object.modified) ?? text(object.created) ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function instantOf(value: unknown): Instant | undefined {
  return typeof value === 'string' ? parseInstant(value) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
