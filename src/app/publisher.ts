import type { Doors, PublicTree } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { metricsFile } from '../clearinghouse/cases/metrics/file.ts';
import { type Quarter, quarters } from '../clearinghouse/cases/metrics/store.ts';
import { freshnessNote, isCurrentWord } from '../clearinghouse/releases/log/freshness.ts';
import { frontierAt } from '../clearinghouse/releases/log/store.ts';
import { headOf } from '../clearinghouse/releases/store.ts';
import { csafEditions } from '../clearinghouse/releases/tree/csaf.ts';
import { securityTxt } from '../clearinghouse/releases/tree/security.ts';
import type { Site } from '../clearinghouse/releases/tree/shown.ts';
import { publicationsIn } from '../clearinghouse/releases/tree/store.ts';
import { put } from './publisher-files.ts';
import { rewrite } from './publisher-lists.ts';
import { freshMarker, type Marker, markerBytes, markerOf, markerPath } from './publisher-marker.ts';
import { append, checkpointAt, type Publishing, publishing, putSummary } from './publisher-parts.ts';

const freshnessPath = 'freshness';
const securityPath = 'security.txt';
const metricsPath = 'metrics.json';

/** What else lies in the tree, under paths of its own: brought up to the database after the releases. */
type Others = (to: ReturnType<typeof filesIn>) => Promise<void>;
const filesIn = (tree: PublicTree) => ({
  read: (path: string) => tree.read(path),
  put: (path: string, bytes: Uint8Array) => put(tree, path, bytes),
});

export interface Publisher {
  /** Brings the tree up to the database; `whole` = every list, however large it is and however lately it was written. */
  publish(whole?: 'whole'): Promise<void>;
}

/** Keeps a public tree in step with the releases. It holds nothing in memory that it could not find again on the disk. */
export function publisher(
  doors: Pick<Doors, 'db' | 'keys' | 'clock'>,
  tree: PublicTree,
  site: Site,
  nowMs: () => number,
  others: Others = async () => {},
): Publisher {
  // Reads nothing but what is public: the tree cannot hold what it could not see.
  const by = publishing(
    (ask) => doors.db.transaction([], ask),
    site,
    (purpose) => doors.keys.signer(purpose),
  );
  const writtenAtMs = new Map<string, number>();
  return {
    async publish(whole) {
      const marker = markerOf(await tree.read(markerPath));
      const { head, isOurs } = await compare(by, marker);
      const lists: Lists = { by, writtenAtMs, nowMs, whole: whole !== undefined };
      if (!marker || !isOurs) {
        const next = await tree.begin();
        await bring({ ...lists, whole: true }, next, freshMarker(site.origin, by.key.fingerprint), head);
        // What else should lie here must not keep the advisories back: it is tried again below, where its failure is told.
        await others(filesIn(next)).catch(() => {});
        await tree.adopt();
      } else if (marker.size < head) await bring(lists, tree, marker, head);
      else await catchUp(lists, tree, marker);
      await putFreshness(by, doors.clock, tree);
      await putMetrics(by, tree);
      await putSecurity(doors, tree, site);
      // Last: what is lost of it must not let the log's word grow old.
      await others(filesIn(tree));
    },
  };
}

interface Lists {
  readonly by: Publishing;
  readonly writtenAtMs: Map<string, number>;
  readonly nowMs: () => number;
  readonly whole: boolean;
}

/** Whether what the marker speaks of is a beginning of this feed, by its last leaf. */
async function compare({ read, site, key }: Publishing, marker: Marker | undefined): Promise<{ head: number; isOurs: boolean }> {
  return read(async (tx) => {
    const { size: head } = await headOf(tx);
    if (!marker || marker.origin !== site.origin || marker.key !== key.fingerprint || marker.size > head) return { head, isOurs: false };
    const [last] = marker.size === 0 ? [] : await publicationsIn(tx, { after: marker.size - 1, upTo: marker.size });
    return { head, isOurs: (last?.leaf ?? null) === marker.leaf };
  });
}

