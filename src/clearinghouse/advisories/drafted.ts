import type { AdvisoryText, AffectedRange } from './advisory.ts';
import { type Bulletin, csafPath, firstOf, latestOf, publicUrl } from './bulletin.ts';
import { ecosystemOf } from './formats/ecosystem.ts';
import { selectionsOf } from './selections.ts';
import { noIdentifiers, type Source } from './source.ts';

type Vulnerability = Source['vulnerabilities'][number];
type Product = Source['products'][number] & { readonly fixedIn: readonly string[] };

/** What a drafted advisory says, ready to be written in any format. */
export function sourceOf(bulletin: Bulletin): Source {
  const { text, trackingId, origin, status } = bulletin;
  const [first, latest] = [firstOf(bulletin), latestOf(bulletin)];
  const products = productsOf(text.affected);
  return {
    category: 'csaf_security_advisory',
    title: text.title,
    language: 'en',
    translatedFrom: null,
    tlp: 'CLEAR',
    publisher: { category: 'coordinator', name: text.publisher, namespace: `https://${origin}`, contact: null, authority: null },
    tracking: {
      id: trackingId,
      aliases: [],
      status,
      initialAt: first.at,
      currentAt: latest.at,
      revisions: bulletin.versions.map((v) => ({ number: String(v.number), legacy: null, at: v.at, summary: v.change })),
      withdrawnAt: null,
      generator: { name: 'Breakwater', version: '0.1.0', at: latest.at },
    },
    severity: null,
    license: null,
    notes: [{ category: 'summary', title: 'Summary', text: text.summary, audience: null }],
    references: [
      { kind: 'advisory', url: publicUrl(origin, csafPath(bulletin)), summary: `${trackingId}: ${text.title}`, isSelf: true },
      ...text.references.map(({ kind, url }) => ({ kind, url, summary: null, isSelf: false })),
    ],
    credits: [],
    products: products.map(({ fixedIn: _, ...product }) => product),
    groups: [],
    relationships: [],
    vulnerabilities: [vulnerabilityOf(bulletin, products)],
    beyond: {},
  };
}

/** One for the ranges of a package that have a fix, one for those that have none: what helps the one does not help the other. */
function productsOf(ranges: readonly AffectedRange[]): Product[] {
  const together = Map.groupBy(ranges, (r) => JSON.stringify([r.package, r.fixed !== null]));
  return [...together.values()].map((own, i) => {
    const purl = own[0]!.package;
    const { name, type, package: named, rangeType } = ecosystemOf(purl);
    return {
      id: `BWPID-${String(i + 1).padStart(4, '0')}`,
      name: named,
      path: [
        { category: 'vendor', name: name ?? type },
        { category: 'product_name', name: named },
      ],
      package: purl,
      versions: {
        ranges: own.map((r) => ({
          type: rangeType,
          repository: null,
          events: [
            { kind: 'introduced' as const, version: r.introduced ?? '0' },
            ...(r.fixed === null ? [] : [{ kind: 'fixed' as const, version: r.fixed }]),
          ],
        })),
        listed: [],
      },
      identifiers: noIdentifiers,
      fixedIn: [...new Set(own.flatMap((r) => r.fixed ?? []))],
    };
  });
}

function vulnerabilityOf(bulletin: Bulletin, products: readonly Product[]): Vulnerability {
  const { text, trackingId, origin } = bulletin;
  const productIds = products.map((p) => p.id);
  return {
    title: text.title,
    cve: text.cve,
    ids: [{ system: origin, text: trackingId }],
    weaknesses: text.cwe === null ? [] : [{ id: text.cwe, name: null, version: null }],
    notes: [{ category: 'description', title: 'Description', text: text.summary, audience: null }],
    status: { known_affected: productIds },
    justifications: [],
    threats: [],
    remedies: products.map((p) => remedyOf(p, latestOf(bulletin).at)),
    scores: scoresOf(text, productIds, latestOf(bulletin).at),
    credits: text.credits.map(({ name, at }) => ({ names: [], organization: name, summary: null, urls: [], kind: 'finder', at })),
    references: [],
    involvements: [],
    discoveredAt: null,
    disclosedAt: null,
    exploitedAt: [],
  };
}

function remedyOf(product: Product, at: Source['tracking']['currentAt']): Vulnerability['remedies'][number] {
  const about = { productIds: [product.id], groupIds: [], url: null, at, entitlements: [], restart: null };
  return product.fixedIn.length === 0
    ? { ...about, category: 'none_available', details: `There is no fixed version of ${product.name} yet.` }
    : { ...about, category: 'vendor_fix', details: `Update ${product.name} to version ${product.fixedIn.join(' or ')} or later.` };
}

function scoresOf(
  { cvss, ssvc }: AdvisoryText,
  productIds: readonly string[],
  at: Source['tracking']['currentAt'],
): Vulnerability['scores'] {
  if (!cvss && !ssvc) return [];
  const cvssList = cvss ? [{ version: cvss.version, vector: cvss.vector, base: cvss.base, severity: cvss.severity }] : [];
  return [{ productIds, by: null, cvss: cvssList, ssvc: ssvc && selectionsOf(ssvc, at), epss: null, rating: null }];
}
