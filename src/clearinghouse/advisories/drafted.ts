import type { Instant } from '../../base/instant.ts';
import { type Bulletin, csafPath, firstOf, flawId, latestOf, publicUrl } from './bulletin.ts';
import { ecosystemOf } from './formats/ecosystem.ts';
import { type Indicator, indicatorNote } from './indicator.ts';
import { selectionsOf } from './selections.ts';
import { noIdentifiers, type Source } from './source.ts';
import { type AdvisoryText, type AffectedRange, type AiUse, type Cvss, type FlawText, flawsOf, type SupplierSays } from './text.ts';

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
  const flaws = flawsOf(text);
  const products = productsOf(flaws);
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
    // What several flaws say of the same versions they say of one product.
    products: [...new Map(products.flat().map(({ fixedIn: _, status: __, statement: ___, ...p }) => [p.id, p])).values()],
    groups: [],
    relationships: [],
    vulnerabilities: flaws.map((flaw, i) => (flaw.takenBack && !text.withdrawn ? endedOf : vulnerabilityOf)(bulletin, flaw, products[i]!)),
    beyond: {},
  };
}

/** One of several flaws by itself, for formats that have a record of each. */
export function sourceOfFlaw(bulletin: Bulletin, number: number): Source {
  const { further = [], ...first } = bulletin.text;
  const flaw = further.find((f) => f.number === number);
  // What was taken back by itself has a record that was.
  const ended = first.withdrawn ?? (flaw ?? first).takenBack;
  if (!flaw) {
    const { takenBack: _, ...said } = first;
    return sourceOf({ ...bulletin, text: { ...said, ...(ended ? { withdrawn: ended } : {}) } });
  }
  const { number: _, vulnerabilityId: __, takenBack: ___, ...said } = flaw;
  const { package: of, references, publisher, change, license, aiUse } = first;
  const shared = { package: of, ssvc: null, references, publisher, change };
  const optional = { ...(license === undefined ? {} : { license }), ...(aiUse ? { aiUse } : {}), ...(ended ? { withdrawn: ended } : {}) };
  const id = flawId(bulletin.trackingId, number);
  return sourceOf({ ...bulletin, trackingId: id, text: { ...shared, ...optional, ...said } }, csafPath(bulletin));
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
    return `Found ${by === null ? '' : `by ${by} `}with AI${means === '' ? '' : ` (${means})`}.`;
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

/**
 * Of each flaw: the ranges that have a fix and those that have none apart, as what helps the one does not help the other; then what
 * suppliers say of others. The same versions are the same product, whichever flaw they have.
 */
function productsOf(flaws: readonly FlawText[]): Product[][] {
  const known = new Map<string, ReturnType<typeof productOf>>();
  const product = (purl: string, ranges: readonly AffectedRange[]) => {
    const key = JSON.stringify([purl, ranges]);
    const found = known.get(key) ?? productOf(purl, known.size + 1);
    known.set(key, found);
    return found;
  };
  return flaws.map(({ affected, statements = [] }) => {
    const together = [...Map.groupBy(affected, (r) => JSON.stringify([r.package, r.fixed !== null])).values()];
    const ranged = together.map((own) => ({
      ...product(own[0]!.package, own),
      ...{ versions: { ranges: own.map(rangeOf), listed: [] }, status: 'known_affected' as const },
      fixedIn: [...new Set(own.flatMap((r) => r.fixed ?? []))],
    }));
    const packages = new Set(affected.map((a) => a.package));
    // Of a package with ranges here the ranges speak; its supplier's words stand beside them.
    const others = statements.filter((s) => !packages.has(s.package));
    const said = others.map((statement) => ({
      ...product(statement.package, []),
      ...{ versions: null, status: saidStatus[statement.status], fixedIn: [], statement },
    }));
    return [...ranged, ...said];
  });
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

type Flaw = FlawText & { readonly number: number };

function vulnerabilityOf(bulletin: Bulletin, text: Flaw, products: readonly Product[]): Vulnerability {
  const { trackingId, origin } = bulletin;
  // How it is seen and how urgent it is were assessed of the flaw that the case was opened for.
  const { indicators = [], ssvc } = text.number === 1 ? bulletin.text : { ssvc: null };
  const at = latestOf(bulletin).at;
  const affected = products.filter((p) => p.status === 'known_affected');
  const productIds = affected.map((p) => p.id);
  // Where something can be done, "nothing is to be had" would contradict it (CSAF 2.1 6.1.35).
  const remediable = affected.filter((p) => p.fixedIn.length > 0 || (text.workarounds ?? []).length === 0);
  const byStatus = Map.groupBy(products, (p) => p.status);
  return {
    title: text.title,
    cve: text.cve,
    ids: [{ system: origin, text: flawId(trackingId, text.number) }],
    weaknesses: text.cwe === null ? [] : [{ id: text.cwe, name: null, version: null }],
    notes: vulnerabilityNotes(text, indicators),
    status: Object.fromEntries([...byStatus].map(([status, own]) => [status, own.map((p) => p.id)])),
    justifications: products.flatMap(({ id, statement: s }) =>
      s?.justification ? [{ label: s.justification, at: s.at, ...about(id) }] : [],
    ),
    threats: products.flatMap(({ id, statement: s }) =>
      s?.status === 'not-affected' ? [{ category: 'impact' as const, details: s.text, at: s.at, ...about(id) }] : [],
    ),
    remedies: [...remediable.map((p) => remedyOf(p, at)), ...workaroundsOf(text, productIds, at)],
    scores: scoresOf(text, ssvc, productIds, at),
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

/** One of several, taken back by itself: its ids stay to be found, nothing is affected, and the reason stands where it was described. */
function endedOf(
  bulletin: Bulletin,
  { indicators: _, ...text }: Flaw & { readonly indicators?: unknown },
  products: readonly Product[],
): Vulnerability {
  const { takenBack, statements: __, otherScores: ___, workarounds: ____, saidBy: _____, ...said } = text;
  const because = `Withdrawn: ${takenBack!.because}`;
  const free = products.map((p) => ({ ...p, status: 'known_not_affected' as const }));
  const was = vulnerabilityOf(
    { ...bulletin, text: { ...bulletin.text, indicators: [], ssvc: null } },
    { ...said, summary: because, cvss: null },
    free,
  );
  const threats = free.map(({ id }) => ({ category: 'impact' as const, details: because, at: latestOf(bulletin).at, ...about(id) }));
  return { ...was, justifications: [], threats, remedies: [] };
}

function vulnerabilityNotes(text: FlawText, indicators: readonly Indicator[]): Source['notes'] {
  const note = (category: 'description' | 'other', title: string, words: string) => ({
    category,
    title,
    text: words,
    audience: null,
  });
  const said = (text.statements ?? []).map((s) =>
    note('other', `Statement of ${s.supplier} on ${s.package} (${s.status}, ${s.at})`, s.text),
  );
  const by = text.saidBy?.cwe ? [note('other', 'Weakness', `${text.cwe} according to ${text.saidBy.cwe}.`)] : [];
  return [note('description', 'Description', text.summary), ...indicators.map(indicatorNote), ...said, ...by];
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

function workaroundsOf(text: FlawText, productIds: readonly string[], at: Instant): Vulnerability['remedies'] {
  const common = { productIds, groupIds: [], url: null, at, entitlements: [], restart: null };
  return (text.workarounds ?? []).map(({ kind, text: details }) => ({ ...common, category: kind, details }));
}

/** Ours first, then those of others by their name: CVSS says who gave it. */
function scoresOf(
  { cvss, otherScores = [] }: FlawText,
  ssvc: AdvisoryText['ssvc'],
  productIds: readonly string[],
  at: Instant,
): Vulnerability['scores'] {
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
