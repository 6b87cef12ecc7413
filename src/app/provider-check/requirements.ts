import { createHash } from 'node:crypto';
import { isRefusal } from '../../base/refusal.ts';
import { csafFile } from '../../clearinghouse/advisories/bulletin.ts';
import { validateCsaf } from '../../clearinghouse/advisories/csaf/validate.ts';
import { isSignedBy, readSignature } from '../../clearinghouse/releases/openpgp/read.ts';
import type { Fetcher } from './fetcher.ts';
import { categoryShape, serviceShape, shaped } from './shapes.ts';
import { msOf, type Seen, selfOf, type Walked } from './walk.ts';

export interface Judged {
  /** Of CSAF 2.0 and 2.1 §7.1. */
  readonly requirement: number;
  readonly name: string;
  readonly verdict: 'passed' | 'failed' | 'could-not-tell';
  readonly because: string;
}

type Said = { readonly failed: string } | { readonly unknown: string } | { readonly passed: string };
const passed = (because = ''): Said => ({ passed: because });

/** Judges every requirement of a trusted provider that can be seen over HTTP. */
export async function judge(seen: Seen, fetcher: Fetcher): Promise<Judged[]> {
  const said = (requirement: number, name: string, said: Said): Judged => {
    const [[verdict, because] = ['unknown', '']] = Object.entries(said) as [string, string][];
    return { requirement, name, verdict: verdict === 'unknown' ? 'could-not-tell' : (verdict as 'passed' | 'failed'), because };
  };
  return [
    said(1, 'valid documents', each(seen, validity)),
    said(
      2,
      'filenames',
      each(seen, ({ id, url }) =>
        id !== undefined && url.endsWith(`/${csafFile(id)}`) ? undefined : `is not named after its id ${id ?? '(none)'}`,
      ),
    ),
    said(3, 'TLS', tls(seen, fetcher)),
    said(
      4,
      'TLP:CLEAR is free of access',
      each(seen, ({ fetched }) => (fetched?.status === 200 ? undefined : `is answered with ${fetched?.status ?? 'nothing'}`)),
    ),
    said(5, 'AMBER and RED are protected', protectedOnes(seen)),
    said(6, 'redirects', redirects(fetcher.mostRedirects())),
    said(7, 'provider-metadata.json', 'because' in seen.metadata ? { failed: seen.metadata.because } : passed(seen.metadataUrl)),
    said(8, 'security.txt', securityTxt(seen)),
    said(9, 'well-known address', wellKnown(seen)),
    said(10, 'DNS path', dnsPath(seen)),
    said(
      11,
      'a folder per year',
      ofDirectories(seen, () => each(seen, yearFolder)),
    ),
    said(12, 'index.txt', ofDirectories(seen, indexes)),
    said(13, 'changes.csv', ofDirectories(seen, changes)),
    said(14, 'directory listings', ofDirectories(seen, listings)),
    said(15, 'ROLIE feeds', rolie(seen)),
    said(16, 'ROLIE service document', await optional(seen, fetcher, 'services')),
    said(17, 'ROLIE category document', await optional(seen, fetcher, 'categories')),
    said(18, 'integrity', each(seen, digests)),
    said(19, 'signatures', signatures(seen)),
    said(20, 'public OpenPGP key', publicKeys(seen)),
    said(24, 'any User-Agent', await agents(seen, fetcher)),
    said(
      25,
      'any origin',
      seen.metadataFile?.headers.get('access-control-allow-origin') === '*'
        ? passed()
        : { failed: 'the metadata has no Access-Control-Allow-Origin: *' },
    ),
  ];
}

/** Which role of §7.2 the verdicts allow. */
export function roleOf(judged: readonly Judged[]): 'csaf_trusted_provider' | 'csaf_provider' | 'csaf_publisher' | 'none' {
  const ok = (...numbers: number[]) => numbers.every((n) => judged.find((j) => j.requirement === n)?.verdict === 'passed');
  if (!ok(1, 2, 3, 4)) return 'none';
  const isProvider = ok(5, 6, 7) && [8, 9, 10].some((n) => ok(n)) && (ok(11, 12, 13, 14) || ok(15, 16, 17));
  return !isProvider ? 'csaf_publisher' : ok(18, 19, 20) ? 'csaf_trusted_provider' : 'csaf_provider';
}

