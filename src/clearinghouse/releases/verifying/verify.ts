import { sha256 } from '../../../base/canonical.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { parseEntry } from './entries.ts';
import { freshnessOf, type SignedHead, signedHead, type Trust } from './head.ts';
import { proved } from './proof.ts';
import { doubt, each, type Read, settled, sure, textOf } from './reading.ts';
import { type Tree, treeOf } from './tiles.ts';

/** Files of a mirror that are read side by side. */
const atOnce = 16;

/** What a follower remembers of the last time, so that nobody can take it back. */
export interface Remembered {
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
}

interface Options {
  readonly trust: Trust;
  readonly remembered: Remembered | undefined;
  /** Instead of everything: the newest release and so many others, picked by `chance` (0 ≤ chance < 1). */
  readonly sample: { readonly releases: number; readonly chance: () => number } | undefined;
  /** SHA-256 of a document that is to be found in the log. */
  readonly document: string | undefined;
}

interface Verified extends Remembered {
  readonly checked: 'all' | 'a sample';
  readonly releases: number;
  readonly documents: number;
  /** Documents whose proof lay beside them, and held. */
  readonly proofs: number;
  readonly cosignatures: SignedHead['cosignatures'];
  readonly freshness: 'fresh' | 'could-not-tell';
  /** The size of the tree that this one was shown to continue. */
  readonly continues: number | null;
  /** The document that was asked for. */
  readonly document?: Found;
}

interface Found {
  readonly path: string;
  readonly id: string;
  readonly version: number;
  /** A later version took its place. */
  readonly isReplaced: boolean;
}

/** Where the log says a document lies, by the newest entry that names the path. */
type Named = Map<string, { readonly sha256: string; readonly index: number; readonly id: string }>;

/**
 * Everything that a mirror of the public tree claims, from nothing but the trusted keys. `untrusted` names what does not hold,
 * `expired` that it is old, `unavailable` that it could not be told.
 */
export async function verifyTree(read: Read, options: Options): Promise<Verified | Refusal> {
  const verified = await verifyNamed(read, options);
  return isRefusal(verified) ? verified : verified.summary;
}

interface VerifiedNamed {
  readonly summary: Verified;
  readonly named: Named;
  /** The first release that names a target of the repository, by its path there. */
  readonly targets: ReadonlyMap<string, number>;
  readonly tree: Tree;
}

/** The same, with where the log says each document lies. */
export function verifyNamed(read: Read, options: Options): Promise<VerifiedNamed | Refusal> {
  return settled(async () => {
    const { trust, remembered, sample, document } = options;
    const head = signedHead(textOf(sure(await read('checkpoint', limits.checkpointBytes)), 'checkpoint'), trust);
    if (remembered) mustNotGoBack(head, remembered);
    const fresh = await read('freshness', limits.checkpointBytes);
    const freshness = freshnessOf(head, isRefusal(fresh) ? undefined : textOf(fresh, 'freshness'), trust);
    const tree = await treeOf(read, head);
    if (remembered) await mustContinue(tree, remembered);
    const bundles = sample ? picked(Math.ceil(head.size / 256), sample) : Array.from({ length: Math.ceil(head.size / 256) }, (_, n) => n);
    const { named, targets, releases, found } = await namedIn(tree, bundles, document);
    if (document !== undefined && !found) {
      const because = `no entry names a document of SHA-256 ${document}`;
      sure(sample ? refuse('unavailable', `could not tell: ${because} in this sample`) : refuse('untrusted', because));
    }
    const counts = await checkDocuments(read, tree, trust, named);
    const { origin, size, root, cosignatures } = head;
    const checked = sample ? 'a sample' : 'all';
    const seen = { origin, size, root: root.toString('base64') };
    const about = found && {
      document: { path: found.path, id: found.id, version: found.version, isReplaced: named.get(found.path)?.sha256 !== document },
    };
    const summary: Verified = {
      ...seen,
      checked,
      releases,
      ...counts,
      cosignatures,
      freshness,
      continues: remembered?.size ?? null,
      ...about,
    };
    return { summary, named, targets, tree };
  });
}

