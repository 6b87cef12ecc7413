import type { PublicTree } from '../base/doors.ts';

/** Drafts that are made ready at once. */
const width = 16;

export async function put(tree: PublicTree, path: string, bytes: Uint8Array): Promise<void> {
  await draft(tree, path, bytes);
  await tree.show(path);
}

/** All of them are ready before the first is shown, so that a document and its digests change within moments; shown in this order. */
export async function putAll(tree: PublicTree, files: readonly (readonly [path: string, text: string])[]): Promise<void> {
  const waiting = [...files.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await draft(tree, next[1][0], Buffer.from(next[1][1]));
  };
  // Nobody writes on when one has failed: all of it is done again.
  const ended = await Promise.allSettled(Array.from({ length: width }, lane));
  const failed = ended.find((lane) => lane.status === 'rejected');
  if (failed) throw failed.reason;
  for (const [path] of files) await tree.show(path);
}

async function draft(tree: PublicTree, path: string, bytes: Uint8Array): Promise<void> {
  const file = await tree.draft(path);
  try {
    await file.write(bytes);
  } catch (error) {
    await file.abandon();
    throw error;
  }
  await file.finish();
}
