import { canonical, sha256 } from '../../../base/canonical.ts';
import { verifyInclusion } from '../../../base/merkle.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { openNote } from '../../../base/signature.ts';
import { bodyDigest, type Entry, leafOf, link, payloadDigest, type Revealed } from '../../../trust/log/entry.ts';

/** What happened in a case that one viewer may see, each entry with the way from it to the root of a signed checkpoint. */
export interface Ledger {
  /** C2SP checkpoint. */
  readonly checkpoint: string;
  /** Signed with the same key: which case, for whom, and exactly which entries; so that none can be left out on the way. */
  readonly statement: string;
  readonly key: string;
  readonly entries: readonly Proven[];
}

export type Proven = Entry & {
  /**
   * Its payload and salt are null where they are erased, or not for this viewer. Where who it was is not for this viewer, `actor` and `salt`
   * are null (with the salt one could try who it was), and what is left stands under the statement instead of the log's digest.
   */
  readonly body: Shown;
  /** Base64, from the leaf's sibling up. */
  readonly proof: readonly string[];
};

type Shown = Omit<Revealed, 'actor' | 'salt'> & { readonly actor: string | null; readonly salt: string | null };

interface Viewer {
  readonly id: string;
  readonly tier: number;
  readonly isStaff: boolean;
  /** The clearinghouse, whom everybody in a case knows; whoever else acted is a party among others. */
  readonly staffIds: ReadonlySet<string>;
}

/** The widest tier that sees that it happened; and the widest that sees what was said of it. What is not here is for the staff. */
const seenAt: Readonly<Record<string, { readonly event: number; readonly payload?: number }>> = {
  'case.opened': { event: 2 },
  'case.observed': { event: 2 },
  'case.disclosed': { event: 3 },
  'case.closed': { event: 2 },
  'case.embargo-proposed': { event: 1, payload: 1 },
  'case.embargo-declined': { event: 1, payload: 1 },
  'case.embargo-agreed': { event: 2, payload: 1 },
  'case.embargo-ended': { event: 2, payload: 1 },
  'case.embargo-terminated': { event: 2, payload: 1 },
  'case.patch-submitted': { event: 1 },
  'case.patch-judged': { event: 1 },
};
/** Of the viewer: what became of their own read-in, with what was said where it tells nothing of the case. */
const ofOneself: Readonly<Record<string, boolean>> = {
  'case.read-in-offered': false,
  'case.read-in': true,
  'case.read-in-signed': true,
  'case.read-in-ended': true,
};

/** What may be said of an embargo to every party; a payload with anything else in it, as of whom was silent, is for the staff. */
const saidToAll = ['endsAt', 'source', 'because', 'reason', 'answerBy', 'silence'];

/** As a viewer may have it; undefined: not at all. */
export function shownTo(viewer: Viewer, body: Revealed): Shown | undefined {
  if (viewer.isStaff || body.actor === viewer.id) return body;
  const bare = { ...body, payload: null, payloadSalt: null };
  const said = (body.payload ?? {}) as { personId?: string; tier?: number; withId?: string | null };
  if (Object.hasOwn(ofOneself, body.event)) return said.personId === viewer.id ? (ofOneself[body.event] ? body : bare) : undefined;
  if (body.event === 'case.message-written') {
    const isMine = said.withId === viewer.id;
    return isMine || (said.withId === null && viewer.tier <= (said.tier ?? -1)) ? body : undefined;
  }
  const seen = Object.hasOwn(seenAt, body.event) ? seenAt[body.event] : undefined;
  if (!seen || viewer.tier > seen.event) return undefined;
  const isSaid = viewer.tier <= (seen.payload ?? -1) && Object.keys(said).every((name) => saidToAll.includes(name));
  const isKnown = body.actor === 'house' || viewer.staffIds.has(body.actor);
  return { ...(isSaid ? body : bare), ...(isKnown ? {} : { actor: null, salt: null }) };
}

interface Told {
  readonly caseId: string;
  readonly viewerId: string;
  readonly tier: number;
  readonly at: string;
  /** Entries of the log after this one; and the next export begins after `next`, null = there is nothing more. */
  readonly after: number;
  readonly next: number | null;
  readonly size: number;
  readonly entries: readonly Pick<Proven, 'seq' | 'hash' | 'body'>[];
}

/** The text of a statement. Its first line is no origin of a log, so that it is never taken for a checkpoint. */
export function statementText(told: Told): string {
  const { caseId, viewerId, tier, at, after, next, size, entries } = told;
  // What the log's digest cannot vouch for, since it covers who it was, the hub signs here.
  const listed = sha256(canonical(entries.map(({ seq, hash, body }) => (body.salt === null ? [seq, hash, body] : [seq, hash]))));
  return `breakwater ledger v1\n${caseId}\n${viewerId} tier ${tier}\n${at}\n${after} ${next ?? 'end'}\n${size}\n${entries.length} ${listed}\n`;
}