function each({ documents, listed }: Seen, complaint: (of: Walked) => string | undefined): Said {
  if (documents.length === 0) return { unknown: 'no document is listed' };
  const bad = documents.flatMap((d) => complaint(d) ?? []).length;
  const first = documents.find((d) => complaint(d) !== undefined);
  if (first) return { failed: `${first.url} ${complaint(first)}${bad > 1 ? `, and ${bad - 1} more` : ''}` };
  return passed(`${documents.length} of ${listed} documents`);
}

function validity({ parsed, fetched }: Walked): string | undefined {
  if (parsed === undefined) return fetched?.status === 200 ? 'is no CSAF document' : 'is not there';
  const verdict = validateCsaf(parsed);
  if (isRefusal(verdict)) return verdict.because;
  const error = verdict.results.find((r) => r.kind === 'error');
  return error && `breaks ${error.test} at ${error.pointer || '/'}: ${error.message}`;
}

function tls({ documents }: Seen, { plain }: Fetcher): Said {
  const found = plain();
  if (found !== undefined) return { failed: `${found} is without TLS` };
  return documents.length === 0 ? { unknown: 'no document is listed' } : passed('every address begins with https');
}

function protectedOnes({ documents, feeds }: Seen): Said {
  const guarded = /^(AMBER|AMBER\+STRICT|RED)$/;
  const open = documents.find((d) => guarded.test(d.label ?? '')) ?? feeds.find((f) => guarded.test(f.label) && f.feed);
  return open ? { failed: `${open.url} is given to anybody` } : passed('none is given to strangers');
}

function redirects(most: number): Said {
  if (most > 20) return { failed: 'more than 20 redirects in a row' };
  return passed(most === 0 ? 'none' : `up to ${most}, in headers; there should be none`);
}

function securityTxt({ securityTxt: found, metadataUrl, metadata }: Seen): Said {
  if (!found) return { failed: 'there is no security.txt' };
  const [first] = found.csaf;
  if (first === undefined) return { failed: `${found.url} has no field CSAF` };
  if (!first.startsWith('https://')) return { failed: `${first} does not begin with https://` };
  const own = [metadataUrl, 'value' in metadata ? metadata.value.canonical_url : metadataUrl];
  return found.csaf.some((url) => own.includes(url)) ? passed(found.url) : { failed: `${found.url} points elsewhere: ${first}` };
}

function wellKnown({ wellKnown: found, metadataFile }: Seen): Said {
  if (found?.status !== 200) return { failed: 'is not there' };
  if (found.redirects > 0) return { failed: 'is a redirect' };
  return metadataFile && found.bytes.equals(metadataFile.bytes) ? passed() : { failed: 'is not the metadata that was walked' };
}

function dnsPath({ dns, host, metadataFile }: Seen): Said {
  if (!dns) return { unknown: `csaf.data.security.${host} could not be reached from here` };
  return metadataFile && dns.bytes.equals(metadataFile.bytes) ? passed() : { failed: 'gives something else than the metadata' };
}

function ofDirectories(seen: Seen, ask: (seen: Seen) => Said): Said {
  return seen.directories.length > 0 ? ask(seen) : { unknown: 'no directory is among the distributions' };
}

function yearFolder({ url, initialAt }: Walked): string | undefined {
  const folder = url.split('/').at(-2);
  return folder !== undefined && initialAt?.startsWith(`${folder}-`)
    ? undefined
    : `lies in ${folder}, and was first released in ${initialAt?.slice(0, 4) ?? '(no year)'}`;
}

function indexes({ directories, documents }: Seen): Said {
  for (const { url, index } of directories) {
    if (!index) return { failed: `${url}index.txt is not there` };
    const names = new Set(index);
    const missing = documents.find((d) => d.url.startsWith(url) && !names.has(d.url.slice(url.length)));
    if (missing) return { failed: `${url}index.txt does not name ${missing.url}` };
  }
  return passed();
}

function changes({ directories, documents }: Seen): Said {
  const byUrl = new Map(documents.map((d) => [d.url, d]));
  for (const { url, changes: lines } of directories) {
    if (!lines) return { failed: `${url}changes.csv is not there` };
    const wrong = lines.find(({ at }, i) => Number.isNaN(msOf(at)) || (i > 0 && msOf(at) > msOf(lines[i - 1]!.at)));
    if (wrong) return { failed: `${url}changes.csv: ${wrong.name} is out of order, or has no time` };
    for (const [i, { name, at }] of lines.entries()) {
      const document = byUrl.get(new URL(name, url).href);
      const isLatest = lines.findIndex((l) => l.name === name) === i;
      if (isLatest && document?.currentAt !== undefined && msOf(document.currentAt) !== msOf(at))
        return { failed: `${url}changes.csv: ${name} changed at ${document.currentAt}, not ${at}` };
    }
    const names = new Set(lines.map((l) => l.name));
    const missing = documents.find((d) => d.url.startsWith(url) && !names.has(d.url.slice(url.length)));
    if (missing) return { failed: `${url}changes.csv does not name ${missing.url}` };
  }
  return passed();
}

