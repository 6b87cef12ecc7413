import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDoors } from '../../src/app/build.ts';
import { readConfig } from '../../src/app/config.ts';
import { type Publisher, publisher } from '../../src/app/publisher.ts';
import type { Doors, PublicTree } from '../../src/base/doors.ts';
import type { Instant } from '../../src/base/instant.ts';
import { faultOfDocuments, written } from '../../src/clearinghouse/advisories/documents.ts';
import { documentsOf } from '../../src/clearinghouse/releases/feed.ts';
import { diskTree } from '../../src/io/public/disk.ts';
import { bulletinOf, release } from '../equipment/synthetic-releases.ts';
import { compare, line, median } from './measure.ts';

const from = '2024-01-01T00:00:00.000Z' as Instant;
const added = 10;
const site = { origin: 'bench.example' };

/** What is written to the disk, by whether it is a list that a standard wants whole. */
function counted(tree: PublicTree): { tree: PublicTree; bytes: () => { lists: number; others: number } } {
  let [lists, others] = [0, 0];
  const isList = (path: string) =>
    /\/(all\.zip|modified_id\.csv|index\.txt|changes\.csv|feed-tlp-\w+\.json|\d{4}\/index\.html)$/.test(path);
  return {
    tree: {
      ...tree,
      async draft(path) {
        const draft = await tree.draft(path);
        const write = (bytes: Uint8Array) => {
          if (isList(path)) lists += bytes.length;
          else others += bytes.length;
          return draft.write(bytes);
        };
        return { ...draft, write };
      },
    },
    bytes: () => {
      const found = { lists, others };
      [lists, others] = [0, 0];
      return found;
    },
  };
}

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** Ten releases added to trees of several sizes: what waits for it, what follows when the large lists are due, and all of it at once. */
export async function benchTree(
  doors: Pick<Doors, 'db' | 'chance' | 'keys' | 'clock'>,
  sizes: readonly number[],
  print: (line: string) => void,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'bw-bench-tree-'));
  const prompt: number[] = [];
  let size = 0;
  try {
    for (const goal of sizes) {
      await release(doors, from, goal - size);
      size = goal;
      const { tree, bytes } = counted(diskTree(join(dir, 'public')));
      rmSync(join(dir, 'public'), { recursive: true, force: true });
      const timed = async (run: () => Promise<void>) => {
        const at = performance.now();
        await run();
        return performance.now() - at;
      };
      const rebuild = await timed(() => publisher(doors, tree, site, () => 0).publish());
      // A clock that stands still: whatever is large was just written.
      const keeping = publisher(doors, tree, site, () => 0);
      await release(doors, from, added);
      await keeping.publish('whole');
      bytes();
      const rounds: number[] = [];
      for (let round = 0; round < 5; round++) {
        await release(doors, from, added);
        rounds.push(await timed(() => keeping.publish()));
      }
      const written = bytes();
      size += 6 * added;
      const lists = await timed(() => keeping.publish('whole'));
      const due = bytes();
      prompt.push(median(rounds));
      print(`${await benchOne(doors, keeping, dir)}\n`);
      size += 10;
      print(
        `tree of ${goal}: ${added} more releases ${median(rounds).toFixed(0)} ms, ${mib((written.others + written.lists) / (5 * added))} a release; ` +
          `large lists, when due, ${lists.toFixed(0)} ms and ${mib(due.lists)}; all anew ${(rebuild / 1000).toFixed(1)} s, ${count(dir)} files\n`,
      );
    }
    const ratio = prompt.at(-1)! / prompt[0]!;
    print(`tree: ${added} more releases at ${sizes.at(-1)} cost ${ratio.toFixed(2)} times what they cost at ${sizes[0]}\n`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** One release on its way out: validated, written in every format, stored, logged, signed and on disk; beside its documents as plain files. */
async function benchOne(doors: Pick<Doors, 'db' | 'chance'>, keeping: Publisher, dir: string): Promise<string> {
  const one = bulletinOf(1, [from]);
  const out = async () => {
    if (faultOfDocuments(written(one), from) !== undefined) throw new Error('a document breaks a mandatory test');
    await release(doors, from, 1, Number.POSITIVE_INFINITY);
    await keeping.publish();
  };
  const documents = documentsOf(written(one));
  const plain = async () => {
    for (const [i, { text }] of documents.entries()) writeFileSync(join(dir, `plain-${i}`), text, { flush: true });
  };
  return line(await compare('one advisory, from approved to served', `its ${documents.length} documents, fsynced`, out, plain, 9));
}

function count(dir: string): number {
  return readdirSync(dir, { recursive: true }).filter((path) => statSync(join(dir, String(path))).isFile()).length;
}

if (import.meta.main) {
  const dir = mkdtempSync(join(tmpdir(), 'bw-bench-'));
  const { doors } = await buildDoors(readConfig({ ...process.env, BREAKWATER_DATA: dir }));
  const sizes = process.argv.slice(2).map(Number);
  await benchTree(doors, sizes.length > 0 ? sizes : [1_000, 10_000, 100_000], (line) => process.stdout.write(line));
  await doors.db.close();
  rmSync(dir, { recursive: true, force: true });
}
