import { type Instant, parseInstant } from '../../../../base/instant.ts';
import { isRefusal, type Refusal, refuse } from '../../../../base/refusal.ts';
import { type Obj, objectOf, objectsIn, textOf, textsIn } from '../../csaf/json.ts';
import type { Product, Source, Vulnerability } from '../../source.ts';
import { faultOfDocument } from '../verdict.ts';
import { type Component, productOf, readComponent } from './component.ts';
import { validateOpenVex } from './validate.ts';

const statusOf: Readonly<Record<string, keyof Vulnerability['status']>> = {
  affected: 'known_affected',
  not_affected: 'known_not_affected',
  fixed: 'fixed',
  under_investigation: 'under_investigation',
};
const roles = ['coordinator', 'discoverer', 'multiplier', 'other', 'translator', 'user', 'vendor'] as const;

/** Reads an OpenVEX 0.2.0 document. Of one vulnerability and product the last statement counts; what fixes an affected range is part of it. */
export function readOpenVex(document: unknown): Source | Refusal {
  const fault = faultOfDocument(document);
  if (fault) return fault;
  const given = document as Obj;
  const verdict = validateOpenVex(given);
  if (isRefusal(verdict)) return verdict;
  const error = verdict.results.find((r) => r.kind === 'error');
  if (error) return refuse('malformed', error.message, error.pointer);
  const id = textOf(given['@id'])!;
  const initialAt = parseInstant(textOf(given.timestamp)!);
  const currentAt = parseInstant(textOf(given.last_updated) ?? textOf(given.timestamp)!);
  if (initialAt === undefined || currentAt === undefined) return refuse('malformed', 'has leap seconds or too fine a time', '/timestamp');
  const products: Product[] = [];
  const statements = objectsIn(given, 'statements', '').map(({ value }) => value);
  const byName = Map.groupBy(statements, (s) => textOf(objectOf(s.vulnerability).name)!);
  const vulnerabilities = [...byName].map(([name, own]) => vulnerabilityOf(name, own, products, currentAt));
  const role = roles.find((r) => r === given.role) ?? 'other';
  return {
    category: 'csaf_vex',
    title: lastSegment(id),
    ...{ language: null, translatedFrom: null, tlp: null, severity: null, license: null },
    publisher: {
      ...{ category: role, name: textOf(given.author)!, contact: null, authority: null },
      namespace: /^https?:\/\/[^/?#]+/i.exec(id)?.[0] ?? id,
    },
    tracking: {
      ...{ id: lastSegment(id), aliases: [], status: 'final', initialAt, currentAt, withdrawnAt: null, generator: null },
      revisions: [{ number: String(given.version), legacy: null, at: currentAt, summary: 'OpenVEX document.' }],
    },
    ...{ notes: [], references: [], credits: [], products, groups: [], relationships: [], vulnerabilities },
    beyond: { openvex: given },
  };
}

function lastSegment(id: string): string {
  const segment = id
    .replace(/[?#].*$/s, '')
    .replace(/\.openvex\.json$/, '')
    .split('/')
    .at(-1);
  try {
    return decodeURIComponent(segment || id);
  } catch {
    return segment || id;
  }
}

function vulnerabilityOf(name: string, statements: readonly Obj[], products: Product[], currentAt: Instant): Vulnerability {
  const about = objectOf(statements[0]!.vulnerability);
  const read = statements.map((statement) => ({
    statement,
    components: objectsIn(statement, 'products', '').map(({ value }) => readComponent(value)),
  }));
  const fixes = new Set(
    read.flatMap(({ statement, components }) =>
      statement.status === 'fixed' ? components.map((c) => JSON.stringify([c.package, c.version])) : [],
    ),
  );
  const isFixed = (component: Component) => (version: string) => fixes.has(JSON.stringify([component.package, version]));
  const status: Partial<Record<keyof Vulnerability['status'], string[]>> = {};
  const [justifications, threats, remedies]: [Says[], Threat[], Remedy[]] = [[], [], []];
  const ends = new Set<string>();
  for (const { statement, components } of read.toSorted((a, b) => order(a.statement) - order(b.statement))) {
    const kind = statusOf[statement.status as string]!;
    // A version that only ends an affected range is no product of its own.
    const kept = components.filter((c) => kind !== 'fixed' || c.version === null || !ends.has(JSON.stringify([c.package, c.version])));
    const own = [...Map.groupBy(kept, (c) => c.key).values()].map((same) => {
      const product = productOf(`BWPID-${String(products.length + 1).padStart(4, '0')}`, same, isFixed(same[0]!));
      products.push(product);
      for (const range of product.versions?.ranges ?? [])
        for (const e of range.events) if (e.kind === 'fixed') ends.add(JSON.stringify([product.package, e.version]));
      return product;
    });
    if (own.length === 0) continue;
    const productIds = own.map((p) => p.id);
    status[kind] = [...(status[kind] ?? []), ...productIds];
    const [label, impact, action] = [statement.justification, statement.impact_statement, statement.action_statement].map(textOf);
    const at = parseInstant(textOf(statement.timestamp) ?? currentAt) ?? currentAt;
    if (label) justifications.push({ label, at, productIds, groupIds: [] });
    if (impact) threats.push({ category: 'impact', details: impact, at, productIds, groupIds: [] });
    if (action) {
      const category = own.every((p) => p.versions?.ranges.every((r) => r.events.some((e) => e.kind === 'fixed')))
        ? 'vendor_fix'
        : 'mitigation';
      remedies.push({ category, details: action, url: null, at, entitlements: [], restart: null, productIds, groupIds: [] });
    }
  }
  const isCve = /^CVE-[0-9]{4}-[0-9]{4,}$/.test(name);
  const aliases = textsIn(about, 'aliases', '').map(({ value }) => value);
  const description = textOf(about.description);
  return {
    title: null,
    cve: isCve ? name : null,
    ids: [...(isCve ? [] : [name]), ...aliases].map((text) => ({ system: 'alias', text })),
    notes: description ? [{ category: 'description', title: 'Description', text: description, audience: null }] : [],
    ...{ status, justifications, threats, remedies, weaknesses: [], scores: [], credits: [], references: [], involvements: [] },
    ...{ discoveredAt: null, disclosedAt: null, exploitedAt: [] },
  };
}

type Says = Vulnerability['justifications'][number];
type Threat = Vulnerability['threats'][number];
type Remedy = Vulnerability['remedies'][number];

/** What is affected first, what is fixed last: the fix of a range is known by the range. */
function order(statement: Obj): number {
  return ['affected', 'not_affected', 'under_investigation', 'fixed'].indexOf(statement.status as string);
}
