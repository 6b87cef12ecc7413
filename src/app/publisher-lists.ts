import type { Draft, PublicTree, Tx } from '../base/doors.ts';
import { directory, type Entry, packed } from '../base/zip.ts';
import { directoryAt, endBytes, entriesOf, runsOf } from '../clearinghouse/releases/tree/archive.ts';
import { csafLines } from '../clearinghouse/releases/tree/csaf.ts';
import { Damaged, type Form, kept, type Line, ListWriter } from '../clearinghouse/releases/tree/list.ts';
import { archivesOf, osvLines, recordsIn } from '../clearinghouse/releases/tree/osv.ts';
import { yearLine } from '../clearinghouse/releases/tree/pages.ts';
import { changedAt, type Shown, type Site } from '../clearinghouse/releases/tree/shown.ts';
import { shownIn } from '../clearinghouse/releases/tree/store.ts';

type Read = <T>(ask: (tx: Tx) => Promise<T>) => Promise<T>;
/** Advisories asked of the database at once. */
const atOnce = 256;

function linesOf(shown: Shown, site: Site): Line[] {
  return [...csafLines(shown, site), ...osvLines(shown), yearLine(shown)];
}

/** Every list and archive that speaks of this advisory. */
export function listsOf(shown: Shown, site: Site): string[] {
  return [...new Set([...linesOf(shown, site).map((l) => l.path), ...archivesOf(shown)])];
}

/**
 * Brings lists that are complete up to release `since` up to `size`: the new lines, then what still holds of the old file. Doing it twice
 * gives the same, so whatever was cut short is simply done again. A file that is damaged is made anew from the database.
 */
export async function rewrite(
  read: Read,
  tree: PublicTree,
  site: Site,
  paths: ReadonlySet<string>,
  since: number,
  size: number,
): Promise<void> {
  const lists = new Set([...paths].filter((path) => !path.endsWith('.zip')));
  const archives = new Set([...paths].filter((path) => path.endsWith('.zip')));
  const damaged = new Set<string>();
  await rewriteArchives(read, tree, archives, since, size, damaged);
  await rewriteLists(read, tree, site, lists, since, size, damaged);
  if (damaged.size > 0) await rewrite(read, tree, site, damaged, 0, size);
}

interface OpenList {
  readonly form: Form;
  readonly draft: Draft;
  readonly writer: ListWriter;
  readonly replaced: Set<string>;
}

async function rewriteLists(
  read: Read,
  tree: PublicTree,
  site: Site,
  paths: ReadonlySet<string>,
  since: number,
  size: number,
  damaged: Set<string>,
): Promise<void> {
  const open = new Map<string, OpenList>();
  const openList = async ({ path, form }: Line, newest: Shown): Promise<OpenList> => {
    const draft = await tree.draft(path);
    const writer = new ListWriter(form, changedAt(newest), (bytes) => draft.write(bytes));
    const list = { form, draft, writer, replaced: new Set<string>() };
    open.set(path, list);
    return list;
  };
  if (paths.size === 0) return;
  for await (const shown of shownOf(read, since, size, 'newest', false)) {
    for (const line of linesOf(shown, site).filter((l) => paths.has(l.path))) {
      const list = open.get(line.path) ?? (await openList(line, shown));
      list.replaced.add(line.form.keyOf(line.text) ?? '');
      await list.writer.add(line.text);
    }
  }
  for (const [path, { form, draft, writer, replaced }] of open) {
    try {
      if (since > 0) {
        if ((await tree.size(path)) === undefined) throw new Damaged(`${path} is missing`);
        for await (const line of kept(form, tree.chunks(path), replaced)) await writer.add(line);
      }
      await writer.end();
      await draft.finish();
      await tree.show(path);
    } catch (error) {
      await draft.abandon();
      if (!(error instanceof Damaged)) throw error;
      damaged.add(path);
    }
  }
}

interface OpenArchive {
  readonly draft: Draft;
  readonly entries: Entry[];
  bytes: number;
}

async function rewriteArchives(
  read: Read,
  tree: PublicTree,
  paths: ReadonlySet<string>,
  since: number,
  size: number,
  damaged: Set<string>,
): Promise<void> {
  if (paths.size === 0) return;
  const replaced = new Set<string>();
  if (since > 0)
    for await (const shown of shownOf(read, since, size, 'oldest', false)) for (const { name } of recordsIn(shown)) replaced.add(name);
  const open = new Map<string, OpenArchive>();
  for (const path of paths) {
    try {
      open.set(path, await copied(tree, path, since > 0, replaced));
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      damaged.add(path);
    }
  }
  for await (const shown of shownOf(read, since, size, 'oldest', true)) {
    for (const record of recordsIn(shown)) {
      const into = record.archives.flatMap((path) => open.get(path) ?? []);
      if (into.length === 0) continue;
      const { bytes, about } = packed(record.name, Buffer.from(record.text), changedAt(shown));
      for (const archive of into) {
        archive.entries.push({ name: record.name, at: archive.bytes, length: bytes.length, about });
        archive.bytes += bytes.length;
        await archive.draft.write(bytes);
      }
    }
  }
  for (const [path, { draft, entries, bytes }] of open) {
    for (const chunk of directory(entries, bytes)) await draft.write(chunk);
    await draft.finish();
    await tree.show(path);
  }
}

/** A draft that begins with what still holds of the older archive. */
async function copied(tree: PublicTree, path: string, hasOlder: boolean, replaced: ReadonlySet<string>): Promise<OpenArchive> {
  const size = hasOlder ? await tree.size(path) : 0;
  if (size === undefined) throw new Damaged(`${path} is missing`);
  const { at, size: length, count } = hasOlder ? directoryAt(await bytesOf(tree, path, Math.max(0, size - endBytes), size), size) : none;
  const entries = entriesOf(await bytesOf(tree, path, at, at + length), count).filter((e) => !replaced.has(e.name));
  const archive: OpenArchive = { draft: await tree.draft(path), entries: [], bytes: 0 };
  for (const { from, to } of runsOf(entries)) for await (const chunk of tree.chunks(path, from, to)) await archive.draft.write(chunk);
  for (const entry of entries) {
    archive.entries.push({ ...entry, at: archive.bytes });
    archive.bytes += entry.length;
  }
  return archive;
}

const none = { at: 0, size: 0, count: 0 };

async function bytesOf(tree: PublicTree, path: string, from: number, to: number): Promise<Buffer> {
  if (to <= from) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  for await (const chunk of tree.chunks(path, from, to)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* shownOf(read: Read, since: number, size: number, order: 'oldest' | 'newest', withTexts: boolean): AsyncGenerator<Shown> {
  let [after, upTo] = [since, size];
  for (;;) {
    const page = await read((tx) => shownIn(tx, { after, upTo, asOf: size, order, limit: atOnce, withTexts }));
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < atOnce) return;
    if (order === 'oldest') after = last.seq;
    else upTo = last.seq - 1;
  }
}
