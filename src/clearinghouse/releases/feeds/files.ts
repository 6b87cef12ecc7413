import { canonical, sha256 } from '../../../base/canonical.ts';
import { csafFile, firstOf, latestOf } from '../../advisories/bulletin.ts';
import type { Edition } from '../../advisories/csaf/csaf.ts';
import { sourceOf } from '../../advisories/drafted.ts';
import { writeCsaf } from '../../advisories/formats/csaf/csaf.ts';
import type { Source } from '../../advisories/source.ts';
import type { Feed, FeedItem } from './feed.ts';

/** One file under a feed's address; made when it is asked for. */
interface FeedFile {
  readonly type: string;
  readonly text: () => string;
  /** The advisory that whoever takes this file has. */
  readonly itemId?: FeedItem['id'];
}

interface Seen {
  readonly feed: Feed;
  readonly items: readonly FeedItem[];
  readonly canaries: Readonly<Record<string, string>>;
}

const editions: readonly (readonly [folder: string, Edition])[] = [
  ['csaf', '2.0'],
  ['csaf21', '2.1'],
];

/** What one client sees of a feed: CSAF documents as directory and as ROLIE (CSAF 2.1 §7.1.11–7.1.17), and a JSON Feed 1.1. */
export function feedFiles(seen: Seen): Map<string, FeedFile> {
  const files = new Map<string, FeedFile>();
  const json = (path: string, make: () => object) => files.set(path, { type: 'application/json', text: () => `${canonical(make())}\n` });
  const text = (path: string, type: string, make: () => string) => files.set(path, { type, text: make });
  json('feed.json', () => jsonFeed(seen));
  const newest = seen.items.toSorted((a, b) => (a.sharedAt === b.sharedAt ? (a.id < b.id ? 1 : -1) : a.sharedAt < b.sharedAt ? 1 : -1));
  for (const [folder, edition] of editions) {
    for (const item of seen.items) {
      const path = `${folder}/${pathOf(item)}`;
      const document = () => documentOf(seen, item, edition);
      files.set(path, { type: 'application/json', text: document, itemId: item.id });
      text(`${path}.sha256`, 'text/plain; charset=utf-8', () => `${sha256(document())}  ${path.slice(path.lastIndexOf('/') + 1)}\n`);
    }
    text(`${folder}/index.txt`, 'text/plain; charset=utf-8', () =>
      newest
        .map((i) => `${pathOf(i)}\n`)
        .sort()
        .join(''),
    );
    text(`${folder}/changes.csv`, 'text/csv; charset=utf-8', () =>
      newest.map((i) => `"${pathOf(i)}","${latestOf(i.bulletin).at}"\n`).join(''),
    );
    json(`${folder}/feed-tlp-${seen.feed.label.tlp.toLowerCase().replace('+', '-')}.json`, () => rolie(seen, newest, folder));
  }
  return files;
}

/** What a client of a feed is told the advisory says: under the feed's colour, at the feed's address. */
export function feedSource(feed: Feed, item: FeedItem): Source {
  const source = sourceOf(item.bulletin);
  const url = addressOf(feed, item, `csaf/${pathOf(item)}`);
  return { ...source, tlp: feed.label.tlp, references: source.references.map((r) => (r.isSelf ? { ...r, url } : r)) };
}

/** Marked as this client's own copy, where CSAF has a place for words on sharing (§3.2.1.5.2, distribution text). */
function documentOf({ feed, canaries }: Seen, item: FeedItem, edition: Edition): string {
  const source = feedSource(feed, item);
  const document = writeCsaf(source, edition) as { document: { distribution?: { text?: string } } };
  const { distribution } = document.document;
  const mark = `Copy ${canaries[item.id]}: not to be passed on beyond TLP:${feed.label.tlp}.`;
  // What a reader of CSAF 2.0 knows AMBER+STRICT by stands last.
  const marked = { ...distribution, text: [mark, ...(distribution?.text ? [distribution.text] : [])].join(' ') };
  return canonical({ ...document, document: { ...document.document, distribution: marked } });
}

function jsonFeed({ feed, items }: Seen): object {
  return {
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.name,
    description: `TLP:${feed.label.tlp}`,
    items: items.map((item) => ({
      id: item.bulletin.trackingId,
      url: addressOf(feed, item, `csaf/${pathOf(item)}`),
      title: item.bulletin.text.title,
      content_text: item.bulletin.text.summary,
      date_published: firstOf(item.bulletin).at,
      date_modified: latestOf(item.bulletin).at,
    })),
  };
}

/** RFC 8322 with what CSAF adds (CSAF 2.1 §7.1.15). */
function rolie({ feed, items }: Seen, newest: readonly FeedItem[], folder: string): object {
  const colour = feed.label.tlp.toLowerCase().replace('+', '-');
  const [latest] = newest;
  const first = items[0];
  const own = first ? addressOf(feed, first, `${folder}/feed-tlp-${colour}.json`) : `/feeds/${feed.id}/${folder}/feed-tlp-${colour}.json`;
  return {
    feed: {
      id: `csaf-feed-tlp-${colour}`,
      title: `${feed.name} (TLP:${feed.label.tlp})`,
      link: [{ rel: 'self', href: own }],
      category: [{ scheme: 'urn:ietf:params:rolie:category:information-type', term: 'csaf' }],
      updated: latest ? latestOf(latest.bulletin).at : feed.createdAt,
      entry: newest.map((item) => {
        const href = addressOf(feed, item, `${folder}/${pathOf(item)}`);
        const schema = folder === 'csaf' ? 'v2.0/schema/csaf.json' : 'v2.1/schema/csaf.json';
        return {
          id: item.bulletin.trackingId,
          title: item.bulletin.text.title,
          link: [
            { rel: 'self', href },
            { rel: 'hash', href: `${href}.sha256` },
          ],
          published: firstOf(item.bulletin).at,
          updated: latestOf(item.bulletin).at,
          content: { type: 'application/json', src: href },
          format: { schema: `https://docs.oasis-open.org/csaf/csaf/${schema}`, version: folder === 'csaf' ? '2.0' : '2.1' },
        };
      }),
    },
  };
}

function pathOf({ bulletin }: FeedItem): string {
  return `${firstOf(bulletin).at.slice(0, 4)}/${csafFile(bulletin.trackingId)}`;
}

function addressOf(feed: Feed, { bulletin }: FeedItem, path: string): string {
  return `https://${bulletin.origin}/feeds/${feed.id}/${path}`;
}
