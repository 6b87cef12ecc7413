import { epochMs } from '../../base/instant.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal } from '../../base/refusal.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import type { Finding } from '../findings/finding.ts';
import { findingById } from '../findings/store.ts';
import { arbitrate } from './arbitrations/actions.ts';
import { type Candidate, candidateOf, isCompared, type Known, textsToRead } from './candidates/candidate.ts';
import { candidatesById, candidatesFor, digestsOf, keepTraits, lockFindings } from './candidates/store.ts';
import { decideHome, findingIdsOf, surestHomes, type Vulnerability } from './duplicate.ts';
import { outcomeActions } from './outcomes/actions.ts';
import { noOutcome } from './outcomes/outcome.ts';
import { saveOutcomes } from './outcomes/store.ts';
import { pairActions } from './pairs/actions.ts';
import { acrossPackages, type Comparison, inOrder, labelOfPair, otherOf, turnOf, type Weighed, worthKeeping } from './pairs/pair.ts';
import { appendComparisons, comparisonsOf, wordsOf } from './pairs/store.ts';
import { join, openFor } from './places/actions.ts';
import { presentVulnerability } from './places/wire.ts';
import { regroupingActions } from './regroupings/actions.ts';
import { regroupingsOf } from './regroupings/store.ts';
import type { Decided } from './same.ts';
import { decidePair } from './score.ts';
import * as store from './store.ts';
import { type FindingTexts, traitsOfFinding } from './traits.ts';
import * as wire from './wire.ts';

// A station's verbs are found in one place, wherever they are written.
export { arbitrate } from './arbitrations/actions.ts';
export { outcome } from './outcomes/actions.ts';
export { comparisons, decide, pair, undecided } from './pairs/actions.ts';
export { chain, merge, split, subsume, undo } from './regroupings/actions.ts';

export const compare = action({
  name: 'duplicates.compare',
  at: 'POST /api/duplicates/compare',
  summary: 'Hold a finding against those that share something telling with it; a valid one gets its place in a vulnerability.',
  by: ['coordinator'],
  internal: true,
  input: wire.compareInput,
  output: wire.compareOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, _input, finding: Finding) {
    const traits = traitsOfFinding(finding, await textsOf(ctx, finding), epochMs(finding.receivedAt));
    const keys = digestsOf(traits);
    const mine = candidateOf(finding, traits);
    const isHeld = isCompared(finding.state);
    // Said at once and done one after the other: each sees what is there when the one before it has ended.
    const [, { home: place, isSpokenOf }, found] = await Promise.all([
      lockFindings(ctx.tx, [finding.id], keys),
      // What was once counted is still met by what comes later, even when its finder takes it back.
      keepTraits(ctx.tx, mine, keys, ctx.now),
      isHeld ? candidatesFor(ctx.tx, finding.id, keys) : [],
    ]);
    if (!isHeld) {
      if (!place) await saveOutcomes(ctx.tx, [noOutcome(finding, ctx.now)]);
      return done({ compared: 0, vulnerabilityId: place });
    }
    const weighed = found.map((other) => weigh(mine, other, other.known));
    const open = await keep(ctx, mine, weighed);
    // Nothing is counted before our own re-run.
    if (place || finding.state !== 'valid') return done({ compared: weighed.length, vulnerabilityId: place }, ...open);
    // What a person decided stands above what was just computed.
    const words = isSpokenOf ? await wordsOf(ctx.tx, finding.id) : [];
    const places = new Map(found.flatMap(({ findingId, home }) => (home ? [[findingId, home] as const] : [])));
    const home = await settle(ctx, finding, mine, weighed, words, places);
    return done({ compared: weighed.length, vulnerabilityId: home.vulnerability.id }, ...home.events, ...open);
  },
});

/** The texts that came with a finding. One that cannot be read is none: what is left is compared without it. */
async function textsOf(ctx: Ctx, finding: Finding): Promise<FindingTexts> {
  const [logs, patches]: [string[], string[]] = [[], []];
  for (const file of textsToRead(finding.attachments)) {
    const bytes = await ctx.doors.blobs.get(file.id);
    if (!isRefusal(bytes)) (file.type === 'patch' ? patches : logs).push(Buffer.from(bytes).toString());
  }
  return { logs, patches };
}

function weigh(mine: Candidate, other: Candidate, known: Known | null): Weighed {
  const decided = acrossPackages(mine.traits, other.traits, decidePair(mine.traits, other.traits));
  return { ...decided, other, known, turn: turnOf(mine, other, decided.score) };
}

