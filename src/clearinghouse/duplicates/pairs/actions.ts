import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import type { Guarded } from '../../../trust/access.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import { named } from '../../findings/attachment.ts';
import type { Finding } from '../../findings/finding.ts';
import { findingById, findingsByIds } from '../../findings/store.ts';
import { type Candidate, isCompared } from '../candidates/candidate.ts';
import { candidatesById, digestsOf, lockFindings } from '../candidates/store.ts';
import { houseLabel, type Vulnerability } from '../duplicate.ts';
import { move } from '../places/actions.ts';
import { begun, decideByPerson, hold, splitOff } from '../regroupings/actions.ts';
import type { Regrouping } from '../regroupings/regrouping.ts';
import { insertRegrouping } from '../regroupings/store.ts';
import { decidePair } from '../score.ts';
import * as places from '../store.ts';
import { acrossPackages, inOrder, sideBySide } from './pair.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const comparisons = action({
  name: 'duplicates.comparisons',
  at: 'GET /api/duplicates/comparisons/:findingId',
  summary: 'How one finding compares with others.',
  by: ['coordinator'],
  input: wire.ofFinding,
  output: wire.comparisonsOut,
  async run(ctx, input) {
    return done({ items: await store.comparisonsOf(ctx.tx, [input.findingId], limits.comparedFindings) });
  },
  present: presentItems(wire.presentComparison),
});

export const undecided = action({
  name: 'duplicates.undecided',
  at: 'GET /api/duplicates/pairs',
  summary: 'Pairs that wait for a person: those that were replayed first, then the likelier, then the older.',
  by: ['coordinator'],
  input: wire.page,
  output: wire.undecidedOut,
  async run(ctx, input) {
    const pairs = await store.undecidedPairs(ctx.tx, input.after, input.limit);
    const found = await findingsByIds(ctx.tx, [...new Set(pairs.flatMap(({ aId, bId }) => [aId, bId]))]);
    const byId = new Map<string, Finding>(found.map((finding) => [finding.id, finding]));
    return done({ items: pairs.map((comparison) => ({ comparison, a: byId.get(comparison.aId), b: byId.get(comparison.bId) })) });
  },
  present: presentItems(wire.presentWaiting),
});

/** Two findings, the older first; undefined where one of them is not there for whoever asks. */
export async function bothOf(ctx: Ctx, x: Finding['id'], y: Finding['id']): Promise<Both | undefined> {
  const { aId, bId } = inOrder(x, y);
  const [a, b] = [await findingById(ctx.tx, aId), await findingById(ctx.tx, bId)];
  return a && b && aId !== bId ? { a, b, label: houseLabel } : undefined;
}
export interface Both extends Guarded {
  readonly a: Finding;
  readonly b: Finding;
}

export const pair = action({
  name: 'duplicates.pair',
  at: 'GET /api/duplicates/pairs/:aId/:bId',
  summary: 'Two findings side by side: what they have in common, what not, and what was ever decided of them.',
  by: ['coordinator'],
  input: wire.byPair,
  output: wire.pairOut,
  on: (ctx, input) => bothOf(ctx, input.aId, input.bId),
  async run(ctx, _input, { a, b }: Both) {
    const [x, y] = await traitsOf(ctx, a, b);
    const where = await places.placesOf(ctx.tx, [a.id, b.id]);
    const key = ctx.doors.keys.secret('names');
    const side = (finding: Finding) => ({
      finding,
      files: finding.attachments.map((file) => named(key, file)),
      vulnerabilityId: where.get(finding.id) ?? null,
    });
    const compared = x && y ? acrossPackages(x.traits, y.traits, decidePair(x.traits, y.traits)) : null;
    const now = compared && { ...compared, reasons: [...compared.reasons] };
    const shown = x && y ? sideBySide(x.traits, y.traits) : { common: [], differing: [] };
    return done({ a: side(a), b: side(b), ...shown, now, history: await store.historyOfPair(ctx.tx, a.id, b.id, limits.pageRows) });
  },
  present: wire.presentPair,
});

async function traitsOf(ctx: Ctx, a: Finding, b: Finding): Promise<[Candidate | undefined, Candidate | undefined]> {
  const found = await candidatesById(ctx.tx, [a.id, b.id]);
  return [found.find((f) => f.findingId === a.id), found.find((f) => f.findingId === b.id)];
}

export const decide = action({
  name: 'duplicates.decide',
  at: 'POST /api/duplicates/pairs/:aId/:bId',
  summary: 'A person decides a pair. Same: their vulnerabilities become one; distinct: they are taken apart. duplicates.undo undoes it.',
  by: ['coordinator'],
  input: wire.decideInput,
  output: wire.decidedOut,
  on: (ctx, input) => bothOf(ctx, input.aId, input.bId),
  run: (ctx, { decision, because }, both: Both) => settlePair(ctx, both, decision, because),
});

