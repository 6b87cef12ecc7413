import { canonical } from '../../../../base/canonical.ts';
import { isRefusal } from '../../../../base/refusal.ts';
import { justifications } from '../../../cases/statements/statement.ts';
import { isObject, type Obj } from '../../csaf/json.ts';
import type { Product, Source, Vulnerability } from '../../source.ts';
import { isIri } from '../uri.ts';
import { writeComponents, writeFixed } from './component.ts';
import { readOpenVex } from './read.ts';
import { openVexContext } from './validate.ts';

/** By what CSAF says of a product; `unknown` is nothing that OpenVEX says. */
const statusOf = {
  known_affected: 'affected',
  first_affected: 'affected',
  last_affected: 'affected',
  known_not_affected: 'not_affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  recommended: 'fixed',
  under_investigation: 'under_investigation',
} as const;

/**
 * An OpenVEX 0.2.0 document, undefined where nothing is said of any product.
 * A document that was read and not changed is given back as it was.
 */
export function writeOpenVex(source: Source): Obj | undefined {
  const { beyond, tracking, publisher } = source;
  if (isObject(beyond.openvex)) {
    const before = readOpenVex(beyond.openvex);
    if (!isRefusal(before) && canonical(before) === canonical(source)) return beyond.openvex;
  }
  const address = `${publisher.namespace.replace(/\/+$/, '')}/public/${openVexPath(source)}`;
  const id = isIri(address) ? address : `https://openvex.dev/docs/public/${encodeURIComponent(tracking.id)}`;
  const statements = source.vulnerabilities.flatMap((v) => statementsOf(source, v, id));
  if (statements.length === 0) return undefined;
  const generator = tracking.generator && [tracking.generator.name, tracking.generator.version].filter((part) => part !== null).join(' ');
  return {
    '@context': openVexContext,
    '@id': id,
    author: publisher.name || publisher.namespace,
    role: publisher.category,
    timestamp: tracking.initialAt,
    ...(tracking.currentAt === tracking.initialAt ? {} : { last_updated: tracking.currentAt }),
    version: Math.max(1, tracking.revisions.length),
    ...(generator ? { tooling: generator } : {}),
    statements,
  };
}

/** Under the public root; the year is that of the first version, so that an address never changes. */
export function openVexPath({ tracking }: Source): string {
  return `vex/${tracking.initialAt.slice(0, 4)}/${encodeURIComponent(tracking.id)}.openvex.json`;
}

function statementsOf(source: Source, vulnerability: Vulnerability, document: string): Obj[] {
  const products = new Map(source.products.map((p) => [p.id, p]));
  const described = vulnerability.notes.find((n) => n.category === 'description')?.text;
  const ids = vulnerability.ids.map((i) => i.text);
  const name = vulnerability.cve ?? ids[0] ?? source.tracking.id;
  const about = {
    vulnerability: {
      name,
      ...(described ? { description: described } : {}),
      ...(ids.some((id) => id !== name) ? { aliases: [...new Set(ids.filter((id) => id !== name))] } : {}),
    },
    timestamp: source.tracking.currentAt,
  };
  // A document has a statement at least, and one that is gone is not taken back: what was withdrawn is open again.
  const withdrawn = source.tracking.withdrawnAt === null ? undefined : { status_notes: `Withdrawn. ${reasonOf(source)}`.trim() };
  const whyOf = reasonsOf(source, vulnerability);
  const related = new Map(source.relationships.map((r) => [r.id, r]));
  const said = (Object.entries(vulnerability.status) as [string, readonly string[]][]).flatMap(([key, own]) => {
    const named = Object.hasOwn(statusOf, key) ? statusOf[key as keyof typeof statusOf] : undefined;
    if (named === undefined) return [];
    const status = withdrawn ? 'under_investigation' : named;
    return own.flatMap((id) => {
      const product = products.get(id) ?? relatedOf(related.get(id));
      return product ? [{ product, status, why: withdrawn ?? whyOf(id, status) }] : [];
    });
  });
  const together = [...Map.groupBy(said, ({ status, why }) => canonical([status, why])).values()];
  const statements = together.map((own) => ({
    ...about,
    products: distinct(own.flatMap(({ product }) => writeComponents(product, document))),
    status: own[0]!.status,
    ...own[0]!.why,
  }));
  const fixed = [...new Set(said.flatMap(({ product, status }) => (status === 'affected' ? writeFixed(product) : [])))];
  const fixes = fixed.length === 0 ? [] : [{ ...about, products: fixed.map((id) => ({ '@id': id })), status: 'fixed' }];
  return [...statements.filter((s) => s.products.length > 0), ...fixes];
}

const reasonOf = (source: Source) => source.notes.find((n) => n.category === 'description')?.text ?? '';
const distinct = (items: readonly Obj[]): Obj[] => [...new Map(items.map((item) => [canonical(item), item])).values()];

/** Products joined are one product here. */
function relatedOf(found: Source['relationships'][number] | undefined): Product | undefined {
  return found && { id: found.id, name: found.name, path: [], package: found.package, versions: null, identifiers: found.identifiers };
}

interface Spoken {
  readonly productIds: readonly string[];
  readonly groupIds: readonly string[];
}

/** Finds what is said of a product: of it, of a group that it is in, or of all. Looked up once, because there may be many of both. */
function saidOf<T extends Spoken>(source: Source, items: readonly T[]): (id: string) => readonly T[] {
  const groups = new Map(source.groups.map((g) => [g.id, g.productIds]));
  const byId = new Map<string, Set<number>>();
  const ofAll: number[] = [];
  for (const [i, { productIds, groupIds }] of items.entries()) {
    if (productIds.length + groupIds.length === 0) ofAll.push(i);
    for (const id of [...productIds, ...groupIds.flatMap((g) => groups.get(g) ?? [])]) {
      const known = byId.get(id) ?? new Set();
      byId.set(id, known.add(i));
    }
  }
  return (id) => [...ofAll, ...(byId.get(id) ?? [])].sort((a, b) => a - b).map((i) => items[i]!);
}

const words = (given: readonly { readonly details: string }[]) => [...new Set(given.map((g) => g.details))].join('\n\n');

/** What must stand beside a status: a justification, the words to it, what to do. */
function reasonsOf(source: Source, v: Vulnerability): (id: string, status: string) => Obj {
  const labels = v.justifications.filter((j) => (justifications as readonly string[]).includes(j.label));
  const [remedies, justified] = [saidOf(source, v.remedies), saidOf(source, labels)];
  const impacts = saidOf(
    source,
    v.threats.filter((t) => t.category === 'impact'),
  );
  return (id, status) => {
    if (status === 'affected') return { action_statement: words(remedies(id)) || 'No remediation is known yet.' };
    if (status !== 'not_affected') return {};
    const label = justified(id)[0]?.label;
    const impact = words(impacts(id));
    return {
      ...(label === undefined ? {} : { justification: label }),
      ...(impact || label === undefined ? { impact_statement: impact || 'No reason was given.' } : {}),
    };
  };
}
