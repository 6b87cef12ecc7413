import { canonical } from '../../base/canonical.ts';
import { publicUrl } from '../advisories/bulletin.ts';
import { type Checkpoint, type FeedItem, feedItems } from './feed.ts';
import { page } from './page.ts';
import type { Document, Publication } from './release.ts';
import { tilesOf } from './tiles.ts';

export interface Published extends Publication {
  readonly documents: readonly Document[];
}

/**
 * Everything public as static files: path below the public root → bytes. Takes every release in the order of the feed and the
 * checkpoint over exactly those. A later version of an advisory takes the place of the earlier one; the feed keeps the digests of both.
 */
export function publicTree(published: readonly Published[], checkpoint: Checkpoint): Map<string, Uint8Array> {
  if (published.length !== checkpoint.size) throw new RangeError('the checkpoint is of another tree');
  const files = new Map<string, Uint8Array>();
  const put = (path: string, text: string) => files.set(path, Buffer.from(text));
  for (const { format, paths, text, sha256 } of published.flatMap((p) => p.documents)) {
    for (const path of paths) {
      put(path, text);
      // CSAF 2.0 §7.1.18: digest and file name, as sha256sum(1) writes and checks them.
      if (format === 'csaf20') put(`${path}.sha256`, `${sha256}  ${path.slice(path.lastIndexOf('/') + 1)}\n`);
    }
  }
  const items = feedItems(
    published.map((p) => p.leaf),
    published.map((p) => p.entry),
  );
  put('feed.json', `${canonical({ items, checkpoint: checkpoint.note, key: checkpoint.key, size: checkpoint.size })}\n`);
  put('checkpoint', checkpoint.note);
  for (const [path, bytes] of tilesOf(published.map((p) => p.entry))) files.set(path, bytes);
  for (const [path, text] of csafListing(published)) put(path, text);
  put('index.html', page(newest(items), checkpoint));
  return files;
}

/** The newest version of every advisory, newest first. */
function newest(items: readonly FeedItem[]): FeedItem[] {
  const byId = new Map<string, FeedItem>();
  for (const item of items) byId.set(item.id, item);
  return [...byId.values()].sort((a, b) => b.seq - a.seq);
}

/** CSAF 2.0 §7.1.7, §7.1.12 and §7.1.13. */
function csafListing(published: readonly Published[]): [string, string][] {
  const last = published.at(-1);
  if (!last) return [];
  const root = 'csaf/white/';
  const at = new Map<string, string>();
  for (const p of published)
    for (const d of p.documents) if (d.format === 'csaf20') for (const path of d.paths) at.set(path.slice(root.length), p.at);
  const changes = [...at].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x < y ? 1 : -1));
  const { origin, text } = last.bulletin;
  const metadata = {
    canonical_url: publicUrl(origin, 'csaf/provider-metadata.json'),
    distributions: [{ directory_url: publicUrl(origin, root) }],
    last_updated: last.at,
    list_on_CSAF_aggregators: true,
    metadata_version: '2.0',
    mirror_on_CSAF_aggregators: true,
    publisher: { category: 'coordinator', name: text.publisher, namespace: `https://${origin}` },
    role: 'csaf_publisher',
  };
  return [
    [`${root}index.txt`, `${[...at.keys()].sort().join('\n')}\n`],
    [`${root}changes.csv`, `${changes.map(([path, date]) => `"${path}","${date}"`).join('\n')}\n`],
    ['csaf/provider-metadata.json', `${canonical(metadata)}\n`],
  ];
}
