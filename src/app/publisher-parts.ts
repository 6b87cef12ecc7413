import { canonical } from '../base/canonical.ts';
import type { PublicTree, Tx } from '../base/doors.ts';
import { appendLeaf } from '../base/merkle.ts';
import type { Signer } from '../base/signature.ts';
import { type Checkpoint, checkpointOf, feedItem } from '../clearinghouse/releases/feed.ts';
import { proofSuffix, tlogProof } from '../clearinghouse/releases/log/proof.ts';
import { frontierAt, inclusionProofs, logFiles } from '../clearinghouse/releases/log/store.ts';
import { changedTiles } from '../clearinghouse/releases/log/tiles.ts';
import { type OpenPgpKey, openPgpKey } from '../clearinghouse/releases/openpgp/write.ts';
import type { Publication } from '../clearinghouse/releases/release.ts';
import { csafSummary, csafYears, isSigned, signedFiles } from '../clearinghouse/releases/tree/csaf.ts';
import { feedPages, newestCount, newestFeeds, pageEntries } from '../clearinghouse/releases/tree/feeds.ts';
import { ecosystemsOf, osvSummary } from '../clearinghouse/releases/tree/osv.ts';
import { frontPage } from '../clearinghouse/releases/tree/pages.ts';
import { changedAt, type Shown, type Site, yearOf } from '../clearinghouse/releases/tree/shown.ts';
import { newestPublications, publicationsIn, shownIn } from '../clearinghouse/releases/tree/store.ts';
import { cosignatureLines } from '../clearinghouse/releases/witnesses/store.ts';
import { put, putAll } from './publisher-files.ts';
import { listsOf } from './publisher-lists.ts';
import type { Marker } from './publisher-marker.ts';

/** Of the front page. */
const frontRows = 50;
const humanYears = 'advisories/';

/** What every part of a publication works with. */
export interface Publishing {
  readonly read: <T>(ask: (tx: Tx) => Promise<T>) => Promise<T>;
  readonly site: Site;
  readonly signer: (purpose: 'releases' | 'openpgp') => Signer;
  readonly key: OpenPgpKey;
}

export function publishing(read: Publishing['read'], site: Site, signer: Publishing['signer']): Publishing {
  return { read, site, signer, key: openPgpKey(signer('openpgp')) };
}

/** Documents, pages and tiles of the releases after those of the marker; what names them comes later. */
export async function append(by: Publishing, to: PublicTree, marker: Marker, size: number): Promise<Marker> {
  let grown = marker;
  for (let after = marker.size; after < size; ) {
    const upTo = Math.min(size, (Math.floor(after / pageEntries) + 1) * pageEntries);
    const { shown, all, frontier } = await by.read(async (tx) => ({
      shown: await shownIn(tx, { after, upTo, asOf: size, order: 'oldest', limit: pageEntries, withTexts: true }),
      // The whole page, where this ends one.
      all: await publicationsIn(tx, { after: upTo % pageEntries === 0 ? upTo - pageEntries : after, upTo }),
      frontier: await frontierAt(tx, after),
    }));
    const proofs = proofsOf(by, frontier, all.slice(after - upTo), after);
    await putAll(
      to,
      shown.flatMap((of) => documentFiles(by, of, proofs.get(of.seq)!)),
    );
    if (upTo % pageEntries === 0) await putAll(to, feedPages(upTo / pageEntries - 1, all, by.site));
    await by.read(async (tx) => {
      for await (const { path, bytes } of logFiles(tx, after, upTo)) await put(to, path, bytes);
    });
    for (const path of changedTiles(after, upTo).retired) await to.remove(path);
    grown = withShown(grown, shown, by.site, marker.size);
    after = upTo;
  }
  return { ...grown, size };
}

