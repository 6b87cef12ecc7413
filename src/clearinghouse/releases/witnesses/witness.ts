import { limits } from '../../../base/limits.ts';
import { emptyRoot, verifyConsistency } from '../../../base/merkle.ts';
import {
  cosignedAt,
  logSignature,
  type Note,
  parseNote,
  parseSignature,
  parseTreeHead,
  strictBase64,
  type TreeHead,
  type VerifierKey,
} from '../../../base/note.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';

/** What a log asks of a witness (https://c2sp.org/tlog-witness, add-checkpoint). */
interface Asked {
  readonly oldSize: number;
  readonly proof: readonly Buffer[];
  readonly note: Note;
  readonly head: TreeHead;
}

/** What this witness last cosigned of a log; the empty tree where it never did. */
export interface Seen {
  readonly size: number;
  readonly root: Buffer;
}

/** As it goes out by HTTP. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Hashes of a consistency proof. */
const proofLines = 63;

export const neverSeen: Seen = { size: 0, root: emptyRoot };

const plain = (status: number, because: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body: `${because}\n` });
export const notAnAsking = plain(400, 'expected an old size, a consistency proof and a checkpoint');

export function parseAsked(body: string): Asked | undefined {
  const split = body.indexOf('\n\n');
  if (split < 0) return undefined;
  const [first = '', ...lines] = body.slice(0, split).split('\n');
  const [, size] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  const proof = lines.map(strictBase64);
  const note = parseNote(body.slice(split + 2));
  const head = note && parseTreeHead(note.text);
  const isProof = (hashes: typeof proof): hashes is Buffer[] => hashes.length <= proofLines && hashes.every((h) => h?.length === 32);
  if (size === undefined || !Number.isSafeInteger(Number(size)) || !note || !head || !isProof(proof)) return undefined;
  return { oldSize: Number(size), proof, note, head };
}

/** The other way round: what we ask of a witness. */
export function asking(oldSize: number, proof: readonly Buffer[], checkpoint: string): string {
  return [`old ${oldSize}`, ...proof.map((h) => h.toString('base64')), '', checkpoint].join('\n');
}

/** By whom the log was signed, before anything is looked up: 404 for a log we were not told to watch, 403 where it did not sign. */
export function decideSigned({ note, head }: Asked, logs: readonly VerifierKey[]): VerifierKey[] | Answer {
  const keys = logs.filter((key) => key.name === head.origin);
  if (keys.length === 0) return plain(404, 'this witness does not watch that log');
  const signed = keys.map((key) => logSignature(note, key));
  if (signed.includes('forged') || !signed.includes('signed')) return plain(403, 'the log did not sign this');
  return keys.filter((_, i) => signed[i] === 'signed');
}

/** Whether this is the append of what was seen before: undefined, or what is answered instead of a cosignature. */
export function decideCosign({ oldSize, proof, head }: Asked, seen: Seen): Answer | undefined {
  if (oldSize > head.size) return plain(400, 'the old size is larger than the new one');
  if (oldSize !== seen.size) return { status: 409, type: 'text/x.tlog.size', body: `${seen.size}\n` };
  if (head.size === 0 && !head.root.equals(emptyRoot)) return plain(422, 'the empty tree has another root');
  if (oldSize === 0) return proof.length === 0 ? undefined : plain(422, 'nothing is proved of the empty tree');
  // A refusal, too: the proof was of the wrong shape.
  return verifyConsistency(oldSize, head.size, proof, seen.root, head.root) === true ? undefined : plain(422, 'the proof does not hold');
}

/** Two signed trees of one size that differ. */
export function isFork(head: TreeHead, seen: Seen): boolean {
  return head.size === seen.size && !head.root.equals(seen.root);
}

/** The checkpoint as a witness shows it: the log's own signatures that it verified, then its cosignature. */
export function shown({ note }: Asked, keys: readonly VerifierKey[], cosignature: string): string {
  const own = note.signatures.filter((s) => keys.some((key) => key.name === s.name && key.id === s.id));
  return `${note.text}\n${own.map((s) => `${s.line}\n`).join('')}${cosignature}`;
}

type Answered = { readonly line: string; readonly atSeconds: number } | { readonly size: number } | Refusal;

/** What a witness answered, all of it hostile: its cosignature of `text`, the size that it holds instead, or what is wrong. */
export function readAnswer({ status, body }: Omit<Answer, 'type'>, text: string, key: VerifierKey): Answered {
  if (status === 409) {
    const [, size] = /^(0|[1-9]\d{0,15})\n?$/.exec(body) ?? [];
    return size === undefined ? refuse('malformed', 'it named no size') : { size: Number(size) };
  }
  if (status === 0) return refuse('unavailable', body.slice(0, limits.becauseChars));
  if (status !== 200) return refuse('unavailable', `it answered ${status}`);
  const lines = body.split('\n').map(parseSignature);
  const found = lines.filter((s) => s !== undefined);
  const atSeconds = cosignedAt(text, found, key);
  if (atSeconds === 'forged') return refuse('untrusted', 'its cosignature does not verify');
  if (atSeconds === undefined) return refuse('untrusted', 'it did not cosign with the key we know');
  const { line } = found.find((s) => cosignedAt(text, [s], key) === atSeconds)!;
  return { line: `${line}\n`, atSeconds };
}