/** What is decided of a pair, with the moves that follow from it: one act, which duplicates.undo takes back. The hub leaves the pair so. */
export async function settlePair(ctx: Ctx, { a, b }: Both, decision: 'same' | 'distinct', because: string) {
  if (decision === 'same' && !(isCompared(a.state) && isCompared(b.state)))
    return refuse('wrong_state', 'one of them is contradicted by our re-run, or was taken back');
  const known = (await traitsOf(ctx, a, b)).filter((c) => c !== undefined);
  // With all their keys: a comparison that is under way would not see what is decided here.
  const keys = known.flatMap((c) => digestsOf(c.traits));
  await lockFindings(ctx.tx, [a.id, b.id], keys);
  const id = ctx.id('rgp');
  const consequence = decision === 'same' ? await bringTogether(ctx, a, b, because) : await takeApart(ctx, a, b, because);
  if (isRefusal(consequence)) return consequence;
  const { fromId, toId, findingIds, events } = consequence;
  await insertRegrouping(ctx.tx, begun(ctx, id, { kind: 'decided', fromId, toId, findingIds }, because));
  const score = decision === 'same' ? 1 : 0;
  const [decided] = await decideByPerson(ctx, id, [placeable(a)], [placeable(b)], { decision, score, reasons: [because] });
  const where = await places.placesOf(ctx.tx, [a.id, b.id]);
  const payload = { aId: a.id, bId: b.id, decision, because, regroupingId: id };
  const happened: Happening = { event: 'comparison.decided', thing: decided!.id, label: decided!.label, payload };
  return done({ regroupingId: id, vulnerabilityIds: [...new Set(where.values())] }, happened, ...events);
}

const placeable = ({ id, orgId }: Finding) => ({ findingId: id, orgId });

type Consequence = Pick<Regrouping, 'fromId' | 'toId' | 'findingIds'> & { readonly events: readonly Happening[] };
const none: Consequence = { fromId: null, toId: null, findingIds: [], events: [] };

/** The younger vulnerability goes into the older, whole. What a person held to be distinct is not put together by the way. */
async function bringTogether(ctx: Ctx, a: Finding, b: Finding, because: string): Promise<Consequence | Refusal> {
  const where = await places.placesOf(ctx.tx, [a.id, b.id]);
  const [x, y] = [where.get(a.id), where.get(b.id)];
  if (!x || !y || x === y) return none;
  const [toId, fromId] = x < y ? [x, y] : [y, x];
  const seen = await places.findVulnerability(ctx.tx, fromId);
  const ends = await hold(ctx, fromId, toId, seen?.members.map((m) => m.findingId) ?? []);
  if (isRefusal(ends)) return ends;
  const { from, to } = ends;
  if (from.covered.length > 0) return refuse('wrong_state', `${from.id} covers another vulnerability; undo that first`);
  const veto = await vetoBetween(ctx, from, to, [a.id, b.id]);
  if (veto)
    return refuse('conflict', `a person decided that ${veto.aId} and ${veto.bId} are distinct; undo that, or move one finding alone`);
  const findingIds = from.members.map((m) => m.findingId);
  const { events } = await move(ctx, from, to, findingIds, because);
  return { fromId, toId, findingIds, events };
}

async function vetoBetween(ctx: Ctx, from: Vulnerability, to: Vulnerability, pairOf: readonly string[]) {
  const there = new Set<string>(to.members.map((m) => m.findingId));
  for (const { findingId } of from.members) {
    const decided = await store.wordsOf(ctx.tx, findingId);
    const isMet = (id: string) => there.has(id);
    const veto = decided.find(
      (c) => c.decision === 'distinct' && (isMet(c.aId) || isMet(c.bId)) && !(pairOf.includes(c.aId) && pairOf.includes(c.bId)),
    );
    if (veto) return veto;
  }
  return undefined;
}

/** Counted together, the younger one gets a vulnerability of its own. */
async function takeApart(ctx: Ctx, a: Finding, b: Finding, because: string): Promise<Consequence | Refusal> {
  const where = await places.placesOf(ctx.tx, [a.id, b.id]);
  const place = where.get(a.id);
  if (!place || place !== where.get(b.id)) return none;
  const [from] = await places.lockVulnerabilities(ctx.tx, [place]);
  const inIt = from?.members.filter((m) => m.findingId === a.id || m.findingId === b.id) ?? [];
  if (!from || inIt.length < 2) return none;
  const younger = inIt[1]!.findingId;
  const apart = await splitOff(ctx, from, younger, because);
  return { fromId: from.id, toId: apart.to.id, findingIds: [younger], events: apart.events };
}

export const pairActions = [comparisons, undecided, pair, decide];
