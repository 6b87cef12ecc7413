import { type Bulletin, csafPath, firstOf, latestOf, publicUrl } from '../bulletin.ts';
import type { AdvisoryText, Cvss } from '../text.ts';
import { type Products, productsOf } from './csaf-products.ts';
import { weaknessName } from './cwe-names.ts';

/** A CSAF 2.0 document (OASIS, https://docs.oasis-open.org/csaf/csaf/v2.0/), profile `csaf_security_advisory`. */
interface CsafDocument {
  readonly document: Readonly<Record<string, unknown>>;
  readonly product_tree: Readonly<Record<string, unknown>>;
  readonly vulnerabilities: readonly Readonly<Record<string, unknown>>[];
}

type Note = { readonly category: string; readonly title: string; readonly text: string };

export function renderCsaf20(bulletin: Bulletin): CsafDocument {
  const products = productsOf(bulletin.text.affected);
  return {
    document: documentOf(bulletin),
    product_tree: { branches: products.branches },
    vulnerabilities: [vulnerabilityOf(bulletin, products)],
  };
}

function documentOf(bulletin: Bulletin): Record<string, unknown> {
  const { text, trackingId, origin, status } = bulletin;
  const latest = latestOf(bulletin);
  return {
    category: 'csaf_security_advisory',
    csaf_version: '2.0',
    lang: 'en',
    title: text.title,
    publisher: { category: 'coordinator', name: text.publisher, namespace: `https://${origin}` },
    distribution: { tlp: { label: 'WHITE', url: 'https://www.first.org/tlp/' } },
    notes: [{ category: 'summary', title: 'Summary', text: text.summary }],
    references: [
      { category: 'self', summary: `${trackingId}: ${text.title}`, url: publicUrl(origin, csafPath(bulletin)) },
      ...text.references.map(({ kind, url }) => ({ category: 'external', summary: kind, url })),
    ],
    tracking: {
      id: trackingId,
      status,
      version: String(latest.number),
      initial_release_date: firstOf(bulletin).at,
      current_release_date: latest.at,
      revision_history: bulletin.versions.map((v) => ({ date: v.at, number: String(v.number), summary: v.change })),
      generator: { date: latest.at, engine: { name: 'Breakwater', version: '0.1.0' } },
    },
  };
}

function vulnerabilityOf(bulletin: Bulletin, products: Products): Record<string, unknown> {
  const { text, trackingId, origin } = bulletin;
  const weakness = text.cwe === null ? undefined : weaknessName(text.cwe);
  const scored = text.cvss?.version.startsWith('3.') ? text.cvss : undefined;
  const credits = text.credits.map(({ name, at }) => ({ organization: name, summary: `Reported it on ${at}.` }));
  return {
    title: text.title,
    ...(text.cve === null ? {} : { cve: text.cve }),
    ids: [{ system_name: origin, text: trackingId }],
    ...(weakness === undefined ? {} : { cwe: { id: text.cwe, name: weakness } }),
    ...(credits.length ? { acknowledgments: credits } : {}),
    notes: notesOf(text),
    product_status: {
      known_affected: products.affected.map((p) => p.id),
      ...(products.fixed.length ? { fixed: products.fixed.map((p) => p.id) } : {}),
    },
    remediations: remediationsOf(products, latestOf(bulletin).at),
    ...(scored ? { scores: [{ products: products.affected.map((p) => p.id), cvss_v3: cvss3(scored) }] } : {}),
  };
}

function notesOf(text: AdvisoryText): Note[] {
  const notes: Note[] = [{ category: 'description', title: 'Description', text: text.summary }];
  const { cvss, ssvc, cwe } = text;
  // CSAF 2.0 §3.2.3.13 knows `cvss_v2` and `cvss_v3` only; a 4.0 vector would be lost without a word.
  if (cvss && !cvss.version.startsWith('3.')) {
    const score = `${cvss.vector}: ${cvss.base.toFixed(1)} ${cvss.severity}.`;
    notes.push({
      category: 'other',
      title: `CVSS ${cvss.version}`,
      text: `${score} CSAF 2.0 has no field for a CVSS ${cvss.version} score here.`,
    });
  }
  if (cwe !== null && weaknessName(cwe) === undefined) notes.push({ category: 'other', title: 'Weakness', text: cwe });
  if (ssvc) {
    const points = Object.entries(ssvc.points).map(([name, value]) => `${name}: ${value}`);
    notes.push({ category: 'other', title: 'SSVC', text: `Coordinator decision: ${ssvc.decision}. ${points.join('; ')}.` });
  }
  return notes;
}

function remediationsOf(products: Products, at: string): Record<string, unknown>[] {
  return products.affected.map((p) =>
    p.fixedIn === null
      ? { category: 'none_available', details: `There is no fixed version of ${p.of} yet.`, product_ids: [p.id], date: at }
      : { category: 'vendor_fix', details: `Update ${p.of} to version ${p.fixedIn} or later.`, product_ids: [p.id], date: at },
  );
}

/** `baseSeverity` is upper-case in FIRST's schema; 6.1.9 recomputes all three from the vector. */
function cvss3(cvss: Cvss): Record<string, unknown> {
  return { version: cvss.version, vectorString: cvss.vector, baseScore: cvss.base, baseSeverity: cvss.severity };
}
