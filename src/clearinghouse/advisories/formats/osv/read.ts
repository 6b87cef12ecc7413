import { type Instant, parseInstant } from '../../../../base/instant.ts';
import { limits } from '../../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../../base/refusal.ts';
import { scoreCvss } from '../../../priorities/cvss.ts';
import { isObject, listOf, type Obj, objectOf, sizeOf, stable, textOf } from '../../csaf/json.ts';
import { firstErrors } from '../../csaf/shapes/shape.ts';
import { remedyOf } from '../../drafted.ts';
import type { Source } from '../../source.ts';
import { leftover } from './beyond.ts';
import { partsOf } from './details.ts';
import { affectedOf, type Product } from './entries.ts';
import { hasPrefix, homeOf } from './names.ts';
import { type OurMarks, ourMarks } from './ours.ts';
import { productsIn } from './products.ts';
import { readableShape } from './schema.ts';
import { writeOsv } from './write.ts';

type Vulnerability = Source['vulnerabilities'][number];

/**
 * Reads an OSV record of any schema 1.x. What the model does not hold is kept under `beyond.osv`, so that it is written back as it was. A record of
 * ours gives the source it was written from, but for `osvLosses`.
 */
export function readOsv(record: unknown): Source | Refusal {
  if (!isObject(record)) return refuse('malformed', 'an OSV record is an object');
  if (sizeOf(record, limits.jsonDepth).tooDeep) return refuse('too_large', `a record has at most ${limits.jsonDepth} levels`);
  const [error] = firstErrors(readableShape, record, '', 1);
  if (error) return refuse('malformed', error.message, error.pointer);
  const marks = ourMarks(record.database_specific);
  const ours = marks && sourceIn(record, marks);
  if (ours && stable(writeOsv(ours)) === stable(record)) return ours;
  return withRest(record, sourceIn(record, undefined));
}

/** The source with whatever would not be written back from it. */
function withRest(record: Obj, source: Source): Source {
  const bare: Source = { ...source, beyond: { osv: {} } };
  const written = affectedOf(bare, bare.products);
  const products = bare.products.map((product, i) => {
    const left = leftover(objectOf(listOf(record.affected)[i]), written[i]!);
    return left ? { ...product, beyond: { osv: left } } : product;
  });
  const full: Source = { ...bare, products };
  return { ...full, beyond: { osv: leftover(record, writeOsv(full) as Obj) ?? {} } };
}

function sourceIn(record: Obj, marks: OurMarks | undefined): Source {
  const id = record.id as string;
  const trackingId = marks?.tracking_id ?? (id.startsWith('x_') && !hasPrefix(id.slice(2)) ? id.slice(2) : id);
  const currentAt = instantIn(record.modified)!;
  const initialAt = instantIn(record.published) ?? currentAt;
  const withdrawnAt = instantIn(record.withdrawn) ?? null;
  const title = textOf(record.summary) ?? id;
  const products = productsIn(record, marks !== undefined);
  const given = listOf(record.aliases) as readonly string[];
  const cve = given.find((alias) => /^CVE-\d{4}-\d{4,}$/.test(alias)) ?? null;
  // Written first where it came first; where it did not, it stays among the others.
  const isFirst = cve !== null && given[0] === cve && !given.includes(cve, 1);
  const home = homeOf(id);
  const specific = objectOf(record.database_specific);
  return {
    category: withdrawnAt === null ? 'csaf_security_advisory' : 'csaf_withdrawn',
    title,
    language: 'en',
    translatedFrom: null,
    tlp: marks ? 'CLEAR' : null,
    publisher: {
      category: 'other',
      name: home?.name ?? 'unknown',
      namespace: home?.url ?? 'https://osv.dev',
      ...marks?.publisher,
      contact: null,
      authority: null,
    },
    tracking: {
      id: trackingId,
      aliases: isFirst ? given.slice(1) : given,
      status: 'final',
      initialAt,
      currentAt,
      revisions: marks?.revisions.map((r) => ({ ...r, legacy: null })) ?? revisionsOf(initialAt, currentAt),
      withdrawnAt,
      generator: null,
    },
    severity: null,
    license: textOf(specific.license) ?? null,
    notes: [
      { category: 'summary', title: 'Summary', text: textIn(record, marks), audience: null },
      ...(marks ? partsOf(textOf(record.details) ?? '').others : []),
    ],
    references: referencesIn(record, marks, trackingId, title),
    credits: [],
    products,
    groups: [],
    relationships: [],
    vulnerabilities: [vulnerabilityIn(record, marks, { title, cve, trackingId, products, currentAt })],
    beyond: {},
  };
}

/** Never empty: CSAF has no empty notes. */
function textIn(record: Obj, marks: OurMarks | undefined): string {
  const details = textOf(record.details) ?? '';
  return (marks ? partsOf(details).description : details) || (textOf(record.summary) ?? (record.id as string));
}