function listings({ directories }: Seen): Said {
  const without = directories.find(({ listing }) => listing?.status !== 200 || !/<a\s/i.test(listing.text));
  return without ? { failed: `${without.url} lists nothing` } : passed();
}

function rolie({ feeds, documents }: Seen): Said {
  if (feeds.length === 0) return { unknown: 'no ROLIE feed is among the distributions' };
  for (const { url, feed, because } of feeds) {
    if (!feed) return { failed: `${url} ${because}` };
    if (!feed.category.some((c) => c.scheme === 'urn:ietf:params:rolie:category:information-type' && c.term === 'csaf'))
      return { failed: `${url} is not of the category csaf` };
    for (const entry of feed.entry) {
      const document = documents.find((d) => d.url === selfOf(entry));
      const has = (rel: string) => entry.link.some((l) => l.rel === rel);
      if (document && document.digests.size > 0 && !has('hash')) return { failed: `${url}: ${entry.id} does not name its digest` };
      if (document?.signature !== undefined && !has('signature')) return { failed: `${url}: ${entry.id} does not name its signature` };
    }
  }
  if (!feeds.some((f) => /^(WHITE|CLEAR|GREEN|UNLABELED)$/.test(f.label))) return { failed: 'none of the feeds is for everybody' };
  const fed = new Set(feeds.flatMap(({ feed }) => feed!.entry.map(selfOf)));
  const missing = documents.find((d) => !fed.has(d.url));
  return missing ? { failed: `no feed has ${missing.url}` } : passed();
}

async function optional({ metadata, feeds }: Seen, { get }: Fetcher, which: 'services' | 'categories'): Promise<Said> {
  if (feeds.length === 0) return { unknown: 'no ROLIE feed is among the distributions' };
  const urls = 'value' in metadata ? (metadata.value.distributions ?? []).flatMap((d) => d.rolie?.[which] ?? []) : [];
  for (const url of urls) {
    const file = await get(url);
    const found =
      file?.status === 200 ? shaped<unknown>(which === 'services' ? serviceShape : categoryShape, file.text) : { because: 'is not there' };
    if ('because' in found) return { failed: `${url} ${found.because}` };
  }
  return passed(urls.length === 0 ? 'not used, and it need not be' : urls.join(', '));
}

function digests({ fetched, digests: found }: Walked): string | undefined {
  if (!fetched) return 'is not there';
  if (found.size === 0) return 'has no digest';
  for (const [algorithm, given] of found) {
    if (algorithm !== 'sha256' && algorithm !== 'sha512') continue;
    if (createHash(algorithm).update(fetched.bytes).digest('hex') !== given) return `is not what its ${algorithm} says`;
  }
  return undefined;
}

function signatures(seen: Seen): Said {
  const keys = seen.keys.flatMap((k) => k.keys ?? []);
  let untold = 0;
  const judged = each(seen, ({ signature: text, fetched }) => {
    if (text === undefined) return 'has no signature';
    const signature = readSignature(text);
    const by = signature && fetched && isSignedBy(keys, signature, fetched.bytes);
    if (by === undefined) untold++;
    return by === false ? 'is not what was signed' : undefined;
  });
  if (!('passed' in judged) || untold === 0) return judged;
  return { unknown: `${untold} signatures are of keys or algorithms that are not known here` };
}

function publicKeys({ keys }: Seen): Said {
  if (keys.length === 0) return { failed: 'the metadata names no key' };
  const missing = keys.find((k) => !k.keys);
  if (missing) return { failed: `${missing.url} is no armoured key` };
  const other = keys.find((k) => k.fingerprint !== undefined && !k.keys?.some((own) => own.primary === k.fingerprint));
  return other
    ? { failed: `${other.url} is not the key ${other.fingerprint}` }
    : passed(keys.map((k) => k.fingerprint ?? k.url).join(', '));
}

async function agents({ metadataUrl }: Seen, { get }: Fetcher): Promise<Said> {
  for (const agent of ['curl/8.5.0', 'Mozilla/5.0', 'python-requests/2.32.0', 'x']) {
    const status = (await get(metadataUrl, { 'user-agent': agent }))?.status;
    if (status !== 200) return { failed: `${agent} is answered with ${status ?? 'nothing'}` };
  }
  return passed();
}