function withShown(marker: Marker, shown: readonly Shown[], site: Site, since: number): Marker {
  const behind = { ...marker.behind };
  const years = new Map(Object.entries(marker.years).map(([root, own]) => [root, new Set(own)]));
  for (const of of shown) {
    for (const path of listsOf(of, site)) behind[path] ??= since;
    for (const [root, year] of [...csafYears(of), [humanYears, yearOf(of.bulletin)] as const])
      years.set(root, (years.get(root) ?? new Set()).add(year));
  }
  return {
    ...marker,
    behind,
    years: Object.fromEntries([...years].map(([root, own]) => [root, [...own].sort().reverse()])),
    ecosystems: [...new Set([...marker.ecosystems, ...shown.flatMap(ecosystemsOf)])].sort(),
  };
}

/** With digests and signature where the format's readers ask for them, and the proof that the log has it. */
function documentFiles(by: Publishing, shown: Shown, proof: string): [string, string][] {
  return shown.documents.flatMap((d): [string, string][] => [
    ...(isSigned(d.format)
      ? signedFiles(d, by.signer('openpgp'), changedAt(shown))
      : d.paths.map((path): [string, string] => [path, d.text])),
    ...d.paths.map((path): [string, string] => [`${path}${proofSuffix}`, proof]),
  ]);
}

/**
 * By number: the proof that a release was in the tree of which it was the last leaf. That tree's checkpoint is part of it, so that the
 * proof is the same whenever it is written; its hashes are the frontier before it, from the right.
 */
function proofsOf(by: Publishing, before: readonly Buffer[], releases: readonly Publication[], after: number): Map<number, string> {
  let frontier = [...before];
  return new Map(
    releases.map(({ seq, leaf, entry }, i) => {
      const hashes = frontier.toReversed();
      frontier = appendLeaf(frontier, after + i, Buffer.from(leaf, 'hex'));
      return [seq, tlogProof(entry, after + i, hashes, checkpointOf(by.signer('releases'), seq, frontier).note)];
    }),
  );
}

/** What is small, and says how all of it stands. The checkpoint comes last: it speaks of everything. Returns the last leaf. */
export async function putSummary(by: Publishing, to: PublicTree, { size, years, ecosystems }: Marker): Promise<string | null> {
  const { newest, front, proofs } = await by.read(async (tx) => {
    const newest = await newestPublications(tx, size, newestCount(size));
    const indexes = newest.map((p) => p.seq - 1);
    return {
      newest,
      front: await shownIn(tx, { after: 0, upTo: size, asOf: size, order: 'newest', limit: frontRows, withTexts: false }),
      proofs: indexes.length === 0 ? [] : await inclusionProofs(tx, indexes, size),
    };
  });
  const checkpoint = await checkpointAt(by, size);
  const [latest] = front;
  await putAll(to, [
    ...(latest ? csafSummary(latest, new Map(Object.entries(years)), by.site, by.key) : []),
    ...osvSummary(ecosystems),
    ...(latest ? newestFeeds(newest, size, by.site) : []),
    ['feed.json', feedOf(newest, proofs, checkpoint)],
    ['index.html', frontPage(front, years[humanYears] ?? [], checkpoint)],
  ]);
  await put(to, 'checkpoint', Buffer.from(checkpoint.note));
  return newest[0]?.leaf ?? null;
}

/** With the cosignatures of the witnesses that have seen it so far. */
export async function checkpointAt({ read, signer }: Publishing, size: number): Promise<Checkpoint> {
  return read(async (tx) => checkpointOf(signer('releases'), size, await frontierAt(tx, size), await cosignatureLines(tx, size)));
}

/** The newest entries with their proofs, and the checkpoint that they prove themselves against. All others lie in pages of their own. */
function feedOf(newest: readonly Publication[], proofs: readonly (readonly Buffer[])[], checkpoint: Checkpoint): string {
  const items = newest.map((p, i) => feedItem(p.entry, proofs[i]!)).reverse();
  const { note, key, size } = checkpoint;
  return `${canonical({ items, checkpoint: note, key, size, pages: Math.floor(size / pageEntries) })}\n`;
}
