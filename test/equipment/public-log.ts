import { generateKeyPairSync } from 'node:crypto';
import type { Instant } from '../../src/base/instant.ts';
import { appendLeaf, leafHash } from '../../src/base/merkle.ts';
import { completedBy, folded, inclusionFolds, type Place } from '../../src/base/merkle-nodes.ts';
import { cosign, parseVerifierKey, witnessKey } from '../../src/base/note.ts';
import { type Signer, signerOf, verifierKey } from '../../src/base/signature.ts';
import { quorumOf, type TlogPolicy } from '../../src/base/tlog-policy.ts';
import { checkpointOf } from '../../src/clearinghouse/releases/feed.ts';
import { freshnessNote } from '../../src/clearinghouse/releases/log/freshness.ts';
import { tlogProof } from '../../src/clearinghouse/releases/log/proof.ts';
import { bundled, changedTiles, placesOf } from '../../src/clearinghouse/releases/log/tiles.ts';
import { documentText, entryText } from './published.ts';

export const makeSigner = (name: string): Signer => signerOf(name, generateKeyPairSync('ed25519').privateKey);
export const logSigner = makeSigner('hub.example/releases');
export const witnessSigner = makeSigner('witness.example');
export const logKey = verifierKey(logSigner.name, logSigner.publicKey);
export const now = '2026-11-21T09:00:00.000Z' as Instant;

export function policyOf(quorum = 0, witnesses: readonly Signer[] = [witnessSigner], log: Signer = logSigner): TlogPolicy {
  const keys = witnesses.map((w) => parseVerifierKey(witnessKey(w))!);
  const logs = [{ key: parseVerifierKey(verifierKey(log.name, log.publicKey))!, url: null }];
  return { logs, witnesses: keys.map((key) => ({ key, url: null })), quorum: quorumOf(quorum, keys) };
}

interface Making {
  readonly entryOf?: (seq: number) => string;
  readonly documentOf?: (seq: number) => string;
  readonly signer?: Signer;
  readonly witnesses?: readonly Signer[];
  readonly at?: Instant;
  readonly isFresh?: boolean;
}

/** The files of a whole public log of `size` releases, made at once: documents, proofs, tiles, checkpoint, freshness. */
export function publicLog(size: number, { entryOf = entryText, documentOf = documentText, signer = logSigner, ...more }: Making = {}) {
  const { witnesses = [], at = now, isFresh = true } = more;
  const files = new Map<string, Uint8Array>();
  const nodes = new Map<string, Buffer>();
  const hashOf = ({ level, index }: Place) => nodes.get(`${level}/${index}`)!;
  const entries = Array.from({ length: size }, (_, i) => entryOf(i + 1));
  let frontier: Buffer[] = [];
  for (const [i, entry] of entries.entries()) {
    const leaf = leafHash(Buffer.from(entry));
    for (const { level, index, hash } of completedBy(frontier, i, leaf)) nodes.set(`${level}/${index}`, hash);
    frontier = appendLeaf(frontier, i, leaf);
  }
  const text = checkpointOf(signer, size, frontier).note.split('\n\n')[0]!;
  const seconds = Math.floor(Date.parse(at) / 1000);
  const { note } = checkpointOf(
    signer,
    size,
    frontier,
    witnesses.map((w) => cosign(w, `${text}\n`, seconds)),
  );
  for (const tile of changedTiles(0, size).written)
    files.set(
      tile.path,
      tile.of === 'entries' ? bundled(entries.slice(tile.start, tile.start + tile.count)) : Buffer.concat(placesOf(tile).map(hashOf)),
    );
  for (const [i, entry] of entries.entries()) {
    const { documents } = JSON.parse(entry) as { documents: { path: string }[] };
    const proof = tlogProof(
      entry,
      i,
      inclusionFolds(i, size).map((fold) => folded(fold, hashOf)),
      note,
    );
    for (const { path } of documents) {
      files.set(path, Buffer.from(documentOf(i + 1)));
      files.set(`${path}.tlog-proof`, Buffer.from(proof));
    }
  }
  files.set('checkpoint', Buffer.from(note));
  if (isFresh) files.set('freshness', Buffer.from(freshnessNote(signer, size, frontier, at)));
  return files;
}
