import { join } from 'node:path';
import type { Fetched, Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal } from '../../base/refusal.ts';
import { withFresh } from '../boxes/fresh.ts';
import type { Trees } from '../boxes/trees.ts';
import { download, type Reach } from './download.ts';
import type { Files } from './files.ts';
import { unpack } from './unpack/unpack.ts';

type ArchiveSource = Extract<Source, { kind: 'archive' }>;

/** An archive by address and digest. One that was handed in, or fetched before, is asked for nowhere. */
export async function fetchArchive(
  dir: string,
  files: Files,
  trees: Trees,
  source: ArchiveSource,
  reach: Reach,
): Promise<Fetched | Refusal> {
  const file = await files.have(source.sha256, (to) => download(source.url, to, { reach, maxBytes: limits.archiveBytes }));
  if (isRefusal(file)) return file;
  return withFresh(dir, async (fresh) => {
    const at = join(fresh, 'tree');
    const failure = await unpack(file, at, { strip: source.strip ?? 0, links: 'kept' });
    if (failure) return failure;
    const tree = await trees.add(at);
    const name = new URL(source.url).pathname.split('/').at(-1) || source.url;
    return isRefusal(tree) ? tree : { tree, archives: [{ name, sha256: source.sha256, checkedBy: 'sha256' }] };
  });
}
