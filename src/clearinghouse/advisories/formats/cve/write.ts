import { isRefusal } from '../../../../base/refusal.ts';
import { isObject, type Obj, stable } from '../../csaf/json.ts';
import { latestWeakness } from '../../csaf/registers/cwe.ts';
import type { Source } from '../../source.ts';
import { isUri } from '../uri.ts';
import { isEnglish } from './forms.ts';
import { partsOf, readCve } from './read.ts';
import { tagsOfKind } from './references.ts';
import { writeScores } from './scores.ts';
import { writeVersions } from './versions.ts';

type Vulnerability = Source['vulnerabilities'][number];
type Json = Record<string, unknown>;

/** The CVE Numbering Authority in whose name the record is. */
interface Assigner {
  /** UUID of the CVE program. */
  readonly orgId: string;
  readonly shortName: string;
}

/**
 * The CVE record of the first vulnerability that has a CVE id, of format 5.2; without an assigner the container that a CVE Numbering
 * Authority sends to CVE Services. Undefined where no id is assigned, or nothing is said in English.
 */
export function writeCve(source: Source, assigner?: Assigner): Json | undefined {
  const was = source.beyond.cve;
  if (isObject(was)) return rewritten(source, was, assigner);
  const vulnerability = source.vulnerabilities.find((v) => v.cve !== null);
  if (!vulnerability || (source.language !== null && !isEnglish(source.language.replace('_', '-')))) return undefined;
  return documentOf(source, vulnerability, assigner);
}

/** Under the public root; the year is that of the id, so that an address never changes. */
export function cvePath(source: Source): string {
  const id = source.vulnerabilities.find((v) => v.cve !== null)?.cve ?? source.tracking.id;
  return `cve/${id.split('-')[1]}/${id}.json`;
}

function documentOf(source: Source, vulnerability: Vulnerability, assigner: Assigner | undefined): Json {
  const { tracking } = source;
  const contents = tracking.withdrawnAt === null ? containerOf(source, vulnerability) : rejectionOf(source);
  if (!assigner) return { cnaContainer: contents };
  const { orgId, shortName } = assigner;
  const state = tracking.withdrawnAt === null ? { state: 'PUBLISHED' } : { state: 'REJECTED', dateRejected: tracking.withdrawnAt };
  return {
    dataType: 'CVE_RECORD',
    dataVersion: '5.2',
    cveMetadata: {
      cveId: vulnerability.cve,
      assignerOrgId: orgId,
      assignerShortName: shortName,
      datePublished: tracking.initialAt,
      dateUpdated: tracking.currentAt,
      ...state,
    },
    containers: { cna: { providerMetadata: { orgId, shortName, dateUpdated: tracking.currentAt }, ...contents } },
  };
}

/** What each member of a container says, in the source: whether somebody changed it. */
const says: Readonly<Record<string, (source: Source, vulnerability: Vulnerability | undefined) => unknown>> = {
  title: (s, v) => [s.title, v?.title],
  descriptions: (_, v) => v?.notes,
  affected: (s, v) => [s.products, v?.status],
  problemTypes: (_, v) => v?.weaknesses,
  references: (s, v) => [s.references, v?.references],
  metrics: (_, v) => v?.scores,
  credits: (_, v) => v?.credits,
  impacts: (_, v) => v?.threats,
  exploits: (_, v) => v?.threats,
  solutions: (_, v) => v?.remedies,
  workarounds: (_, v) => v?.remedies,
  datePublic: (_, v) => v?.disclosedAt,
  rejectedReasons: (s) => s.notes,
};

