import type { Instant } from '../../../../base/instant.ts';
import { isRefusal, type Refusal, refuse } from '../../../../base/refusal.ts';
import { formatPurl, parsePurl } from '../../../inventories/purl.ts';
import { isObject, listOf, type Obj, objectOf, objectsIn, textOf } from '../../csaf/json.ts';
import { noIdentifiers, type Source } from '../../source.ts';
import { kindOfTags } from './references.ts';
import { readScores } from './scores.ts';
import { instantOf } from './time.ts';
import { validateCve } from './validate.ts';
import { type ByStatus, readVersions } from './versions.ts';

type Vulnerability = Source['vulnerabilities'][number];
type Product = Source['products'][number];

/**
 * Reads a record of the CVE Record Format, or a container as it is sent. What CNA and ADP say of scores is told apart by who said it; the rest
 * is the CNA's. The document itself is kept, so that what nobody changes is written back as it was.
 */
export function readCve(document: unknown): Source | Refusal {
  const verdict = validateCve(document);
  if (isRefusal(verdict)) return verdict;
  const error = verdict.results.find((result) => result.kind === 'error');
  if (error) return refuse('malformed', error.message, error.pointer);
  const given = document as Obj;
  const { metadata, cna, adps } = partsOf(given);
  const provider = objectOf(cna.providerMetadata);
  const cve = textOf(metadata.cveId) ?? null;
  const advisory = textOf(objectOf(cna.source).advisory);
  const dates = [metadata.dateUpdated, provider.dateUpdated, metadata.datePublished, cna.datePublic, metadata.dateReserved];
  const currentAt = dates.map(instantOf).find((at) => at !== null) ?? never;
  const initialAt = instantOf(metadata.datePublished) ?? currentAt;
  const rejected = Array.isArray(cna.rejectedReasons);
  const title = textOf(cna.title) ?? cve ?? advisory ?? 'CVE';
  const affected = objectsIn(cna, 'affected', '').map(({ value }, i) => productsOf(value, i + 1));
  return {
    category: rejected ? 'csaf_withdrawn' : 'csaf_security_advisory',
    title,
    language: 'en',
    translatedFrom: null,
    tlp: null,
    publisher: {
      category: 'other',
      name: textOf(provider.shortName) ?? textOf(metadata.assignerShortName) ?? textOf(provider.orgId) ?? '',
      namespace: `urn:uuid:${textOf(provider.orgId) ?? textOf(metadata.assignerOrgId) ?? ''}`,
      contact: null,
      authority: null,
    },
    tracking: {
      id: cve ?? advisory ?? title,
      aliases: cve !== null && advisory !== undefined ? [advisory] : [],
      status: 'final',
      initialAt,
      currentAt,
      revisions: [{ number: String(metadata.serial ?? 1), legacy: null, at: currentAt, summary: 'CVE record.' }],
      withdrawnAt: rejected ? (instantOf(metadata.dateRejected) ?? currentAt) : null,
      generator: null,
    },
    severity: null,
    license: null,
    notes: english(cna.rejectedReasons).map((text) => noteOf('Reasoning for withdrawal', text)),
    references: objectsIn(cna, 'references', '').map(({ value }) => ({
      ...kindOfTags(listOf(value.tags)),
      url: textOf(value.url) ?? '',
      summary: textOf(value.name) ?? null,
    })),
    credits: [],
    products: affected.flatMap(({ products }) => products.map(({ product }) => product)),
    groups: [],
    relationships: [],
    vulnerabilities: [
      vulnerabilityOf(
        cna,
        adps,
        cve,
        affected.flatMap(({ products }) => products),
      ),
    ],
    beyond: { cve: given },
  };
}

/** A record has its metadata and containers; a container as it is sent is the CNA's. */
export function partsOf(document: Obj): { readonly metadata: Obj; readonly cna: Obj; readonly adps: readonly Obj[] } {
  const sent = document.cnaContainer ?? document.adpContainer;
  if (sent !== undefined) return { metadata: {}, cna: objectOf(sent), adps: [] };
  if (!isObject(document.containers)) return { metadata: {}, cna: document, adps: [] };
  const adps = objectsIn(document.containers, 'adp', '').map(({ value }) => value);
  return { metadata: objectOf(document.cveMetadata), cna: objectOf(document.containers.cna), adps };
}

/** A container that is sent may say no time at all. */
export const never = '1970-01-01T00:00:00.000Z' as Instant;

function english(texts: unknown): string[] {
  const all = listOf(texts).filter(isObject);
  return all.filter((d) => textOf(d.lang)?.startsWith('en')).map((d) => textOf(d.value) ?? '');
}

