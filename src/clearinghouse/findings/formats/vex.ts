import type { Refusal } from '../../../base/refusal.ts';
import { type Context, purlOf, type Reading, reading, type Told } from './drafting.ts';
import { isObject, listOf, type Members, objectsOf, textOf, textsOf, within } from './members.ts';

export function isOpenVex(value: unknown): boolean {
  return (
    isObject(value) && Array.isArray(value.statements) && textsOf(value['@context'] ?? []).some((c) => c.startsWith('https://openvex.dev/'))
  );
}

/** OpenVEX 0.2 (and 0.0.1, where names are bare texts): one draft a statement that says affected, or that it is being looked into. */
export function readOpenVex(value: unknown, context: Context): Reading | Refusal {
  const { statements, author } = value as Members;
  const all = objectsOf(statements);
  const open = all.filter((s) => s.status === 'affected' || s.status === 'under_investigation');
  const told = open.map((statement): Told => {
    const flaw = within(statement.vulnerability);
    const name = textOf(statement.vulnerability) || textOf(flaw.name) || textOf(flaw['@id']);
    const products = listOf(statement.products).map((p) =>
      purlOf({ purl: textOf(p) || within(p, 'identifiers').purl || within(p)['@id'] }),
    );
    return {
      format: 'vex',
      title: `${name}: ${textOf(statement.status).replaceAll('_', ' ')}`,
      text: [
        textOf(flaw.description) || name,
        textOf(statement.impact_statement),
        textOf(statement.action_statement),
        textOf(statement.status_notes),
      ],
      purl: products.find((p) => p !== undefined) ?? context.purl ?? undefined,
      ids: [name, ...listOf(flaw.aliases)],
      references: [flaw['@id']],
      original: { author, status: statement.status, products: statement.products, justification: statement.justification },
    };
  });
  return reading(told, (i) => `/statements/${i}`, all.length - open.length);
}

export function isCycloneDxVex(value: unknown): boolean {
  return isObject(value) && value.bomFormat === 'CycloneDX' && Array.isArray(value.vulnerabilities);
}

const settled = ['resolved', 'resolved_with_pedigree', 'false_positive', 'not_affected'];

/** The `vulnerabilities` of CycloneDX 1.4 to 1.7 (ECMA-424): one draft each, but for those whose analysis has settled them. */
export function readCycloneDxVex(value: unknown, context: Context): Reading | Refusal {
  const { vulnerabilities, components, metadata } = value as Members;
  const queue = [...objectsOf(components), within(metadata, 'component')];
  const purls = new Map<string, string>();
  for (let i = 0; i < queue.length; i++) {
    const purl = purlOf({ purl: queue[i]!.purl });
    if (purl !== undefined) purls.set(textOf(queue[i]!['bom-ref']), purl);
    for (const inner of objectsOf(queue[i]!.components)) queue.push(inner);
  }
  const all = objectsOf(vulnerabilities);
  const open = all.filter((v) => !settled.includes(textOf(within(v.analysis).state)));
  const told = open.map((v): Told => {
    const affected = objectsOf(v.affects);
    // A reference into another BOM ends in the purl, where its author wrote it so (BOM-Link, `urn:cdx:…#pkg:…`).
    const named = affected.map(
      (a) => purls.get(textOf(a.ref)) ?? purlOf({ purl: decoded(textOf(a.ref).replace(/^urn:cdx:[^#]{0,128}#/, '')) }),
    );
    const ratings = objectsOf(v.ratings);
    return {
      format: 'vex',
      title: [textOf(v.id), textOf(v.description)].filter(Boolean).join(': '),
      text: [textOf(v.description), textOf(v.detail), textOf(within(v.analysis).detail), textOf(v.recommendation)],
      purl: named.find((p) => p !== undefined) ?? context.purl ?? undefined,
      versions: affected
        .flatMap((a) => objectsOf(a.versions))
        .filter((r) => r.status !== 'unaffected')
        .map((r) => r.version),
      cwes: listOf(v.cwes),
      vectors: ratings.map((r) => r.vector),
      references: [...objectsOf(v.advisories).map((a) => a.url), within(v.source).url],
      ids: [v.id, ...objectsOf(v.references).map((r) => r.id)],
      original: { source: v.source, analysis: v.analysis, affects: v.affects, ratings: v.ratings, credits: v.credits },
    };
  });
  return reading(told, (i) => `/vulnerabilities/${i}`, all.length - open.length);
}

function decoded(text: string): string {
  try {
    return /^pkg%3A/i.test(text) ? decodeURIComponent(text) : text;
  } catch {
    return text;
  }
}