/** A record that was read: each member as it was, unless the source now says something else there. */
function rewritten(source: Source, was: Obj, assigner: Assigner | undefined): Json | undefined {
  const before = readCve(was);
  const [vulnerability] = source.vulnerabilities;
  if (isRefusal(before) || !vulnerability) return undefined;
  const [old] = before.vulnerabilities;
  const { metadata, cna } = partsOf(was);
  const changedState = (source.tracking.withdrawnAt === null) !== (before.tracking.withdrawnAt === null);
  if (changedState || vulnerability.cve !== old!.cve) {
    const { cve: _, ...beyond } = source.beyond;
    return writeCve({ ...source, beyond }, assigner ?? assignerOf(metadata));
  }
  const foreign = new Set(old!.scores.filter((s) => s.by !== null).map(stable));
  const mine = { ...vulnerability, scores: vulnerability.scores.filter((s) => !foreign.has(stable(s))) };
  const now: Json = source.tracking.withdrawnAt === null ? containerOf(source, mine) : rejectionOf(source);
  const kept: Json = { ...cna };
  for (const [name, say] of Object.entries(says))
    if (stable(say(source, vulnerability) ?? null) !== stable(say(before, old) ?? null)) {
      if (now[name] === undefined) delete kept[name];
      else kept[name] = now[name];
    }
  if (isObject(was.cnaContainer)) return { ...was, cnaContainer: kept };
  if (isObject(was.adpContainer)) return { ...was, adpContainer: kept };
  return isObject(was.containers) ? { ...was, containers: { ...was.containers, cna: kept } } : kept;
}

function assignerOf({ assignerOrgId, assignerShortName }: Obj): Assigner | undefined {
  if (typeof assignerOrgId !== 'string') return undefined;
  return { orgId: assignerOrgId, shortName: typeof assignerShortName === 'string' ? assignerShortName : 'unknown' };
}

/** At most so many characters, and no half of a pair. */
const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : text);
const inEnglish = (text: string) => ({ lang: 'en', value: cut(text, 4096) });
const distinct = <T>(items: readonly T[]): T[] => [...new Map(items.map((item) => [stable(item), item])).values()];
const some = (name: string, items: readonly unknown[]): Json => (items.length === 0 ? {} : { [name]: distinct(items) });

function rejectionOf(source: Source): Json {
  const reasons = source.notes.filter((n) => n.category === 'description' && n.text !== '').map((n) => inEnglish(n.text));
  return { rejectedReasons: distinct(reasons.length > 0 ? reasons : [inEnglish('Withdrawn.')]) };
}

/** What a product is spared is no impact: CSAF says with it why a product is not affected. */
export function feltOf({ status, threats }: Vulnerability): Vulnerability['threats'] {
  const spared = new Set([...(status.known_not_affected ?? []), ...(status.fixed ?? [])]);
  const isSpared = (ids: readonly string[]) => ids.length > 0 && ids.every((id) => spared.has(id));
  return threats.filter(({ category, productIds }) => category !== 'impact' || !isSpared(productIds));
}

function containerOf(source: Source, vulnerability: Vulnerability): Json {
  const { remedies, weaknesses, credits } = vulnerability;
  const described = [...vulnerability.notes, ...source.notes].filter((n) => n.category === 'description' && n.text !== '');
  const fallback = [...source.notes.filter((n) => n.category === 'summary').map((n) => n.text), source.title];
  const texts = described.length > 0 ? [described[0]!.text] : fallback.slice(0, 1);
  const fixes = remedies.filter((r) => r.category === 'vendor_fix' || r.category === 'optional_patch');
  const around = remedies.filter((r) => r.category === 'workaround' || r.category === 'mitigation');
  const threats = feltOf(vulnerability);
  const impacts = threats.filter((t) => t.category === 'impact').map((t) => ({ descriptions: [inEnglish(t.details)] }));
  return {
    title: cut(vulnerability.title ?? source.title, 256),
    ...(vulnerability.disclosedAt === null ? {} : { datePublic: vulnerability.disclosedAt }),
    descriptions: texts.map(inEnglish),
    affected: affectedOf(source, vulnerability),
    ...some(
      'problemTypes',
      weaknesses.map(({ id, name }) => ({
        descriptions: [
          { lang: 'en', cweId: id, type: 'CWE', description: cut([id, name ?? latestWeakness(id)?.name].join(' ').trim(), 4096) },
        ],
      })),
    ),
    references: referencesOf(source, vulnerability),
    ...some('metrics', writeScores(vulnerability.scores, vulnerability.cve)),
    ...some('impacts', impacts),
    ...some(
      'exploits',
      threats.filter((t) => t.category === 'exploit_status').map((t) => inEnglish(t.details)),
    ),
    ...some(
      'solutions',
      fixes.map((r) => inEnglish(r.details)),
    ),
    ...some(
      'workarounds',
      around.map((r) => inEnglish(r.details)),
    ),
    ...some('credits', credits.map(creditOf)),
    ...some(
      'timeline',
      credits.flatMap((c) => (c.at === null ? [] : [{ time: c.at, ...inEnglish(`Reported by ${nameOf(c)}.`) }])),
    ),
    source: { advisory: source.tracking.id, discovery: credits.length > 0 ? 'EXTERNAL' : 'UNKNOWN' },
  };
}