/** Returns the pairs that were left open though both were replayed: there the fixes may say more. */
async function keep(ctx: Ctx, mine: Candidate, weighed: readonly Weighed[]): Promise<Happening[]> {
  const kept = worthKeeping(mine, weighed);
  const compared = kept.map(({ other, decision, score, reasons, turn }): Comparison => {
    const by = { decidedBy: 'house', binding: false, regroupingId: null, decidedAt: ctx.now };
    const of = { ...inOrder(mine.findingId, other.findingId), label: labelOfPair(mine, other) };
    return { id: ctx.id('cmp'), decision, score, reasons, turn, ...by, ...of };
  });
  await appendComparisons(
    ctx.tx,
    compared,
    kept.every((w) => w.known === null),
  );
  return kept
    .filter((w) => w.decision === 'unsure' && mine.state === 'valid' && w.other.state === 'valid')
    .map(({ other }) => {
      const pair = { payload: inOrder(mine.findingId, other.findingId), label: labelOfPair(mine, other) };
      return { event: 'comparison.unsure', thing: mine.findingId, ...pair };
    });
}

/** A place for a valid finding that has none yet: with those that are the same, unless one there is distinct; else one of its own. */
async function settle(
  ctx: Ctx,
  finding: Finding,
  mine: Candidate,
  weighed: readonly Weighed[],
  words: readonly Comparison[],
  places: ReadonlyMap<string, Vulnerability['id']>,
): Promise<{ vulnerability: Vulnerability; events: readonly Happening[] }> {
  const decided = new Map<string, Pick<Decided, 'decision' | 'score'>>(weighed.map((w) => [w.other.findingId, w]));
  for (const word of words) decided.set(otherOf(word, finding.id), word);
  const homes = await homesOf(ctx, decided, words.length === 0 ? places : undefined);
  const unmet = homes.flatMap(findingIdsOf).filter((id) => !decided.has(id));
  for (const other of await candidatesById(ctx.tx, unmet)) decided.set(other.findingId, weigh(mine, other, null));
  const home = decideHome(homes, (id) => decided.get(id));
  return home ? join(ctx, home, finding, 'the same as another member') : openFor(ctx, finding, 'first of its kind');
}

/** The vulnerabilities in which something the same is counted, the surest few, locked; `looked`: where each was counted a moment ago. */
async function homesOf(
  ctx: Ctx,
  decided: ReadonlyMap<string, Pick<Decided, 'decision' | 'score'>>,
  looked: ReadonlyMap<string, Vulnerability['id']> | undefined,
): Promise<Vulnerability[]> {
  const same = [...decided].filter(([, d]) => d.decision === 'same').sort(([, x], [, y]) => y.score - x.score);
  const ids = same.map(([id]) => id);
  for (let tries = 1; ; tries++) {
    const places = tries === 1 && looked ? looked : await store.placesOf(ctx.tx, ids);
    const surest = surestHomes(ids, places);
    const homes = await store.lockHomes(ctx.tx, surest, [...decided.keys()]);
    // A person may have moved one of them between the look and the lock: then it is looked at again, and held by now.
    const counted = new Set(homes.flatMap(findingIdsOf));
    const isHeld = (id: string) => !surest.includes(places.get(id)!) || counted.has(id as never);
    if (tries === limits.actRetries || ids.filter((id) => places.has(id)).every(isHeld)) return homes;
  }
}

export const list = action({
  name: 'duplicates.list',
  at: 'GET /api/duplicates',
  summary: 'Vulnerabilities, oldest first, with every co-finder and their times.',
  by: ['coordinator'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listVulnerabilities(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(presentVulnerability),
});

export const get = action({
  name: 'duplicates.get',
  at: 'GET /api/duplicates/:id',
  summary: 'One vulnerability: its findings, how they compare, who was ever counted in it, what people did to it.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.getOut,
  on: (ctx, input) => store.findVulnerability(ctx.tx, input.id),
  async run(ctx, _input, vulnerability: Vulnerability) {
    return done({
      vulnerability,
      history: await store.membersEver(ctx.tx, vulnerability.id),
      comparisons: await comparisonsOf(ctx.tx, findingIdsOf(vulnerability), limits.comparedFindings),
      regroupings: await regroupingsOf(ctx.tx, vulnerability.id, limits.pageRows),
    });
  },
  present: wire.present,
});

export const duplicateActions = [compare, list, get, ...pairActions, arbitrate, ...regroupingActions, ...outcomeActions];
