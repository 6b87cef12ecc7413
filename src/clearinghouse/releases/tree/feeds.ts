import { canonical } from '../../../base/canonical.ts';
import type { Instant } from '../../../base/instant.ts';
import { firstOf, latestOf, publicUrl } from '../../advisories/bulletin.ts';
import { packagesIn } from '../../advisories/text.ts';
import type { Publication } from '../release.ts';
import { escaped, type Site, urlPath } from './shown.ts';

/**
 * Feeds for readers, every release an entry and every version of an advisory the same id: Atom (RFC 4287) with archives (RFC 5005 §4) and
 * JSON Feed 1.1 with pages. A page of 256 releases never changes once it is full; the newest document has what is in no page, and more
 * than that when it is little.
 */
export const pageEntries = 256;
const newestEntries = 50;

/** How many releases the newest document of a feed has, of `size` in all. */
export function newestCount(size: number): number {
  return Math.min(size, Math.max(newestEntries, size % pageEntries));
}

/** Names of page `n`, from 0, which has the releases `256·n + 1` to `256·(n + 1)`. */
const pageName = (n: number) => String(n).padStart(6, '0');

/** `releases` of one full page, oldest first. */
export function feedPages(n: number, releases: readonly Publication[], site: Site): [string, string][] {
  const page = { n, releases: releases.toReversed(), updated: releases.at(-1)!.at, site };
  const items = releases.map((p) => JSON.parse(p.entry) as object);
  return [
    [`feed/${pageName(n)}.json`, `${canonical({ items, first: releases[0]!.seq, last: releases.at(-1)!.seq })}\n`],
    [`atom/${pageName(n)}.xml`, atom({ ...page, older: n - 1 })],
    [`jsonfeed/${pageName(n)}.json`, jsonFeed({ ...page, older: n - 1 })],
  ];
}

/** The documents that one subscribes to; `releases` are the newest `newestCount(size)`, newest first. */
export function newestFeeds(releases: readonly Publication[], size: number, site: Site): [string, string][] {
  const page = { releases, updated: releases[0]!.at, site, older: Math.floor(size / pageEntries) - 1 };
  return [
    ['atom.xml', atom(page)],
    ['jsonfeed.json', jsonFeed(page)],
  ];
}

interface Page {
  /** undefined = the newest document. */
  readonly n?: number;
  /** Newest first. */
  readonly releases: readonly Publication[];
  readonly updated: Instant;
  readonly site: Site;
  /** The page before it; −1 = there is none. */
  readonly older: number;
}

const titleOf = ({ origin }: Site) => `Security advisories of ${origin}`;
/** RFC 4151: an id that stays when addresses do not. The day is the house's own. */
const idOf = ({ origin }: Site, thing: string) => `tag:${origin},2026-01-01:${thing}`;
const pathOf = (kind: 'atom' | 'jsonfeed', n: number) => `${kind}/${pageName(n)}.${kind === 'atom' ? 'xml' : 'json'}`;

/** The address under which people read it: its page where there is one. */
function addressOf({ bulletin, entry }: Publication, { origin }: Site): string {
  const { documents } = JSON.parse(entry) as { documents: { format: string; path: string }[] };
  const best = documents.find((d) => d.path.endsWith('.html')) ?? documents[0];
  return best ? publicUrl(origin, urlPath(best.path)) : publicUrl(origin, `advisories/${firstOf(bulletin).at.slice(0, 4)}/`);
}

function atom({ n, releases, updated, site, older }: Page): string {
  const url = (path: string) => escaped(publicUrl(site.origin, path));
  const self = n === undefined ? 'atom.xml' : pathOf('atom', n);
  const links = [
    `<link rel="self" type="application/atom+xml" href="${url(self)}"/>`,
    `<link rel="alternate" type="text/html" href="${url('index.html')}"/>`,
    ...(n === undefined ? [] : [`<link rel="current" href="${url('atom.xml')}"/>`]),
    ...(older < 0 ? [] : [`<link rel="prev-archive" href="${url(pathOf('atom', older))}"/>`]),
  ];
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0">
<id>${escaped(idOf(site, 'advisories'))}</id>
<title>${escaped(titleOf(site))}</title>
<updated>${updated}</updated>
${n === undefined ? '' : '<fh:archive/>\n'}${links.join('\n')}
${releases.map((p) => atomEntry(p, site)).join('\n')}
</feed>
`;
}

function atomEntry(publication: Publication, site: Site): string {
  const { trackingId, text } = publication.bulletin;
  const parts = [
    `<id>${escaped(idOf(site, trackingId))}</id>`,
    `<title>${escaped(`${trackingId}: ${text.title}`)}</title>`,
    `<published>${firstOf(publication.bulletin).at}</published>`,
    `<updated>${publication.at}</updated>`,
    `<author><name>${escaped(text.publisher)}</name></author>`,
    `<link rel="alternate" href="${escaped(addressOf(publication, site))}"/>`,
    `<summary>${escaped(text.summary)}</summary>`,
  ];
  return `<entry>${parts.join('')}</entry>`;
}

function jsonFeed({ n, releases, site, older }: Page): string {
  const { origin } = site;
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title: titleOf(site),
    home_page_url: publicUrl(origin, 'index.html'),
    feed_url: publicUrl(origin, n === undefined ? 'jsonfeed.json' : pathOf('jsonfeed', n)),
    ...(older < 0 ? {} : { next_url: publicUrl(origin, pathOf('jsonfeed', older)) }),
    items: releases.map((publication) => {
      const { trackingId, text, versions } = publication.bulletin;
      return {
        id: idOf(site, trackingId),
        url: addressOf(publication, site),
        title: `${trackingId}: ${text.title}`,
        content_text: text.summary,
        date_published: versions[0]!.at,
        date_modified: latestOf(publication.bulletin).at,
        authors: [{ name: text.publisher }],
        tags: packagesIn(text),
      };
    }),
  };
  return `${canonical(feed)}\n`;
}