async function bring(lists: Lists, to: PublicTree, before: Marker, size: number): Promise<void> {
  const grown = await bringUp(lists, to, await append(lists.by, to, before, size));
  const leaf = await putSummary(lists.by, to, grown);
  await to.settle();
  await put(to, markerPath, markerBytes({ ...grown, leaf }));
  await to.settle();
}

/** Nothing new, but perhaps lists that were to wait. */
async function catchUp(lists: Lists, to: PublicTree, marker: Marker): Promise<void> {
  const due = await bringUp(lists, to, marker);
  // Witnesses cosign what is published already.
  const { note } = await checkpointAt(lists.by, marker.size);
  if (Buffer.from((await to.read('checkpoint')) ?? []).toString('utf8') !== note) await putSummary(lists.by, to, marker);
  if (Object.keys(due.behind).length === Object.keys(marker.behind).length) return;
  await to.settle();
  await put(to, markerPath, markerBytes(due));
  await to.settle();
}

/** Rewrites what lists are due, each from where it stands. */
async function bringUp(lists: Lists, to: PublicTree, marker: Marker): Promise<Marker> {
  const due: string[] = [];
  for (const path of Object.keys(marker.behind).sort()) if (lists.whole || (await isDue(lists, to, path))) due.push(path);
  for (const [since, paths] of Map.groupBy(due, (path) => marker.behind[path]!)) {
    await rewrite(lists.by.read, to, lists.by.site, new Set(paths), since, marker.size);
    for (const path of paths) lists.writtenAtMs.set(path, lists.nowMs());
  }
  return { ...marker, behind: Object.fromEntries(Object.entries(marker.behind).filter(([path]) => !due.includes(path))) };
}

/** A large list is written so seldom that its bytes keep below a rate: what a release costs does not grow with what was released before. */
async function isDue({ writtenAtMs, nowMs }: Lists, to: PublicTree, path: string): Promise<boolean> {
  const bytes = (await to.size(path)) ?? 0;
  const sinceMs = nowMs() - (writtenAtMs.get(path) ?? Number.NEGATIVE_INFINITY);
  return bytes <= limits.promptListBytes || sinceMs * limits.listBytesPerSecond >= bytes * 1000;
}

/** The log's word that the checkpoint, which lies there already, is its newest: with every release, and anew each day without one. */
async function putFreshness({ read, signer }: Publishing, clock: Doors['clock'], tree: PublicTree): Promise<void> {
  const marker = markerOf(await tree.read(markerPath));
  const before = Buffer.from((await tree.read(freshnessPath)) ?? []).toString('utf8');
  const now = clock.now();
  if (!marker || isCurrentWord(before, marker.size, now)) return;
  const frontier = await read((tx) => frontierAt(tx, marker.size));
  await put(tree, freshnessPath, Buffer.from(freshnessNote(signer('releases'), marker.size, frontier, now)));
}

/** What was made public of each quarter. Nothing else is read here: not even the hub's own rows of which the numbers were made. */
async function putMetrics({ read }: Publishing, tree: PublicTree): Promise<void> {
  const all: Quarter[] = [];
  for (;;) {
    const more = await read((tx) => quarters(tx, all.at(-1)?.quarter ?? '', limits.pageRows));
    all.push(...more);
    if (more.length < limits.pageRows) break;
  }
  const text = metricsFile(all);
  if (Buffer.from((await tree.read(metricsPath)) ?? []).toString('utf8') !== text) await put(tree, metricsPath, Buffer.from(text));
}

/** It is good for some months only, whether or not anything is published meanwhile. */
async function putSecurity({ clock }: Pick<Doors, 'clock'>, tree: PublicTree, site: Site): Promise<void> {
  const marker = markerOf(await tree.read(markerPath));
  const text = securityTxt(site, csafEditions(marker?.years ?? {}), clock.now());
  const before = await tree.read(securityPath);
  if (text === undefined && before) await tree.remove(securityPath);
  if (text !== undefined && Buffer.from(before ?? []).toString('utf8') !== text) await put(tree, securityPath, Buffer.from(text));
}
