import { epochMs, type Instant, instantOf, parseInstant, second } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { cosignedAt, logSignature, type Note, parseNote, parseTreeHead, type TreeHead } from '../../../base/note.ts';
import { refuse } from '../../../base/refusal.ts';
import { isReached, type TlogPolicy } from '../../../base/tlog-policy.ts';
import { doubt, sure } from './reading.ts';

/** All that a verifier believes before it has looked. */
export interface Trust {
  readonly policy: TlogPolicy;
  readonly now: Instant;
  /** Older word that this is the newest tree is none; null: as the log itself says it may be used. */
  readonly maxAgeMs: number | null;
}

export interface SignedHead extends TreeHead {
  readonly note: string;
  readonly cosignatures: readonly { readonly name: string; readonly at: Instant }[];
}

/** The log's own signed word on how long its head may be taken for the newest (`freshness` beside the checkpoint). */
interface Freshness extends TreeHead {
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** A checkpoint that is signed by a trusted log and seen by enough witnesses; a doubt otherwise. */
export function signedHead(text: string, { policy, now }: Trust): SignedHead {
  const { note, head } = signedNote(text, 'checkpoint', policy, (origin) => origin);
  const seen = new Map<string, number>();
  for (const { key } of policy.witnesses) {
    const at = cosignedAt(note.text, note.signatures, key);
    if (at === 'forged') doubt(`the cosignature of ${key.name} does not verify`, 'checkpoint');
    // From further ahead than clocks run apart, it says nothing of the present.
    if (at !== undefined && at * second <= epochMs(now) + limits.clockSkewMs) seen.set(key.text, at * second);
  }
  if (!isReached(policy.quorum, (key) => seen.has(key.text)))
    sure(refuse('unavailable', `could not tell: too few of the witnesses have cosigned this tree of ${head.size} (yet)`, 'checkpoint'));
  const cosignatures = policy.witnesses.flatMap(({ key }) => {
    const at = seen.get(key.text);
    return at === undefined ? [] : [{ name: key.name, at: instantOf(at) }];
  });
  return { ...head, note: text, cosignatures };
}

/** Whether anybody trusted said lately enough that nothing newer is kept from us. A doubt where somebody said that there is. */
export function freshnessOf(head: SignedHead, text: string | undefined, trust: Trust): 'fresh' | 'could-not-tell' {
  const { policy, now, maxAgeMs } = trust;
  const own = text === undefined ? undefined : readFreshness(text, policy);
  if (own && own.origin !== head.origin) doubt('is of another log', 'freshness');
  if (own && own.size > head.size)
    doubt(`the log had ${own.size} entries already at ${own.issuedAt}: this tree of ${head.size} is an old one`);
  if (own && own.size === head.size && !own.root.equals(head.root))
    doubt('the log has signed two different trees of one size', 'freshness');
  const isRecent = (at: Instant) => epochMs(at) >= epochMs(now) - (maxAgeMs ?? Number.POSITIVE_INFINITY);
  const recent = new Set(head.cosignatures.filter((c) => isRecent(c.at)).map((c) => c.name));
  const bySeen =
    maxAgeMs !== null && policy.witnesses.length > 0 && recent.size > 0 && isReached(policy.quorum, (key) => recent.has(key.name));
  if (bySeen || (own && own.expiresAt > now && isRecent(own.issuedAt))) return 'fresh';
  if (own || (maxAgeMs !== null && head.cosignatures.length > 0)) {
    const latest = [own?.issuedAt, ...head.cosignatures.map((c) => c.at)]
      .filter((at) => at !== undefined)
      .sort()
      .at(-1);
    sure(
      refuse('expired', `nobody has said since ${latest} that this is the newest tree: something newer may be kept from us`, 'checkpoint'),
    );
  }
  if (maxAgeMs !== null)
    sure(refuse('unavailable', 'could not tell: neither the log nor a trusted witness says when this tree was the newest'));
  return 'could-not-tell';
}

export function readFreshness(text: string, policy: TlogPolicy): Freshness {
  const { note, head } = signedNote(text, 'freshness', policy, (origin) => origin.replace(/ freshness$/, ''));
  const [issued, expires, ...more] = note.text.split('\n').slice(3, -1);
  const issuedAt = parseInstant(issued?.replace(/^issued /, '') ?? '');
  const expiresAt = parseInstant(expires?.replace(/^expires /, '') ?? '');
  if (!note.text.startsWith(`${head.origin} freshness\n`) || !issuedAt || !expiresAt || more.length > 0)
    return doubt('is no word on freshness', 'freshness');
  return { ...head, issuedAt, expiresAt };
}

function signedNote(text: string, at: string, policy: TlogPolicy, nameOf: (origin: string) => string): { note: Note; head: TreeHead } {
  const note = parseNote(text) ?? doubt('is no signed note', at);
  const head = parseTreeHead(note.text) ?? doubt('is no checkpoint', at);
  const origin = nameOf(head.origin);
  const keys = policy.logs.map((log) => log.key).filter((key) => key.name === origin);
  if (keys.length === 0) doubt(`is of the log ${JSON.stringify(origin)}, and the trusted key is of another`, at);
  const signed = keys.map((key) => logSignature(note, key));
  if (signed.includes('forged')) doubt('a signature with the name of the trusted key does not verify', at);
  if (!signed.includes('signed')) doubt('is not signed by the trusted key', at);
  return { note, head: { ...head, origin } };
}
