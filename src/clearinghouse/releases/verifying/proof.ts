import { leafHash, verifyInclusion } from '../../../base/merkle.ts';
import { strictBase64 } from '../../../base/note.ts';
import { type LoggedEntry, parseEntry } from './entries.ts';
import { type SignedHead, signedHead, type Trust } from './head.ts';
import { doubt } from './reading.ts';

interface Proved {
  readonly head: SignedHead;
  readonly index: number;
  readonly entry: LoggedEntry;
}

/**
 * What a proof beside a document (https://c2sp.org/tlog-proof@v1) shows: that an entry is in a tree that the log signed.
 * Witnesses are not asked of it where `signed` is `log`: the tree it leads to is compared with one that they have seen.
 */
export function proved(text: string, trust: Trust, signed: 'log' | 'quorum', at: string): Proved {
  const split = text.indexOf('\n\n');
  const [name, extra = '', index = '', ...hashes] = text.slice(0, Math.max(split, 0)).split('\n');
  const entryBytes = strictBase64(extra.replace(/^extra /, ''));
  const [, place] = /^index (0|[1-9]\d{0,15})$/.exec(index) ?? [];
  const proof = hashes.map(strictBase64);
  const isProof = (all: typeof proof): all is Buffer[] => all.length <= 63 && all.every((h) => h?.length === 32);
  if (name !== 'c2sp.org/tlog-proof@v1' || !extra.startsWith('extra ') || !entryBytes || place === undefined || !isProof(proof))
    return doubt('is no proof that a document was logged', at);
  const { logs, witnesses, quorum } = trust.policy;
  const policy = signed === 'quorum' ? { logs, witnesses, quorum } : { logs, witnesses, quorum: { least: 0, of: [] } };
  const head = signedHead(text.slice(split + 2), { ...trust, policy });
  if (verifyInclusion(leafHash(entryBytes), Number(place), head.size, proof, head.root) !== true)
    doubt('does not lead to the signed tree', at);
  return { head, index: Number(place), entry: parseEntry(entryBytes.toString('utf8'), Number(place)) };
}
