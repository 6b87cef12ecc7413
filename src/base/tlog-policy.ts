import { limits } from './limits.ts';
import { parseVerifierKey, type VerifierKey } from './note.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Which logs and witnesses are trusted, and how many of the witnesses must have seen a checkpoint (https://c2sp.org/tlog-policy). */
export interface TlogPolicy {
  readonly logs: readonly Known[];
  readonly witnesses: readonly Known[];
  readonly quorum: Quorum;
}

interface Known {
  readonly key: VerifierKey;
  readonly url: string | null;
}

/** At least `least` of the members; a witness is itself. */
type Quorum = { readonly witness: VerifierKey } | { readonly least: number; readonly of: readonly Quorum[] };

/** Nobody is trusted, nobody is asked. */
export const noPolicy: TlogPolicy = { logs: [], witnesses: [], quorum: { least: 0, of: [] } };

/** How many witnesses of any kind; the simple policy of a command line. */
export function quorumOf(least: number, witnesses: readonly VerifierKey[]): Quorum {
  return { least, of: witnesses.map((witness) => ({ witness })) };
}

export function isReached(quorum: Quorum, hasCosigned: (key: VerifierKey) => boolean): boolean {
  if ('witness' in quorum) return hasCosigned(quorum.witness);
  return quorum.of.filter((member) => isReached(member, hasCosigned)).length >= quorum.least;
}

interface Reading {
  readonly logs: Known[];
  readonly witnesses: Known[];
  readonly named: Map<string, Quorum>;
  readonly members: Set<string>;
  quorum?: Quorum;
}

/** `malformed` names the line. */
export function parseTlogPolicy(text: string): TlogPolicy | Refusal {
  // tlog-policy, Character set: tab and newline are the only control characters.
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) return refuse('malformed', 'a policy has no control characters but tab and newline');
  const read: Reading = { logs: [], witnesses: [], named: new Map(), members: new Set() };
  const lines = text.split('\n').map((line) => line.split(/[ \t]+/).filter((item) => item !== ''));
  if (lines.length > limits.policyLines) return refuse('too_large', `a policy has at most ${limits.policyLines} lines`);
  for (const [i, items] of lines.entries()) {
    if (items.length === 0 || items[0]!.startsWith('#')) continue;
    const bad = take(read, items);
    if (bad) return refuse('malformed', `line ${i + 1} of the policy: ${bad}`);
  }
  const { logs, witnesses, quorum } = read;
  return quorum ? { logs, witnesses, quorum } : refuse('malformed', 'the policy has no quorum line');
}

/** What is wrong with a line, or undefined when it was taken. */
function take(read: Reading, [word, ...items]: string[]): string | undefined {
  if (word === 'log') return takeKey(read.logs, 'log', items);
  if (word === 'witness') {
    const [name = '', ...rest] = items;
    const bad = takeKey(read.witnesses, 'witness', rest) ?? (isTaken(read, name) ? `${name} is not a free name` : undefined);
    if (bad === undefined) read.named.set(name, { witness: read.witnesses.at(-1)!.key });
    return bad;
  }
  if (word === 'group') return takeGroup(read, items);
  if (word !== 'quorum') return `${word} is no word of a policy`;
  const [name = '', ...more] = items;
  const quorum = name === 'none' ? noPolicy.quorum : read.named.get(name);
  if (quorum === undefined || more.length > 0) return 'the quorum is one name from a line before it';
  if (read.quorum) return 'there is one quorum';
  read.quorum = quorum;
  return undefined;
}

function takeKey(known: Known[], type: VerifierKey['type'], [vkey = '', url, ...more]: string[]): string | undefined {
  const key = parseVerifierKey(vkey);
  if (key?.type !== type || more.length > 0) return `expected the key of a ${type}, and perhaps a URL`;
  if (known.some((k) => k.key.publicKey.equals(key.publicKey))) return 'this key was named before';
  known.push({ key, url: url ?? null });
  return undefined;
}

function takeGroup(read: Reading, [name = '', count = '', ...of]: string[]): string | undefined {
  if (isTaken(read, name)) return `${name} is not a free name`;
  const least = count === 'any' ? 1 : count === 'all' ? of.length : /^[1-9]\d{0,3}$/.test(count) ? Number(count) : 0;
  if (least < 1 || least > of.length) return 'a group is a name, "any", "all" or a number, and as many members at least';
  const members: Quorum[] = [];
  for (const member of of) {
    const found = read.named.get(member);
    if (!found || read.members.has(member)) return `${member} was not named before, or is in a group already`;
    read.members.add(member);
    members.push(found);
  }
  read.named.set(name, { least, of: members });
  return undefined;
}

function isTaken(read: Reading, name: string): boolean {
  return name === '' || name === 'none' || read.named.has(name);
}
