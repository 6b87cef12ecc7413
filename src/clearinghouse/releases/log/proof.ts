/** What is added to a document's path. */
export const proofSuffix = '.tlog-proof';

/**
 * An offline-verifiable proof that an entry is in the log (https://c2sp.org/tlog-proof@v1). The entry itself is the extra data: who holds a
 * document, this and the log's key needs nothing else; that the entry names the document's digest and hashes to the leaf is theirs to check.
 */
export function tlogProof(entry: string, index: number, hashes: readonly Buffer[], checkpoint: string): string {
  const extra = Buffer.from(entry).toString('base64');
  const lines = ['c2sp.org/tlog-proof@v1', `extra ${extra}`, `index ${index}`, ...hashes.map((h) => h.toString('base64')), '', checkpoint];
  return lines.join('\n');
}
