import { createHash } from 'node:crypto';
import { canonical } from '../../../base/canonical.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Signer } from '../../../base/signature.ts';
import { csafFile, firstOf, publicUrl } from '../../advisories/bulletin.ts';
import { type OpenPgpKey, openPgpSignature } from '../openpgp/write.ts';
import type { Document } from '../release.ts';
import type { Form, Line } from './list.ts';
import { changedAt, documentsIn, escaped, type Shown, type Site, yearOf } from './shown.ts';

/** A trusted provider by CSAF 2.0 §7.1 and 2.1 §7.1, requirements 1 to 20: one distribution an edition, each with metadata of its own (2.1 §7.4). */
interface Edition {
  readonly format: string;
  readonly version: '2.0' | '2.1';
  /** Folder of the edition's metadata and feed, and of its documents by year. */
  readonly home: string;
  readonly root: string;
  readonly label: 'WHITE' | 'CLEAR';
  readonly schema: string;
}

const schemas = 'https://docs.oasis-open.org/csaf/csaf';
const editions: readonly Edition[] = [
  {
    format: 'csaf20',
    version: '2.0',
    home: 'csaf/',
    root: 'csaf/white/',
    label: 'WHITE',
    schema: `${schemas}/v2.0/csaf_json_schema.json`,
  },
  {
    format: 'csaf21',
    version: '2.1',
    home: 'csaf21/',
    root: 'csaf21/clear/',
    label: 'CLEAR',
    schema: `${schemas}/v2.1/schema/csaf.json`,
  },
];

const category = { scheme: 'urn:ietf:params:rolie:category:information-type', term: 'csaf' };
const feedPath = ({ home, label }: Edition) => `${home}feed-tlp-${label.toLowerCase()}.json`;
/** What lies beside a document: requirements 18 (either digest is enough; some readers know only one) and 19. */
const beside = ['.sha256', '.sha512', '.asc'] as const;

/** A document with its digests and signature. Two spaces and the name, as sha256sum(1) and sha512sum(1) write and check them. */
export function signedFiles({ paths, text, sha256 }: Document, signer: Signer, at: Instant): [path: string, text: string][] {
  const bytes = Buffer.from(text);
  const sha512 = createHash('sha512').update(bytes).digest('hex');
  const signature = openPgpSignature(signer, bytes, at);
  return paths.flatMap((path): [string, string][] => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return [
      [path, text],
      [`${path}.sha256`, `${sha256}  ${name}\n`],
      [`${path}.sha512`, `${sha512}  ${name}\n`],
      [`${path}.asc`, signature],
    ];
  });
}

export function isSigned(format: string): boolean {
  return editions.some((e) => e.format === format);
}

/** Requirements 12 (index.txt), 13 (changes.csv), 14 (listing of the year's folder) and 15 (ROLIE feed). */
export function csafLines(shown: Shown, site: Site): Line[] {
  return editions.flatMap((edition) => {
    const { root, version } = edition;
    if (documentsIn(shown, edition.format).length === 0) return [];
    const year = yearOf(shown.bulletin);
    const name = csafFile(shown.bulletin.trackingId);
    const [path, at] = [`${year}/${name}`, changedAt(shown)];
    return [
      { path: `${root}index.txt`, form: names, text: path },
      // 2.0 shows both fields in quotes, 2.1 forbids them.
      { path: `${root}changes.csv`, form: changes, text: version === '2.0' ? `"${path}","${at}"` : `${path},${at}` },
      { path: `${root}${year}/index.html`, form: listing(`${root}${year}/`), text: listed(name, ['', ...beside]) },
      { path: feedPath(edition), form: rolie(edition, site), text: rolieEntry(shown, edition, site, `${root}${path}`) },
    ];
  });
}

const names: Form = { keyOf: (line) => line || undefined };
const changes: Form = { keyOf: (line) => /^"?([^",]+)"?,/.exec(line)?.[1] };

/** RFC 8322 in JSON, as CSAF shows it. */
function rolie(edition: Edition, { origin }: Site): Form {
  const { home, label } = edition;
  const link = [
    { rel: 'self', href: publicUrl(origin, feedPath(edition)) },
    { rel: 'service', href: publicUrl(origin, `${home}service.json`) },
  ];
  const title = `CSAF ${edition.version} documents of ${origin} (TLP:${label})`;
  const feed = { category: [category], id: `${origin}-csaf-feed-tlp-${label.toLowerCase()}`, link, title };
  return {
    head: (updated) => `{"feed":${canonical({ ...feed, updated }).slice(0, -1)},"entry":[`,
    tail: ']}}',
    comma: true,
    keyOf: (line) => /^\{"id":"([^"\\]+)"/.exec(line)?.[1],
  };
}