function noteOf(title: string, text: string): Source['notes'][number] {
  return { category: 'description', title, text, audience: null };
}

interface Found {
  readonly product: Product;
  readonly status: keyof Vulnerability['status'];
}

const statusNames = { affected: 'known_affected', unaffected: 'known_not_affected', unknown: 'unknown' } as const;

/** One product for each status that its versions have. */
function productsOf(affected: Obj, number: number): { readonly products: readonly Found[] } {
  const versions = readVersions(affected);
  const name = textOf(affected.product) ?? textOf(affected.packageName) ?? '';
  const vendor = textOf(affected.vendor);
  const cpe = listOf(affected.cpes).find((c) => typeof c === 'string') as string | undefined;
  const id = `BWPID-${String(number).padStart(4, '0')}`;
  const named = Object.keys(versions) as (keyof ByStatus)[];
  const products = named.map((status, i) => ({
    status: statusNames[status],
    product: {
      id: i === 0 ? id : `${id}-${status}`,
      name,
      path: [...(vendor === undefined ? [] : [{ category: 'vendor', name: vendor }]), { category: 'product_name', name }],
      package: packageOf(affected.packageURL),
      versions: versions[status] ?? null,
      identifiers: cpe === undefined ? noIdentifiers : { ...noIdentifiers, cpe },
    },
  }));
  return { products };
}

function packageOf(packageUrl: unknown): string | null {
  const purl = typeof packageUrl === 'string' ? parsePurl(packageUrl) : undefined;
  return purl === undefined || isRefusal(purl) ? null : formatPurl({ ...purl, version: null });
}

function vulnerabilityOf(cna: Obj, adps: readonly Obj[], cve: string | null, found: readonly Found[]): Vulnerability {
  const grouped = Map.groupBy(found, (f) => f.status);
  const productIds = (grouped.get('known_affected') ?? []).map((f) => f.product.id);
  return {
    title: textOf(cna.title) ?? null,
    cve,
    ids: [],
    weaknesses: weaknessesOf(cna),
    notes: english(cna.descriptions).map((text) => noteOf('Description', text)),
    status: Object.fromEntries([...grouped].map(([status, own]) => [status, own.map((f) => f.product.id)])),
    justifications: [],
    threats: [
      ...objectsIn(cna, 'impacts', '').flatMap(({ value }) => english(value.descriptions).map((d) => threatOf('impact', d))),
      ...english(cna.exploits).map((d) => threatOf('exploit_status', d)),
    ],
    remedies: [
      ...english(cna.solutions).map((d) => remedyOf('vendor_fix', d, productIds)),
      ...english(cna.workarounds).map((d) => remedyOf('workaround', d, productIds)),
    ],
    scores: [
      ...readScores(cna, null, productIds),
      ...adps.flatMap((adp) => readScores(adp, textOf(objectOf(adp.providerMetadata).shortName) ?? textOf(adp.title) ?? 'ADP', productIds)),
    ],
    credits: creditsOf(cna),
    references: [],
    involvements: [],
    discoveredAt: null,
    disclosedAt: instantOf(cna.datePublic),
    exploitedAt: [],
  };
}

function threatOf(category: 'impact' | 'exploit_status', details: string): Vulnerability['threats'][number] {
  return { category, details, at: null, productIds: [], groupIds: [] };
}

function remedyOf(
  category: 'vendor_fix' | 'workaround',
  details: string,
  productIds: readonly string[],
): Vulnerability['remedies'][number] {
  return { category, details, url: null, at: null, entitlements: [], restart: null, productIds, groupIds: [] };
}

/** What stands beside an id is often no name of CWE's: the id says it all. */
function weaknessesOf(cna: Obj): Vulnerability['weaknesses'] {
  const found = objectsIn(cna, 'problemTypes', '').flatMap(({ value }) => objectsIn(value, 'descriptions', ''));
  const ids = new Set(found.flatMap(({ value }) => textOf(value.cweId) ?? []));
  return [...ids].map((id) => ({ id, name: null, version: null }));
}

/** `Reported by NAME.` in the timeline says when a credit's report came in. */
function creditsOf(cna: Obj): Vulnerability['credits'] {
  const times = new Map(objectsIn(cna, 'timeline', '').map(({ value }) => [value.value, instantOf(value.time)]));
  return objectsIn(cna, 'credits', '').map(({ value }) => {
    const name = textOf(value.value) ?? '';
    const kind = textOf(value.type)?.replaceAll(' ', '_') ?? null;
    return { names: [name], organization: null, summary: null, urls: [], kind, at: times.get(`Reported by ${name}.`) ?? null };
  });
}
