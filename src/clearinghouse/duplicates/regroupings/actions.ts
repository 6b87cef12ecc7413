import type { Id } from '../../../base/id.ts';
import { join, label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import type { Guarded } from '../../../trust/access.ts';
import { action, type Ctx, type Done, done, type Happening } from '../../../trust/action.ts';
import { labelsOf, lockFindings } from '../candidates/store.ts';
import { befell, houseLabel, type Member, type Vulnerability } from '../duplicate.ts';
import { type Comparison, inOrder } from '../pairs/pair.ts';
import { appendComparisons, revokeComparisons } from '../pairs/store.ts';
import { blank, joinedEvents, move, openedEvent } from '../places/actions.ts';
import type { Decided } from '../same.ts';
import * as store from '../store.ts';
import { maySubsume, mayUndo, pairsMet, type Regrouping } from './regrouping.ts';
import { endRegrouping, insertRegrouping, linkBetween, regroupingForChange } from './store.ts';
import * as wire from './wire.ts';

export const split = action({
  name: 'duplicates.split',
  at: 'POST /api/duplicates/:id/split',
  summary: 'Take a finding out into a vulnerability of its own; credit and times go along. duplicates.undo undoes it.',
  by: ['coordinator'],
  input: wire.splitInput,
  output: wire.regroupedOut,
  on: (ctx, input) => store.findVulnerability(ctx.tx, input.id),
  async run(ctx, input, seen: Vulnerability) {
    await lockFindings(ctx.tx, [input.findingId]);
    const [from] = await store.lockVulnerabilities(ctx.tx, [seen.id]);
    const moved = from?.members.find((m) => m.findingId === input.findingId);
    if (!from || !moved) return refuse('not_found', 'this finding is not counted here', '/findingId');
    const rest = from.members.filter((m) => m !== moved);
    if (rest.length === 0) return refuse('wrong_state', 'the only finding of a vulnerability cannot be split from it', '/findingId');
    const id = ctx.id('rgp');
    await decideByPerson(ctx, id, [moved], rest, { decision: 'distinct', score: 0, reasons: [input.because] });
    const apart = await splitOff(ctx, from, moved.findingId, input.because);
    const act = begun(ctx, id, { kind: 'split', fromId: from.id, toId: apart.to.id, findingIds: [moved.findingId] }, input.because);
    await insertRegrouping(ctx.tx, act);
    return done({ act, from: apart.from, to: apart.to }, ...apart.events);
  },
  present: wire.presentRegrouped,
});

export const merge = action({
  name: 'duplicates.merge',
  at: 'POST /api/duplicates/:id/merge',
  summary: 'Move a finding, or all of another vulnerability, into this one; credit and times go along. duplicates.undo undoes it.',
  by: ['coordinator'],
  input: wire.mergeInput,
  output: wire.regroupedOut,
  on: (ctx, input) => store.findVulnerability(ctx.tx, input.id),
  async run(ctx, input, seen: Vulnerability) {
    const fromId = input.fromId ?? (await store.placesOf(ctx.tx, [input.findingId!])).get(input.findingId!);
    const at = input.fromId === undefined ? '/findingId' : '/fromId';
    if (!fromId || fromId === seen.id) return refuse('not_found', 'this is not counted elsewhere', at);
    const ids = input.findingId
      ? [input.findingId]
      : ((await store.findVulnerability(ctx.tx, fromId))?.members.map((m) => m.findingId) ?? []);
    const ends = await hold(ctx, fromId, seen.id, ids);
    if (isRefusal(ends)) return ends;
    const { from, to } = ends;
    const moved = from.members.filter((m) => ids.includes(m.findingId));
    if (moved.length === 0) return refuse('not_found', 'this is not counted elsewhere', at);
    if (from.covered.length > 0 && moved.length === from.members.length)
      return refuse('wrong_state', 'this covers another vulnerability; undo that first', at);
    const id = ctx.id('rgp');
    await decideByPerson(ctx, id, moved, to.members, { decision: 'same', score: 1, reasons: [input.because] });
    const merged = await move(ctx, from, to, ids, input.because);
    const act = begun(ctx, id, { kind: 'merged', fromId, toId: to.id, findingIds: moved.map((m) => m.findingId) }, input.because);
    await insertRegrouping(ctx.tx, act);
    return done({ act, from: merged.from, to: merged.to }, ...merged.events);
  },
  present: wire.presentRegrouped,
});

export const subsume = action({
  name: 'duplicates.subsume',
  at: 'POST /api/duplicates/:id/subsume',
  summary:
    'The fix of this vulnerability covers another: its finders are credited here too, and stay counted there. duplicates.undo undoes it.',
  by: ['coordinator'],
  input: wire.subsumeInput,
  output: wire.regroupedOut,
  on: (ctx, input) => store.findVulnerability(ctx.tx, input.id),
  async run(ctx, input, seen: Vulnerability) {
    const ends = await hold(ctx, input.partId, seen.id, []);
    if (isRefusal(ends)) return ends;
    const { from: part, to: whole } = ends;
    const refusal = maySubsume(part, whole);
    if (refusal) return refusal;
    const subsumed: Vulnerability = { ...part, subsumedById: whole.id };
    await store.saveVulnerability(ctx.tx, subsumed);
    const act = begun(ctx, ctx.id('rgp'), { kind: 'subsumed', fromId: part.id, toId: whole.id, findingIds: [] }, input.because);
    await insertRegrouping(ctx.tx, act);
    const findingIds = part.members.map((m) => m.findingId);
    const to = (await store.findVulnerability(ctx.tx, whole.id))!;
    return done(
      { act, from: subsumed, to },
      befell(part.id, 'subsumed', { intoId: whole.id, because: input.because }),
      ...(await joinedEvents(ctx, whole, findingIds)),
    );
  },
  present: wire.presentRegrouped,
});

export const chain = action({
  name: 'duplicates.chain',
  at: 'POST /api/duplicates/:id/chain',
  summary: 'Two vulnerabilities are used together; both stay what they are. duplicates.undo undoes it.',
  by: ['coordinator'],
  input: wire.chainInput,
  output: wire.regroupedOut,
  on: (ctx, input) => store.findVulnerability(ctx.tx, input.id),
  async run(ctx, input, seen: Vulnerability) {
    if (input.withId === seen.id) return refuse('conflict', 'a vulnerability is not chained with itself', '/withId');
    const ends = await hold(ctx, seen.id, input.withId, []);
    if (isRefusal(ends)) return ends;
    const { from, to } = ends;
    if (await linkBetween(ctx.tx, 'chained', from.id, to.id)) return refuse('conflict', 'these are chained already', '/withId');
    const act = begun(ctx, ctx.id('rgp'), { kind: 'chained', fromId: from.id, toId: to.id, findingIds: [] }, input.because);
    await insertRegrouping(ctx.tx, act);
    const chained = (one: Vulnerability, other: Vulnerability) =>
      befell(one.id, 'chained', { withId: other.id, because: input.because, regroupingId: act.id });
    return done({ act, from, to }, chained(from, to), chained(to, from));
  },
  present: wire.presentRegrouped,
});

export const undo = action({
  name: 'duplicates.undo',
  at: 'POST /api/duplicates/regroupings/:id/undo',
  summary: 'Take back a split, a merge, a subsumption, a chain or a decision: everybody is counted where they were counted before it.',
  by: ['coordinator'],
  input: wire.undoInput,
  output: wire.regroupingOut,
  on: (ctx, input) => regroupingForChange(ctx.tx, input.id),
  async run(ctx, input, act: Regrouping & Guarded): Promise<Done<Regrouping> | Refusal> {
    await lockFindings(ctx.tx, act.findingIds);
    const ends = await store.lockVulnerabilities(
      ctx.tx,
      [act.fromId, act.toId].filter((id) => id !== null),
    );
    const [from, to] = [ends.find((v) => v.id === act.fromId), ends.find((v) => v.id === act.toId)];
    const refusal = mayUndo(act, to);
    if (refusal) return refusal;
    const undone = { byId: ctx.actor.id, because: input.because, at: ctx.now };
    await endRegrouping(ctx.tx, act.id, undone);
    await revokeComparisons(ctx.tx, act.id);
    const because = `undone: ${input.because}`;
    const events: Happening[] = [];
    if (from && to && act.findingIds.length > 0) events.push(...(await move(ctx, to, from, act.findingIds, because)).events);
    if (from && to && act.kind === 'subsumed') events.push(...(await part(ctx, from, to, because)));
    const payload = { regroupingId: act.id, kind: act.kind, because: input.because };
    events.push({ event: 'regrouping.undone', thing: act.toId ?? act.id, label: houseLabel, payload });
    return done({ ...act, undone }, ...events);
  },
  present: wire.presentRegrouping,
});

/** What was part of another stands for itself again. */
async function part(ctx: Ctx, from: Vulnerability, whole: Vulnerability, because: string): Promise<Happening[]> {
  await store.saveVulnerability(ctx.tx, { ...from, subsumedById: null });
  const findingIds = from.members.map((m) => m.findingId);
  const wholes = [whole.id, ...(await store.wholesOf(ctx.tx, whole.id))];
  const payload = { findingIds, intoId: from.id, because };
  return [befell(from.id, 'parted', { fromId: whole.id, because }), ...wholes.map((id) => befell(id, 'left', payload))];
}

/** A finding into a vulnerability opened for it. */
export async function splitOff(ctx: Ctx, from: Vulnerability, findingId: Id<'fnd'>, because: string) {
  const empty = blank(ctx, from.package);
  await store.insertVulnerability(ctx.tx, empty);
  const apart = await move(ctx, from, empty, [findingId], because);
  const ofWholes = apart.events.filter((e) => e.thing !== from.id && e.thing !== empty.id);
  const happened = befell(from.id, 'split', { findingId, intoId: empty.id, because });
  return { from: apart.from, to: apart.to, events: [happened, ...ofWholes, openedEvent(apart.to)] };
}

/** Both ends, locked in one order for everybody, and the findings that are about to move. */
export async function hold(
  ctx: Ctx,
  fromId: Id<'vul'>,
  toId: Id<'vul'>,
  findingIds: readonly Id<'fnd'>[],
): Promise<{ from: Vulnerability; to: Vulnerability } | Refusal> {
  if (findingIds.length > limits.movedFindings) return refuse('too_many', `at most ${limits.movedFindings} findings move at once`);
  await lockFindings(ctx.tx, findingIds);
  const ends = await store.lockVulnerabilities(ctx.tx, [fromId, toId]);
  const [from, to] = [ends.find((v) => v.id === fromId), ends.find((v) => v.id === toId)];
  return from && to ? { from, to } : refuse('not_found', 'no such vulnerability');
}

/** As it begins: not undone. */
export function begun(
  ctx: Ctx,
  id: Id<'rgp'>,
  what: Pick<Regrouping, 'kind' | 'fromId' | 'toId' | 'findingIds'>,
  because: string,
): Regrouping {
  return { ...what, id, because, byId: ctx.actor.id, at: ctx.now, undone: null };
}

/**
 * Recorded as a person's word, so that the hub does not put back together (or apart) by itself what a person decided.
 */
export async function decideByPerson(
  ctx: Ctx,
  regroupingId: Id<'rgp'>,
  moved: readonly Pick<Member, 'findingId' | 'orgId'>[],
  members: readonly Pick<Member, 'findingId' | 'orgId'>[],
  decided: Decided,
): Promise<Comparison[]> {
  const met = pairsMet(moved, members);
  const labels = await labelsOf(ctx.tx, [...new Set(met.flat().map((m) => m.findingId))]);
  const labelOf = (m: Pick<Member, 'findingId' | 'orgId'>) => labels.get(m.findingId) ?? join(houseLabel, label('RED', m.orgId));
  const compared = met.map(([m, n]): Comparison => {
    const by = { decidedBy: ctx.actor.id, binding: true, turn: 0, regroupingId, decidedAt: ctx.now };
    return { ...decided, ...by, ...inOrder(m.findingId, n.findingId), id: ctx.id('cmp'), label: join(labelOf(m), labelOf(n)) };
  });
  await appendComparisons(ctx.tx, compared);
  return compared;
}

export const regroupingActions = [split, merge, subsume, chain, undo];
