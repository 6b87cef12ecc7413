import { type Entry, zipMarks as marks } from '../../../base/zip.ts';
import { Damaged } from './list.ts';

/**
 * Zip archives that are made from older ones (base/zip.ts): what is still true is copied as it was packed, what is new follows, and the
 * directory is written anew. Only archives of our own making are read, and every archive is of one shape: a directory in the order of the
 * entries.
 */

/** Bytes at an archive's end in which its directory is announced. */
export const endBytes = 22 + 20 + 56;

/** Where the directory lies, from the archive's last bytes. */
export function directoryAt(tail: Buffer, size: number): { at: number; size: number; count: number } {
  const last = tail.length - 22;
  if (last < 0 || tail.readUInt32LE(last) !== marks.end) throw new Damaged('an archive has no end');
  const far = last >= 76 && tail.readUInt32LE(last - 20) === marks.locator64 ? last - 76 : undefined;
  const found =
    far === undefined
      ? { count: tail.readUInt16LE(last + 10), size: tail.readUInt32LE(last + 12), at: tail.readUInt32LE(last + 16) }
      : {
          count: Number(tail.readBigUInt64LE(far + 32)),
          size: Number(tail.readBigUInt64LE(far + 40)),
          at: Number(tail.readBigUInt64LE(far + 48)),
        };
  if (found.at + found.size + (far === undefined ? 22 : 98) !== size) throw new Damaged('an archive ends where it should not');
  return found;
}

/** The entries of a directory that `directory` wrote. */
export function entriesOf(bytes: Buffer, count: number): Entry[] {
  const found: Entry[] = [];
  let from = 0;
  for (let i = 0; i < count; i++) {
    if (from + 46 > bytes.length || bytes.readUInt32LE(from) !== marks.central) throw new Damaged('an archive has a broken directory');
    const about = Buffer.from(bytes.subarray(from + 6, from + 32));
    const [names, extra] = [about.readUInt16LE(22), about.readUInt16LE(24)];
    about.writeUInt16LE(0, 24);
    const name = bytes.toString('utf8', from + 46, from + 46 + names);
    const near = bytes.readUInt32LE(from + 42);
    const at = extra === 0 ? near : Number(bytes.readBigUInt64LE(from + 46 + names + 4));
    found.push({ name, at, length: 30 + names + about.readUInt32LE(14), about });
    from += 46 + names + extra;
  }
  if (from !== bytes.length) throw new Damaged('an archive has more directory than entries');
  return found;
}

/** What of the old archive is copied: runs of bytes that lie together. */
export function runsOf(entries: readonly Entry[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const { at, length } of entries) {
    const last = runs.at(-1);
    if (last?.to === at) last.to += length;
    else runs.push({ from: at, to: at + length });
  }
  return runs;
}