export interface LedgerVerified {
  readonly caseId: string;
  readonly viewerId: string;
  readonly tier: number;
  readonly at: string;
  readonly after: number;
  readonly next: number | null;
  readonly size: number;
  readonly entries: number;
  readonly withheld: number;
  /** Of which not who it was: signed by the hub, and not to be held against the log. */
  readonly nameless: number;
}

type Said = Omit<LedgerVerified, 'entries' | 'withheld' | 'nameless'>;

/** Everything in it is hostile. `key`: the one that is trusted; `before`: an earlier export of the same viewer, of which nothing may be gone. */
export function verifyLedger(ledger: Ledger, key: string, before?: Ledger): LedgerVerified | Refusal {
  const [checkpoint, statement] = [openNote(ledger.checkpoint, key), openNote(ledger.statement, key)];
  if (checkpoint === undefined) return refuse('untrusted', 'the checkpoint is not signed by this key', '/checkpoint');
  if (statement === undefined) return refuse('untrusted', 'the statement is not signed by this key', '/statement');
  const [origin, size, root] = checkpoint.split('\n');
  if (origin !== key.split('+')[0]) return refuse('untrusted', 'the checkpoint is of another log', '/checkpoint');
  const said = readStatement(statement);
  if (!said) return refuse('malformed', 'the statement cannot be read', '/statement');
  const told = { ...said, entries: ledger.entries };
  if (String(said.size) !== size || statementText(told) !== statement)
    return refuse('untrusted', 'entries were left out, added or put in another order since this was signed', '/entries');
  let last = said.after;
  for (const [i, entry] of ledger.entries.entries()) {
    const bad = fault(entry, said, last, Buffer.from(root ?? '', 'base64'));
    if (bad) return refuse('untrusted', `entry ${entry.seq}: ${bad}`, `/entries/${i}`);
    last = entry.seq;
  }
  const gone = before && missing(ledger, key, said, before);
  if (gone) return gone;
  const withheld = ledger.entries.filter((e) => e.body.payloadSalt === null).length;
  const nameless = ledger.entries.filter((e) => e.body.salt === null).length;
  return { ...said, entries: ledger.entries.length, withheld, nameless };
}

function fault(entry: Proven, said: Said, last: number, root: Buffer): string | undefined {
  const { seq, at, digest, previous, hash, body, proof } = entry;
  if (seq <= last || seq > said.size) return 'stands where it cannot stand';
  if (body.thing !== said.caseId) return 'is not of this case';
  if (link(seq, at, digest, previous).hash !== hash) return 'was altered after it was written';
  const { actor, salt } = body;
  if ((actor === null) !== (salt === null)) return 'names somebody without proof';
  if (actor !== null && salt !== null && bodyDigest(salt, { ...body, actor }) !== digest)
    return 'does not match what is said to lie behind it';
  if (body.payloadSalt !== null && payloadDigest(body.payloadSalt, body.payload) !== body.payloadDigest)
    return 'carries another payload than was logged';
  const path = proof.map((p) => Buffer.from(p, 'base64'));
  const holds = verifyInclusion(leafOf(hash), seq - 1, said.size, path, root);
  return holds === true ? undefined : 'is not in the log that the checkpoint was signed for';
}

/** What somebody was shown once, and still may see, is in what they are shown later. A narrower tier is said, and shows less. */
function missing(ledger: Ledger, key: string, said: Said, before: Ledger): Refusal | undefined {
  const then = verifyLedger(before, key);
  if (isRefusal(then)) return refuse('untrusted', `of the earlier export: ${then.because}`, then.at);
  if (then.caseId !== said.caseId || then.viewerId !== said.viewerId)
    return refuse('conflict', 'the earlier export is of another case or of somebody else', '/statement');
  if (then.size > said.size) return refuse('untrusted', 'the log was longer once', '/checkpoint');
  const now = new Map(ledger.entries.map((e) => [e.seq, e.hash]));
  const isCovered = (seq: number) => seq > said.after && (said.next === null || seq <= said.next);
  const gone = said.tier > then.tier ? undefined : before.entries.find((e) => isCovered(e.seq) && now.get(e.seq) !== e.hash);
  return gone && refuse('untrusted', `entry ${gone.seq} was shown before, and is gone or another now`, '/entries');
}

function readStatement(text: string): Said | undefined {
  const match = /^breakwater ledger v1\n(cas_\S+)\n(\S+) tier (\d)\n(\S+)\n(\d+) (\d+|end)\n(\d+)\n\d+ [0-9a-f]{64}\n$/.exec(text);
  if (!match) return undefined;
  const [, caseId, viewerId, tier, at, after, next, size] = match as unknown as string[];
  const number = (of: string | undefined) => Number(of);
  return {
    ...{ caseId: caseId!, viewerId: viewerId!, tier: number(tier), at: at!, after: number(after) },
    ...{ next: next === 'end' ? null : number(next), size: number(size) },
  };
}
