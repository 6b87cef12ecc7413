import { epochMs, type Instant, parseInstant } from '../../base/instant.ts';
import type { PublicKey } from '../../clearinghouse/releases/openpgp/read.ts';
import { readKeys } from '../../clearinghouse/releases/openpgp/read.ts';
import type { Fetched, Fetcher } from './fetcher.ts';
import { documentShape, type Feed, feedShape, type Metadata, metadataShape, shaped } from './shapes.ts';

/** One document of the provider, with what lies beside it. */
export interface Walked {
  readonly url: string;
  readonly fetched: Fetched | undefined;
  readonly id?: string;
  readonly label?: string;
  readonly initialAt?: string;
  readonly currentAt?: string;
  readonly parsed?: unknown;
  /** Of digests: extension → first word. */
  readonly digests: ReadonlyMap<string, string>;
  readonly signature: string | undefined;
}

interface Directory {
  readonly url: string;
  readonly index: readonly string[] | undefined;
  readonly changes: readonly { readonly name: string; readonly at: string }[] | undefined;
  readonly listing: Fetched | undefined;
}

interface RolieFeed {
  readonly url: string;
  readonly label: string;
  readonly feed: Feed | undefined;
  readonly because: string;
}

/** All that was seen of a provider; the requirements are judged from this alone. */
export interface Seen {
  readonly host: string;
  readonly metadataUrl: string;
  readonly metadataFile: Fetched | undefined;
  readonly metadata: { readonly value: Metadata } | { readonly because: string };
  readonly wellKnown: Fetched | undefined;
  readonly securityTxt: { readonly url: string; readonly csaf: readonly string[] } | undefined;
  readonly dns: Fetched | undefined;
  readonly directories: readonly Directory[];
  readonly feeds: readonly RolieFeed[];
  /** Read of as many documents as were asked for; `listed` is how many there are. */
  readonly documents: readonly Walked[];
  readonly listed: number;
  readonly keys: readonly {
    readonly url: string;
    readonly fingerprint: string | undefined;
    readonly keys: readonly PublicKey[] | undefined;
  }[];
}

const wellKnownPath = '/.well-known/csaf/provider-metadata.json';

