import { createHash } from 'node:crypto';
import { day } from '../../base/instant.ts';
import { limits } from '../../base/limits.ts';
import type { Traits } from './traits.ts';

/**
 * The keys under which a finding is looked up: two findings that share one are candidates for one flaw, so that retrieval is equality on a key.
 * At most `limits.keysPerFinding`, most telling first, each of at most 40 ASCII characters (a kind and a digest: a key tells no content).
 * Who looks up takes `limits.findingsPerKey` under each key (of one list the newest, of the hub's store the oldest) and compares with those
 * first that share the rarest keys.
 */
export function keysOf(t: Traits): string[] {
  const where = t.repository ?? t.package ?? '';
  const keys: string[] = [];
  const add = (kind: string, ...parts: readonly string[]) => keys.push(`${kind}:${digest(parts)}`);
  for (const id of t.upstreamIds.slice(0, 8)) add('id', id);
  if (t.fixedCommit) add('fix', t.fixedCommit.slice(0, 12));
  for (const hunk of t.hunks.slice(0, 8)) add('hunk', hunk);
  if (t.function) add('function', where, t.function);
  if (t.crash) {
    if (t.crash.state.length > 1) add('state', ...t.crash.state);
    for (const frame of t.crash.state.slice(0, 3)) add('frame', frame);
  }
  if (t.fuzzTarget) for (const period of periodsOf(t)) add('period', where, period);
  for (const word of rarestWords(t)) add('word', word);
  if (t.introducedCommit) add('introduced', t.introducedCommit.slice(0, 12));
  if (t.file) add('file', where, t.file.slice(t.file.lastIndexOf('/') + 1));
  if (t.package) add('package', t.package);
  return [...new Set(keys)].slice(0, limits.keysPerFinding);
}

const periodDays = 16;

/** Periods that overlap by half, so that reports within half a period share one. */
function periodsOf({ reportedAtMs }: Traits): string[] {
  if (reportedAtMs === null) return [];
  const periods = reportedAtMs / (periodDays * day);
  return [`${Math.floor(periods)}`, `${Math.floor(periods + 0.5)} and a half`];
}

/** Of words equally rare the longer one tells more. */
function rarestWords({ text }: Traits): string[] {
  return text.words
    .map((word, i) => ({ word, rarity: text.rarity[i]! }))
    .sort((a, b) => b.rarity - a.rarity || b.word.length - a.word.length || (a.word < b.word ? -1 : 1))
    .slice(0, 20)
    .map(({ word }) => word);
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24);
}