function revisionsOf(initialAt: Instant, currentAt: Instant): Source['tracking']['revisions'] {
  const first = { number: '1', legacy: null, at: initialAt, summary: 'First published.' };
  return currentAt > initialAt ? [first, { number: '2', legacy: null, at: currentAt, summary: 'Last modified.' }] : [first];
}

function referencesIn(record: Obj, marks: OurMarks | undefined, trackingId: string, title: string): Source['references'] {
  return listOf(record.references).map((given, i) => {
    const { type, url } = given as { type: string; url: string };
    const isSelf = i === 0 && marks !== undefined && type === 'ADVISORY' && url.startsWith(`${marks.publisher.namespace}/`);
    return { kind: type.toLowerCase(), url, summary: isSelf ? `${trackingId}: ${title}` : null, isSelf };
  });
}

interface Known {
  readonly title: string;
  readonly cve: string | null;
  readonly trackingId: string;
  readonly products: readonly Product[];
  readonly currentAt: Instant;
}

function vulnerabilityIn(record: Obj, marks: OurMarks | undefined, known: Known): Vulnerability {
  const { title, cve, trackingId, products, currentAt } = known;
  const specific = objectOf(record.database_specific);
  const ids = listOf(specific.cwe_ids).filter((id) => typeof id === 'string' && /^CWE-[1-9]\d{0,5}$/.test(id)) as string[];
  const system = marks ? marks.publisher.namespace.replace(/^https:\/\//, '') : (homeOf(record.id as string)?.name ?? 'OSV');
  return {
    title,
    cve,
    ids: [{ system, text: trackingId }],
    weaknesses: ids.map((id) => ({ id, name: null, version: null })),
    notes: [{ category: 'description', title: 'Description', text: textIn(record, marks), audience: null }],
    status: products.length > 0 ? { known_affected: products.map((p) => p.id) } : {},
    justifications: [],
    threats: [],
    remedies: products.map((p) => remedyOf({ ...p, fixedIn: fixedIn(p) }, currentAt)),
    scores: scoresIn(record, marks, products),
    credits: listOf(record.credits).map((given, i) => {
      const { name, contact, type } = given as { name: string; contact?: string[]; type?: string };
      const at = marks?.found_at?.[i]?.at ?? null;
      return {
        names: marks ? [] : [name],
        organization: marks ? name : null,
        summary: null,
        urls: contact ?? [],
        kind: type?.toLowerCase() ?? null,
        at,
      };
    }),
    references: [],
    involvements: [],
    discoveredAt: null,
    disclosedAt: null,
    exploitedAt: [],
  };
}

function fixedIn({ versions }: Product): string[] {
  const events = (versions?.ranges ?? []).filter((range) => range.type !== 'GIT').flatMap((range) => range.events);
  return [...new Set(events.flatMap(({ kind, version }) => (kind === 'fixed' ? [version] : [])))];
}

function scoresIn(record: Obj, marks: OurMarks | undefined, products: readonly Product[]): Vulnerability['scores'] {
  const all = products.map((p) => p.id);
  const ssvc = marks?.ssvc ?? null;
  const scored = (productIds: readonly string[], severity: unknown, said: typeof ssvc): Vulnerability['scores'] => {
    const list = listOf(severity).map(objectOf);
    const cvss = list.filter(({ type }) => type !== 'Ubuntu').map(({ score }) => cvssOf(String(score)));
    const rating = textOf(list.find(({ type }) => type === 'Ubuntu')?.score) ?? null;
    return cvss.length > 0 || rating !== null || said ? [{ productIds, by: null, cvss, ssvc: said, epss: null, rating }] : [];
  };
  const entries = marks ? [] : listOf(record.affected).map(objectOf);
  return [
    ...scored(all, record.severity, ssvc),
    ...entries.flatMap((entry, i) => scored([all[i]!], entry.severity, null)),
    ...(marks?.other_scores ?? []).map(({ by, vector }) => ({
      productIds: all,
      by,
      cvss: [cvssOf(vector)],
      ssvc: null,
      epss: null,
      rating: null,
    })),
  ];
}

function cvssOf(vector: string): Vulnerability['scores'][number]['cvss'][number] {
  const score = scoreCvss(vector);
  if (!isRefusal(score)) return { version: score.version, vector, base: score.base, severity: score.severity };
  const version = /^CVSS:(3\.0|3\.1|4\.0)\//.exec(vector)?.[1] ?? '2.0';
  return { version: version as '2.0', vector, base: null, severity: null };
}

function instantIn(text: unknown): Instant | undefined {
  if (typeof text !== 'string') return undefined;
  // A valid time may be told to more digits than anybody reads, or in a leap second.
  return parseInstant(text.replace(/:60(\.\d+)?Z$/, ':59.999Z').replace(/(\.\d{9})\d+Z$/, '$1Z'));
}
