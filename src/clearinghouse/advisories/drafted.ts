import type { Instant } from '../../base/instant.ts';
import { type Bulletin, csafPath, firstOf, latestOf, publicUrl } from './bulletin.ts';
import { ecosystemOf } from './formats/ecosystem.ts';
import { indicatorNote } from './indicator.ts';
import { selectionsOf } from './selections.ts';
import { noIdentifiers, type Source } from './source.ts';
import type { AdvisoryText, AffectedRange, AiUse, Cvss, SupplierSays } from './text.ts';

type Vulnerability = Source['vulnerabilities'][number];
type Product = Source['products'][number] & {
  readonly status: keyof Vulnerability['status'];
  readonly fixedIn: readonly string[];
  readonly statement?: SupplierSays;
};

/** What a drafted advisory says, ready to be written in any format; `path` is where the document will lie under the public root. */
export function sourceOf(bulletin: Bulletin, path = csafPath(bulletin)): Source {
  const { text, trackingId, origin, status } = bulletin;
  const [first, latest] = [firstOf(bulletin), latestOf(bulletin)];
  const products = productsOf(text);
  return {
    category: categoryOf(text),
    title: text.title,
    language: 'en',
    translatedFrom: null,
    tlp: text.tlp ?? 'CLEAR',
    publisher: { category: 'coordinator', name: text.publisher, namespace: `https://${origin}`, contact: null, authority: null },
    tracking: {
      id: trackingId,
      aliases: [],
      status,
      initialAt: first.at,
      currentAt: latest.at,
      revisions: bulletin.versions.map((v) => ({ number: String(v.number), legacy: null, at: v.at, summary: v.change })),
      withdrawnAt: text.withdrawn ? latest.at : null,
      generator: { name: 'Breakwater', version: '0.1.0', at: latest.at },
    },
    severity: null,
    license: text.license ?? null,
    notes: documentNotes(text),
    references: [
      { kind: 'advisory', url: publicUrl(origin, path), summary: `${trackingId}: ${text.title}`, isSelf: true },
      ...text.references.map(({ kind, url }) => ({ kind, url, summary: null, isSelf: false })),
    ],
    credits: [],
    products: products.map(({ fixedIn: _, status: __, statement: ___, ...product }) => product),
    groups: [],
    relationships: [],
    vulnerabilities: [vulnerabilityOf(bulletin, products)],
    beyond: {},
  };
}

/** What was taken back is no advisory any more, whatever it was (CSAF 2.1 §4.7). */
function categoryOf(text: AdvisoryText): string {
  if (text.withdrawn) return 'csaf_withdrawn';
  return { 'security-advisory': 'csaf_security_advisory', vex: 'csaf_vex', 'vulnerability-report': 'csaf_vulnerability_report' }[
    text.profile ?? 'security-advisory'
  ];
}

function documentNotes(text: AdvisoryText): Source['notes'] {
  const note = (category: 'summary' | 'description' | 'general' | 'other', title: string, words: string) => ({
    category,
    title,
    text: words,
    audience: null,
  });
  return [
    ...(text.withdrawn ? [note('description', 'Reasoning for Withdrawal', text.withdrawn.because)] : []),
    note('summary', 'Summary', text.summary),
    ...(text.aiUse ? [note('general', 'AI Usage', aiUseInWords(text.aiUse))] : []),
    // No format has room for one document in several languages; whoever reads one of these finds it in whatever format they opened.
    ...(text.translations ?? []).map((t) => note('other', `${t.title} (${t.language})`, t.summary)),
  ];
}

/** In words, because no format but CSAF 2.1 has a field for it. */
function aiUseInWords({ discovery, patch, drafting }: AiUse): string {
  const found = discovery.map(({ by, tooling, model }) => {
    const means = [tooling, model].filter((m) => m !== null).join(', ');
    return `Found by ${by} with AI${means === '' ? '' : ` (${means})`}.`;
  });
  const written = patch ? ['The patch was written with AI; a named person answers for it.'] : [];
  const drafted = drafting ? ['This advisory was drafted with AI and approved by another person.'] : [];
  return [...found, ...written, ...drafted].join(' ');
}

const saidStatus = {
  affected: 'known_affected',
  'not-affected': 'known_not_affected',
  fixed: 'fixed',
  'under-investigation': 'under_investigation',
} as const;

/** The ranges that have a fix and those that have none apart: what helps the one does not help the other. Then what suppliers say of others. */
function productsOf(text: AdvisoryText): Product[] {
  const together = [...Map.groupBy(text.affected, (r) => JSON.stringify([r.package, r.fixed !== null])).values()];
  const ranged = together.map((own, i) => ({
    ...productOf(own[0]!.package, i + 1),
    ...{ versions: { ranges: own.map(rangeOf), listed: [] }, status: 'known_affected' as const },
    fixedIn: [...new Set(own.flatMap((r) => r.fixed ?? []))],
  }));
  const packages = new Set(text.affected.map((a) => a.package));
  // Of a package with ranges here the ranges speak; its supplier's words stand beside them.
  const others = (text.statements ?? []).filter((s) => !packages.has(s.package));
  const said = others.map((statement, i) => ({
    ...productOf(statement.package, ranged.length + i + 1),
    ...{ versions: null, status: saidStatus[statement.status], fixedIn: [], statement },
  }));
  return [...ranged, ...said];
}