/** One document that somebody hands over, with its proof: offline, from nothing but the trusted keys. */
export function verifyDocument(
  bytes: Uint8Array,
  proof: string,
  trust: Trust,
): Promise<{ path: string; id: string; version: number; size: number } | Refusal> {
  return settled(async () => {
    const { head, entry } = proved(proof, trust, 'quorum', 'proof');
    const digest = sha256(bytes);
    const found =
      entry.documents.find((d) => d.sha256 === digest) ?? doubt(`the proof is of ${entry.id}, and this is none of its documents`, 'proof');
    return { path: found.path, id: entry.id, version: entry.version, size: head.size };
  });
}

function mustNotGoBack(head: SignedHead, before: Remembered): void {
  if (head.origin !== before.origin) doubt(`is of ${head.origin}, and ${before.origin} was followed so far`, 'checkpoint');
  if (head.size < before.size) doubt(`the log had ${before.size} entries and now shows ${head.size}: it was set back`, 'checkpoint');
}

async function mustContinue(tree: Tree, before: Remembered): Promise<void> {
  if ((await tree.rootAt(before.size)).toString('base64') !== before.root)
    doubt(
      `the tree of ${tree.head.size} does not continue the tree of ${before.size} that was seen before: the log shows two histories`,
      'checkpoint',
    );
}

/** The newest bundle, and others by chance; each at most once. */
function picked(bundles: number, { releases, chance }: { releases: number; chance: () => number }): number[] {
  const all = Array.from({ length: bundles }, (_, n) => n);
  const found = all.splice(-1);
  while (all.length > 0 && found.length * 256 < releases) found.push(...all.splice(Math.floor(chance() * all.length), 1));
  return found.sort((a, b) => a - b);
}

async function namedIn(tree: Tree, bundles: readonly number[], document: string | undefined) {
  const named: Named = new Map();
  const targets = new Map<string, number>();
  let found: Omit<Found, 'isReplaced'> | undefined;
  let releases = 0;
  for (const n of bundles) {
    for (const [i, text] of (await tree.entries(n)).entries()) {
      const index = n * 256 + i;
      const { id, version, documents, targets: carried } = parseEntry(text, index);
      for (const { path, sha256: digest } of documents) {
        named.set(path, { sha256: digest, index, id });
        if (digest === document) found = { path, id, version };
      }
      for (const path of carried) if (!targets.has(path)) targets.set(path, index);
      releases++;
    }
  }
  return { named, targets, releases, found };
}

async function checkDocuments(read: Read, tree: Tree, trust: Trust, named: Named): Promise<{ documents: number; proofs: number }> {
  let proofs = 0;
  await each(named, atOnce, async ([path, { sha256: digest, index, id }]) => {
    const bytes = await read(path, limits.publicFileBytes);
    if (isRefusal(bytes)) throw bytes.code === 'not_found' ? doubt('the log names it, and it is missing', path) : sure(bytes);
    const beside = await read(`${path}.tlog-proof`, limits.proofBytes);
    const found = sha256(bytes);
    if (isRefusal(beside)) {
      if (beside.code !== 'not_found') sure(beside);
      if (found !== digest) doubt('is not the document that the log names', path);
      return;
    }
    const { head, index: at, entry } = proved(textOf(beside, path), trust, 'log', `${path}.tlog-proof`);
    // Signed or not, a tree that ours does not continue is a fork.
    if (head.size > tree.head.size || !(await tree.rootAt(head.size)).equals(head.root))
      doubt('leads to a tree that is none of ours', `${path}.tlog-proof`);
    // Where a later version of the advisory names fewer places, it lies in those too that only an earlier one names; and of a sample one does not
    // see the later version. The proof says which it is.
    const isNamed = found === digest && at === index;
    const isLater = at > index && entry.id === id && entry.documents.some((d) => d.sha256 === found);
    if (!isNamed && !isLater) doubt('is not the document that the log names', path);
    proofs++;
  });
  return { documents: named.size, proofs };
}