const nameOf = ({ names, organization }: Vulnerability['credits'][number]): string =>
  cut([...names, ...(organization === null ? [] : [organization])].join(', ') || 'Anonymous', 4000);

const creditTypes =
  /^(?:finder|reporter|analyst|coordinator|remediation developer|remediation reviewer|remediation verifier|tool|sponsor|other)$/;

function creditOf(credit: Vulnerability['credits'][number]): Json {
  const type = credit.kind?.replaceAll('_', ' ');
  return { ...inEnglish(nameOf(credit)), ...(type === undefined ? {} : { type: creditTypes.test(type) ? type : 'other' }) };
}

function referencesOf(source: Source, vulnerability: Vulnerability): Json[] {
  const own = [...source.references, ...vulnerability.references].filter(({ url }) => isUri(url) && url.length <= 2048);
  const named = [...new Map(own.toReversed().map((r) => [r.url, r])).values()].reverse().slice(0, 512);
  const all = named.length > 0 ? named : [{ kind: 'web', url: source.publisher.namespace, summary: null, isSelf: false }];
  return all.map(({ url, summary, ...kind }) => {
    const tags = tagsOfKind(kind);
    return { url, ...(summary ? { name: cut(summary, 512) } : {}), ...(tags.length > 0 ? { tags } : {}) };
  });
}

const cveStatus = {
  known_affected: 'affected',
  first_affected: 'affected',
  last_affected: 'affected',
  known_not_affected: 'unaffected',
  fixed: 'unaffected',
  first_fixed: 'unaffected',
  recommended: 'unaffected',
  under_investigation: 'unknown',
  unknown: 'unknown',
} as const;

function affectedOf(source: Source, vulnerability: Vulnerability): Json[] {
  const status = new Map<string, 'affected' | 'unaffected' | 'unknown'>();
  for (const [name, ids] of Object.entries(vulnerability.status))
    for (const id of ids ?? []) status.set(id, cveStatus[name as keyof typeof cveStatus]);
  const affected = source.products.flatMap((product) => {
    const own = status.get(product.id);
    if (own === undefined) return [];
    const named = (category: string) => product.path.find((b) => b.category === category)?.name;
    const leaf = named('product_version');
    const versions = product.versions ?? (leaf === undefined ? null : { ranges: [], listed: [leaf] });
    const entries = versions === null ? [] : writeVersions(versions, own, product.package);
    const repository = versions?.ranges.find((r) => r.repository !== null)?.repository;
    return [
      {
        vendor: cut(named('vendor') || 'n/a', 512),
        product: cut(named('product_name') || product.name || 'n/a', 2048),
        ...(product.package === null ? {} : { packageURL: product.package }),
        ...(product.identifiers.cpe === null ? {} : { cpes: [product.identifiers.cpe] }),
        ...(repository ? { repo: repository } : {}),
        defaultStatus: entries.length === 0 ? own : own === 'affected' ? 'unaffected' : 'unknown',
        ...(entries.length === 0 ? {} : { versions: entries }),
      },
    ];
  });
  const joined = source.relationships.flatMap((r) => {
    const own = status.get(r.id);
    return own === undefined ? [] : [{ vendor: 'n/a', product: cut(r.name || 'n/a', 2048), defaultStatus: own }];
  });
  const all = [...affected, ...joined];
  return all.length > 0 ? all : [{ vendor: 'n/a', product: 'n/a', defaultStatus: 'unknown' }];
}