function rolieEntry(shown: Shown, { schema, version }: Edition, { origin }: Site, path: string): string {
  const { trackingId, text } = shown.bulletin;
  const url = publicUrl(origin, path);
  const link = [
    { rel: 'self', href: url },
    { rel: 'hash', href: `${url}.sha256` },
    { rel: 'hash', href: `${url}.sha512` },
    { rel: 'signature', href: `${url}.asc` },
  ];
  // The id stands first: a line is told by how it begins.
  return JSON.stringify({
    id: trackingId,
    title: text.title,
    link,
    published: firstOf(shown.bulletin).at,
    updated: changedAt(shown),
    summary: { content: text.summary.slice(0, summaryChars) },
    content: { type: 'application/json', src: url },
    format: { schema, version },
    category: [category],
  });
}

/** Of a feed that has all documents in one file. */
const summaryChars = 280;

function listed(name: string, ends: readonly string[]): string {
  const links = ends.map((end) => `<a href="${name}${end}">${end === '' ? name : end}</a>`);
  return `<li>${links.join(' ')}</li>`;
}

function listing(folder: string): Form {
  return {
    head: () =>
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(folder)}</title></head><body><h1>${escaped(folder)}</h1><p><a href="../">Up</a></p><ul>`,
    tail: '</ul></body></html>',
    keyOf: (line) => /^<li><a href="([^"]+)"/.exec(line)?.[1],
  };
}

/** What is small and says how all of it stands: metadata, ROLIE service, the key, the listing of years. `years` by edition root. */
export function csafSummary(newest: Shown, years: ReadonlyMap<string, readonly string[]>, site: Site, key: OpenPgpKey): [string, string][] {
  const there = editions.filter((e) => years.get(e.root)?.length);
  const keyPath = `csaf/openpgp/${key.fingerprint}.asc`;
  const files = there.flatMap((edition): [string, string][] => {
    const { home, root, version } = edition;
    const metadata = `${canonical(metadataOf(edition, newest, site, { ...key, path: keyPath }))}\n`;
    return [
      [`${home}service.json`, `${canonical(serviceOf(edition, site))}\n`],
      [`${root}index.html`, folderPage(root, [...(years.get(root) ?? []).map((y) => `${y}/`), 'index.txt', 'changes.csv'])],
      [`csaf/v${version}/provider-metadata.json`, metadata],
      // 2.0 is what readers of today read; the address without an edition is equal to its metadata (2.1 §7.4.2).
      ...(version === '2.0' ? [['csaf/provider-metadata.json', metadata] as [string, string]] : []),
    ];
  });
  return there.length === 0 ? [] : [[keyPath, key.text], ...files];
}

/** The editions in which there is a document, of the years by root. */
export function csafEditions(years: Readonly<Record<string, readonly string[]>>): string[] {
  return editions.filter((e) => years[e.root]?.length).map((e) => e.version);
}

/** Which edition's root this advisory adds a year to. */
export function csafYears(shown: Shown): [root: string, year: string][] {
  return editions.filter((e) => documentsIn(shown, e.format).length > 0).map((e) => [e.root, yearOf(shown.bulletin)]);
}

function metadataOf(edition: Edition, newest: Shown, { origin }: Site, key: OpenPgpKey & { readonly path: string }): object {
  const { home, root, version, label } = edition;
  const [directory, feed] = [publicUrl(origin, root), publicUrl(origin, feedPath(edition))];
  const at = changedAt(newest);
  const summary = `All TLP:${label} advisories of ${newest.bulletin.text.publisher}.`;
  const is21 = version === '2.1';
  return {
    ...(is21 ? { $schema: `${schemas}/v2.1/schema/provider.json` } : {}),
    canonical_url: `https://${origin}/.well-known/csaf/v${version}/provider-metadata.json`,
    distributions: [
      is21 ? { directory: { tlp_label: label, url: directory } } : { directory_url: directory },
      {
        rolie: {
          feeds: [{ ...(is21 ? { last_updated: at } : {}), summary, tlp_label: label, url: feed }],
          services: [publicUrl(origin, `${home}service.json`)],
        },
      },
    ],
    last_updated: at,
    list_on_CSAF_aggregators: true,
    metadata_version: version,
    mirror_on_CSAF_aggregators: true,
    public_openpgp_keys: [{ fingerprint: key.fingerprint, url: publicUrl(origin, key.path) }],
    publisher: { category: 'coordinator', name: newest.bulletin.text.publisher, namespace: `https://${origin}` },
    role: 'csaf_trusted_provider',
  };
}

function serviceOf(edition: Edition, { origin }: Site): object {
  const collection = {
    title: `CSAF ${edition.version} documents of ${origin} (TLP:${edition.label})`,
    href: publicUrl(origin, feedPath(edition)),
    categories: { category: [category] },
  };
  return { service: { workspace: [{ title: 'Public CSAF feeds', collection: [collection] }] } };
}

/** Requirement 14 for those who serve files with a server that lists nothing. */
function folderPage(folder: string, names: readonly string[]): string {
  const items = names.map((name) => `<li><a href="${name}">${name}</a></li>`).join('\n');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${folder}</title></head><body><h1>${folder}</h1><ul>\n${items}\n</ul></body></html>\n`;
}