/** Walks a provider as CSAF 2.1 §7.3 says: its metadata first, then the documents that directories and feeds list. */
export async function walk(given: string, most: number, { get }: Fetcher): Promise<Seen> {
  const isMetadata = /\/provider-metadata\.json$/.test(new URL(given).pathname);
  const { origin, hostname } = new URL(given);
  const wellKnown = await get(`${origin}${wellKnownPath}`);
  const securityTxt = await readSecurityTxt(origin, get);
  const metadataUrl = isMetadata
    ? given
    : wellKnown?.status === 200
      ? `${origin}${wellKnownPath}`
      : (securityTxt?.csaf[0] ?? `${origin}${wellKnownPath}`);
  const metadataFile = await get(metadataUrl);
  const metadata = metadataFile?.status === 200 ? shaped(metadataShape, metadataFile.text) : { because: `${metadataUrl} is not there` };
  const value = 'value' in metadata ? metadata.value : undefined;
  const directories: Directory[] = [];
  for (const d of value?.distributions ?? []) {
    const url = d.directory_url ?? d.directory?.url;
    if (url !== undefined) directories.push(await readDirectory(url, get));
  }
  const feeds: RolieFeed[] = [];
  for (const { url, tlp_label: label } of value?.distributions?.flatMap((d) => d.rolie?.feeds ?? []) ?? []) {
    const file = await get(url);
    const feed = file?.status === 200 ? shaped(feedShape, file.text) : { because: 'is not there' };
    feeds.push({ url, label, feed: 'value' in feed ? feed.value.feed : undefined, because: 'because' in feed ? feed.because : '' });
  }
  const urls = documentUrls(directories, feeds);
  const documents: Walked[] = [];
  for (const url of urls.slice(0, most)) documents.push(await readDocument(url, feeds, get));
  const keys: Seen['keys'][number][] = [];
  for (const { url, fingerprint } of value?.public_openpgp_keys ?? []) {
    const file = await get(url);
    keys.push({ url, fingerprint: fingerprint?.toUpperCase(), keys: file?.status === 200 ? readKeys(file.text) : undefined });
  }
  const isName = !/^[\d.]+$|^\[|^localhost$/.test(hostname);
  const dns = isName ? await get(`https://csaf.data.security.${hostname}/`) : undefined;
  return {
    host: hostname,
    metadataUrl,
    metadataFile,
    metadata,
    wellKnown,
    securityTxt,
    dns,
    directories,
    feeds,
    documents,
    listed: urls.length,
    keys,
  };
}

async function readSecurityTxt(origin: string, get: Fetcher['get']): Promise<Seen['securityTxt']> {
  for (const url of [`${origin}/.well-known/security.txt`, `${origin}/security.txt`]) {
    const file = await get(url);
    if (file?.status !== 200) continue;
    const csaf = [...file.text.matchAll(/^CSAF:[ \t]*(\S+)[ \t]*\r?$/gim)].map((m) => URL.parse(m[1]!, origin)?.href ?? m[1]!);
    return { url, csaf };
  }
  return undefined;
}

async function readDirectory(given: string, get: Fetcher['get']): Promise<Directory> {
  const url = given.endsWith('/') ? given : `${given}/`;
  const [index, changes, listing] = [await get(`${url}index.txt`), await get(`${url}changes.csv`), await get(url)];
  const lines = (file: Fetched | undefined) => (file?.status === 200 ? file.text.split(/\r?\n/).filter((line) => line !== '') : undefined);
  return {
    url,
    index: lines(index),
    changes: lines(changes)?.map((line) => {
      const [name = '', at = ''] = line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
      return { name, at };
    }),
    listing,
  };
}

/** Newest first, each once. */
function documentUrls(directories: readonly Directory[], feeds: readonly RolieFeed[]): string[] {
  const listed = directories.flatMap(({ url, index, changes }) =>
    [...(changes ?? []).map((c) => c.name), ...(index ?? [])].map((name) => new URL(name, url).href),
  );
  const fed = feeds.flatMap(({ feed }) => (feed?.entry ?? []).map(selfOf));
  return [...new Set([...listed, ...fed])];
}

export function selfOf(entry: Feed['entry'][number]): string {
  return entry.link.find((l) => l.rel === 'self')?.href ?? entry.content.src;
}

async function readDocument(url: string, feeds: readonly RolieFeed[], get: Fetcher['get']): Promise<Walked> {
  const fetched = await get(url);
  const links = feeds.flatMap(({ feed }) => feed?.entry ?? []).find((e) => selfOf(e) === url)?.link ?? [];
  const digests = new Map<string, string>();
  const digestUrls = new Set([`${url}.sha256`, `${url}.sha512`, ...links.filter((l) => l.rel === 'hash').map((l) => l.href)]);
  for (const at of digestUrls) {
    const file = await get(at);
    if (file?.status === 200) digests.set(at.slice(at.lastIndexOf('.') + 1), /^[^\s]*/.exec(file.text)![0]);
  }
  const signature = await get(links.find((l) => l.rel === 'signature')?.href ?? `${url}.asc`);
  const beside = { url, fetched, digests, signature: signature?.status === 200 ? signature.text : undefined };
  const found = fetched?.status === 200 ? shaped(documentShape, fetched.text) : undefined;
  if (!found || !('value' in found)) return beside;
  const { tracking, distribution } = found.value.document;
  const label = distribution?.tlp?.label ?? 'UNLABELED';
  return {
    ...beside,
    id: tracking.id,
    label,
    initialAt: tracking.initial_release_date,
    currentAt: tracking.current_release_date,
    parsed: JSON.parse(fetched!.text),
  };
}

/** For comparing times that are written in different ways. */
export function msOf(text: string): number {
  const at: Instant | undefined = parseInstant(text);
  return at === undefined ? Number.NaN : epochMs(at);
}
