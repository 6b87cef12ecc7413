import { canonical, sha256 } from '../../base/canonical.ts';
import { leafHash } from '../../base/merkle.ts';
import { type Signer, signNote, verifierKey } from '../../base/signature.ts';
import { checkpointText } from '../../trust/log/entry.ts';
import { type Bulletin, latestOf } from '../advisories/bulletin.ts';
import type { Written } from '../advisories/documents.ts';
import { packagesIn } from '../advisories/text.ts';
import type { Carried } from './artefacts/artefact.ts';
import type { Document, Publication, Release } from './release.ts';

/** One line of the feed. Its canonical JSON is the leaf; by the digests it binds the documents. */
interface Entry {
  readonly seq: number;
  readonly release: string;
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly packages: readonly string[];
  readonly publishedAt: string;
  readonly documents: readonly { readonly format: string; readonly path: string; readonly sha256: string }[];
  /** Patches and the like, where it brings any. */
  readonly artefacts?: readonly Carried[];
}

/** What was written of one bulletin, as it is kept and served. */
export function documentsOf(written: readonly Written[]): Document[] {
  return written.map(({ format, part, paths, content }) => {
    const text = typeof content === 'string' ? content : canonical(content);
    return { format, part, paths, text, sha256: sha256(text) };
  });
}

/** Makes the publication of a bulletin at place `seq` of the feed. */
export function publish(
  release: Pick<Release, 'id'>,
  seq: number,
  bulletin: Bulletin,
  documents: readonly Document[],
  artefacts: readonly Carried[] = [],
): Publication {
  const latest = latestOf(bulletin);
  const entry: Entry = {
    seq,
    release: release.id,
    id: bulletin.trackingId,
    version: latest.number,
    title: bulletin.text.title,
    packages: packagesIn(bulletin.text),
    publishedAt: latest.at,
    documents: documents.flatMap(({ format, paths, sha256: digest }) => paths.map((path) => ({ format, path, sha256: digest }))),
    ...(artefacts.length ? { artefacts } : {}),
  };
  const text = canonical(entry);
  // A tile's entry has a length of two bytes (C2SP tlog-tiles); the limits of an advisory keep far below.
  if (Buffer.byteLength(text) > 0xffff) throw new RangeError('a feed entry must fit in 65,535 bytes');
  return { seq, at: latest.at, bulletin, entry: text, leaf: leafHash(Buffer.from(text)).toString('hex') };
}

export interface Checkpoint {
  /** Signed note (C2SP tlog-checkpoint). */
  readonly note: string;
  /** Verifier key of the note. */
  readonly key: string;
  readonly size: number;
}

/** `cosignatures` are lines of witnesses over exactly this tree. */
export function checkpointOf(signer: Signer, size: number, frontier: readonly Buffer[], cosignatures: readonly string[] = []): Checkpoint {
  const note = `${signNote(signer, checkpointText(signer.name, size, [...frontier]))}${cosignatures.join('')}`;
  return { note, key: verifierKey(signer.name, signer.publicKey), size };
}

interface FeedItem extends Entry {
  /** The leaf's data, exactly. */
  readonly entry: string;
  /** Inclusion proof (RFC 9162 §2.1.3) of leaf `seq − 1` in the tree of the checkpoint, base64, lowest first. */
  readonly proof: readonly string[];
}

/** As many from the beginning as hold so many bytes together, and one at least. */
export function withinBytes(entries: readonly string[], most: number): readonly string[] {
  let bytes = 0;
  const over = entries.findIndex((entry) => {
    bytes += Buffer.byteLength(entry);
    return bytes > most;
  });
  return over < 0 ? entries : entries.slice(0, Math.max(1, over));
}

export function feedItem(entry: string, proof: readonly Buffer[]): FeedItem {
  return { ...(JSON.parse(entry) as Entry), entry, proof: proof.map((hash) => hash.toString('base64')) };
}
