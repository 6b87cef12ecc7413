import { type Refusal, refuse } from '../../../base/refusal.ts';
import { affectedProducts, type Product, productsOf } from './csaf-products.ts';
import type { Context, Reading, Told } from './drafting.ts';
import { reading } from './drafting.ts';
import { listOf, type Members, objectsOf, textOf, textsOf, within } from './members.ts';

export function isCsaf(value: unknown): boolean {
  const { csaf_version: version, category } = within(value, 'document');
  return typeof version === 'string' && typeof category === 'string';
}

/**
 * CSAF 2.0 and 2.1 (oasis-tcs/csaf), one draft a vulnerability that a product is, or may be, affected by; those of which products are only
 * said to be fixed or not affected (VEX) are skipped. In a vulnerability report (2.1 §4, `csaf_vulnerability_report`) the notes tell of AI usage.
 */
export function readCsaf(value: unknown, context: Context): Reading | Refusal {
  const document = within(value, 'document');
  const version = document.csaf_version;
  if (version !== '2.0' && version !== '2.1') return refuse('unsupported', 'CSAF 2.0 and 2.1 are read', '/document/csaf_version');
  const products = productsOf(within(value, 'product_tree'));
  if ('refused' in products) return products;
  const vulnerabilities = objectsOf((value as Members).vulnerabilities);
  const told: Told[] = [];
  const places: number[] = [];
  for (const [i, vulnerability] of vulnerabilities.entries()) {
    const affected = affectedProducts(vulnerability, products);
    if (affected === 'none') continue;
    places.push(i);
    told.push(toldBy(vulnerability, document, affected, context));
  }
  const notes = vulnerabilities.length === 0 ? [`a document of category ${textOf(document.category)} without vulnerabilities`] : [];
  return reading(told, (i) => `/vulnerabilities/${places[i]}`, vulnerabilities.length - told.length, notes);
}

function toldBy(vulnerability: Members, document: Members, affected: readonly Product[], context: Context): Told {
  const [cve, ids] = [textOf(vulnerability.cve), objectsOf(vulnerability.ids).map((id) => id.text)];
  const title = textOf(vulnerability.title) || [cve || textOf(ids[0]), textOf(document.title)].filter(Boolean).join(': ');
  const named = affected.find((p) => p.purl !== undefined)?.purl;
  const notes = [...objectsOf(vulnerability.notes), ...objectsOf(document.notes)];
  return {
    format: 'csaf',
    title,
    text: textsBy(vulnerability, document, affected),
    purl: named ?? context.purl ?? affected.find((p) => p.generic !== undefined)?.generic,
    versions: affected.flatMap((p) => p.version ?? []),
    cwes: [within(vulnerability.cwe).id, ...objectsOf(vulnerability.cwes).map((c) => c.id)],
    vectors: vectorsOf(vulnerability),
    references: [...objectsOf(vulnerability.references), ...objectsOf(document.references)].map((r) => r.url),
    ids: [cve, ...ids],
    ...aiUsage(notes.filter(isAiUsage).map((n) => textOf(n.text))),
    original: {
      trackingId: within(document, 'tracking').id,
      category: document.category,
      csafVersion: document.csaf_version,
      publisher: within(document, 'publisher').name,
      tlp: within(document, 'distribution', 'tlp').label,
      discoveryDate: vulnerability.discovery_date,
      acknowledgments: [...listOf(vulnerability.acknowledgments), ...listOf(document.acknowledgments)],
      ids: vulnerability.ids,
      products: affected.slice(0, shownProducts).map(({ name, range, cpe }) => ({ name, range, cpe })),
    },
  };
}

const shownProducts = 32;
const telling = ['summary', 'description', 'details', 'general', 'other', 'faq'];

function textsBy(vulnerability: Members, document: Members, affected: readonly Product[]): string[] {
  const told = objectsOf(vulnerability.notes).filter((n) => telling.includes(textOf(n.category)) || isAiUsage(n));
  const own = told.length > 0 ? told : objectsOf(document.notes).filter((n) => telling.slice(0, 3).includes(textOf(n.category)));
  const products = affected.slice(0, shownProducts).map((p) => `- ${p.name}`);
  const more = affected.length > shownProducts ? [`- and ${affected.length - shownProducts} more`] : [];
  const remedies = objectsOf(vulnerability.remediations).slice(0, shownProducts);
  return [
    ...new Set(own.map((n) => textOf(n.text))),
    ...(products.length > 0 ? [`Affected:\n${[...products, ...more].join('\n')}`] : []),
    ...new Set(remedies.map((r) => `Remediation (${textOf(r.category)}): ${textOf(r.details)}`)),
    ...objectsOf(vulnerability.threats).map((t) => `Threat (${textOf(t.category)}): ${textOf(t.details)}`),
  ];
}

/** 2.0 `scores`, 2.1 `metrics`; CVSS 4.0 before 3.x. */
function vectorsOf(vulnerability: Members): unknown[] {
  const scores = [...objectsOf(vulnerability.scores), ...objectsOf(vulnerability.metrics).map((m) => within(m.content))];
  return ['cvss_v4', 'cvss_v3'].flatMap((name) => scores.map((score) => within(score, name).vectorString));
}

/** By category, as the profile was first drafted, or by title, as its text now has it (oasis-tcs/csaf #1519, #1568). */
function isAiUsage({ category, title }: Members): boolean {
  const names = (text: string) => /^\s*ai[ _-]usage\s*$/i.test(text.slice(0, 32));
  return names(textOf(category)) || names(textOf(title));
}

/** The note is prose for people; only lines that name a tool or a model outright are taken from it. */
function aiUsage(texts: readonly string[]): Pick<Told, 'method' | 'tooling' | 'model'> {
  if (texts.length === 0) return {};
  const said = (name: RegExp) =>
    textsOf(
      texts
        .join('\n')
        .slice(0, 16_384)
        .split('\n')
        .map((l) => name.exec(l.slice(0, 512))?.[1] ?? ''),
    )[0] ?? '';
  return {
    method: 'ai-assisted',
    tooling: said(/^[\s*-]{0,8}(?:AI )?(?:tool|tools|tooling|system|systems)\s?:\s?(.+)$/i),
    model: said(/^[\s*-]{0,8}(?:AI )?models?\s?:\s?(.+)$/i),
  };
}