function productOf(purl: string, number: number) {
  const { name, type, package: named } = ecosystemOf(purl);
  const path = [
    { category: 'vendor', name: name ?? type },
    { category: 'product_name', name: named },
  ];
  return { id: `BWPID-${String(number).padStart(4, '0')}`, name: named, path, package: purl, identifiers: noIdentifiers };
}

function rangeOf(range: AffectedRange) {
  const fixed = range.fixed === null ? [] : [{ kind: 'fixed' as const, version: range.fixed }];
  const events = [{ kind: 'introduced' as const, version: range.introduced ?? '0' }, ...fixed];
  return { type: ecosystemOf(range.package).rangeType, repository: null, events };
}

function vulnerabilityOf(bulletin: Bulletin, products: readonly Product[]): Vulnerability {
  const { text, trackingId, origin } = bulletin;
  const at = latestOf(bulletin).at;
  const affected = products.filter((p) => p.status === 'known_affected');
  const productIds = affected.map((p) => p.id);
  // Where something can be done, "nothing is to be had" would contradict it (CSAF 2.1 6.1.35).
  const remediable = affected.filter((p) => p.fixedIn.length > 0 || (text.workarounds ?? []).length === 0);
  const byStatus = Map.groupBy(products, (p) => p.status);
  return {
    title: text.title,
    cve: text.cve,
    ids: [{ system: origin, text: trackingId }],
    weaknesses: text.cwe === null ? [] : [{ id: text.cwe, name: null, version: null }],
    notes: vulnerabilityNotes(text),
    status: Object.fromEntries([...byStatus].map(([status, own]) => [status, own.map((p) => p.id)])),
    justifications: products.flatMap(({ id, statement: s }) =>
      s?.justification ? [{ label: s.justification, at: s.at, ...about(id) }] : [],
    ),
    threats: products.flatMap(({ id, statement: s }) =>
      s?.status === 'not-affected' ? [{ category: 'impact' as const, details: s.text, at: s.at, ...about(id) }] : [],
    ),
    remedies: [...remediable.map((p) => remedyOf(p, at)), ...workaroundsOf(text, productIds, at)],
    scores: scoresOf(text, productIds, at),
    credits: text.credits.map(({ name, at: found }) => ({
      names: [],
      organization: name,
      summary: null,
      urls: [],
      kind: 'finder',
      at: found,
    })),
    references: [],
    involvements: [],
    discoveredAt: null,
    disclosedAt: null,
    exploitedAt: [],
  };
}

function vulnerabilityNotes(text: AdvisoryText): Source['notes'] {
  const note = (category: 'description' | 'other', title: string, words: string) => ({
    category,
    title,
    text: words,
    audience: null,
  });
  const indicators = (text.indicators ?? []).map(indicatorNote);
  const said = (text.statements ?? []).map((s) =>
    note('other', `Statement of ${s.supplier} on ${s.package} (${s.status}, ${s.at})`, s.text),
  );
  const by = text.saidBy?.cwe ? [note('other', 'Weakness', `${text.cwe} according to ${text.saidBy.cwe}.`)] : [];
  return [note('description', 'Description', text.summary), ...indicators, ...said, ...by];
}

function about(id: string) {
  return { productIds: [id], groupIds: [] };
}

/** Of a product of which versions are affected: which versions to update to. */
export function remedyOf(product: Pick<Product, 'id' | 'name' | 'fixedIn'>, at: Instant): Vulnerability['remedies'][number] {
  const common = { ...about(product.id), url: null, at, entitlements: [], restart: null };
  if (product.fixedIn.length === 0)
    return { ...common, category: 'none_available', details: `There is no fixed version of ${product.name} yet.` };
  return { ...common, category: 'vendor_fix', details: `Update ${product.name} to version ${product.fixedIn.join(' or ')} or later.` };
}

function workaroundsOf(text: AdvisoryText, productIds: readonly string[], at: Instant): Vulnerability['remedies'] {
  const common = { productIds, groupIds: [], url: null, at, entitlements: [], restart: null };
  return (text.workarounds ?? []).map(({ kind, text: details }) => ({ ...common, category: kind, details }));
}

/** Ours first, then those of others by their name: CVSS says who gave it. */
function scoresOf({ cvss, ssvc, otherScores = [] }: AdvisoryText, productIds: readonly string[], at: Instant): Vulnerability['scores'] {
  const score = (by: string | null, given: Cvss | null, decided: AdvisoryText['ssvc']) => ({
    ...{
      productIds,
      by,
      cvss: given ? [{ version: given.version, vector: given.vector, base: given.base, severity: given.severity }] : [],
    },
    ...{ ssvc: decided && selectionsOf(decided, at), epss: null, rating: null },
  });
  const ours = cvss || ssvc ? [score(null, cvss, ssvc)] : [];
  return [...ours, ...otherScores.map((s) => score(s.by, s.cvss, null))];
}
