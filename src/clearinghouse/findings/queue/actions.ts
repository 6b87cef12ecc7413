import { hour, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import { countHolders } from '../../inventories/store.ts';
import type { Finding } from '../finding.ts';
import { perDayOf, recordSubmitted, recordVerdict } from '../quotas/actions.ts';
import { findingById, findingForChange, findingsByIds } from '../store.ts';
import { acknowledgeMs, type Band, bandOf, bands, urgencyOf } from './band.ts';
import { nextTag, type Place } from './place.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const takePlace = action({
  name: 'findings.takePlace',
  at: 'POST /api/findings/:id/takePlace',
  summary: 'Give a finding its band and its place in the fair queue.',
  by: ['coordinator'],
  internal: true,
  input: wire.byId,
  output: wire.placeOut,
  // For change: whoever takes it back at this moment must find the place, or be found here.
  on: (ctx, input) => findingForChange(ctx.tx, input.id),
  async run(ctx, _input, finding: Finding) {
    if (await store.placeOf(ctx.tx, finding.id)) return refuse('wrong_state', 'this finding has its place already');
    const perDay = await perDayOf(ctx, finding.orgId, finding);
    const isOverQuota = (await store.countToday(ctx.tx, finding.orgId, ctx.now, perDay)) >= perDay;
    const { virtual, last } = await store.tagsWaiting(ctx.tx, finding.orgId);
    const { band, because } = bandOf(finding);
    const place: Place = {
      ...{ findingId: finding.id, orgId: finding.orgId, band, bandBecause: because, bandBy: 'house', isOverQuota },
      ...{ tag: nextTag(virtual, last, perDay), urgency: await urgency(ctx, finding) },
      ...{ queuedAt: ctx.now, acknowledgeBy: plusMs(finding.receivedAt, acknowledgeMs[band]), acknowledgedAt: null, acknowledgedBy: null },
      ...{ leftAt: hasEnded(finding) ? ctx.now : null, label: finding.label },
    };
    await store.insertPlace(ctx.tx, place);
    await recordSubmitted(ctx, finding);
    // Counted like all, or handing in and taking back would cost nothing; but nobody looks at it any more, and no lab replays it.
    if (place.leftAt !== null) return done(place);
    // Nothing of its place among others: the finder reads this entry, and a place tells how many wait, and how fast they are served.
    const payload = { band, because, isOverQuota, package: finding.package };
    return done(place, { event: 'finding.queued', thing: finding.id, label: finding.label, payload });
  },
  present: (place: Place) => wire.presentPlace(place, place.queuedAt),
});

/** A verdict may lift a finding into another band; a band that a person set stays. */
export const reconsiderPlace = action({
  name: 'findings.reconsiderPlace',
  at: 'POST /api/findings/:id/reconsiderPlace',
  summary: 'Take what the lab found out into the queue and into the track record.',
  by: ['coordinator'],
  internal: true,
  input: wire.judgedInput,
  output: wire.placeOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, { verdict, before }, finding: Finding) {
    const place = await store.placeForChange(ctx.tx, finding.id);
    if (!place) return refuse('not_found', 'this finding has no place yet');
    await store.markServed(ctx.tx, finding.id, ctx.now);
    await recordVerdict(ctx, finding, verdict, before ?? null);
    const decided = bandOf(finding);
    const isSettled = place.bandBy !== 'house' || place.acknowledgedAt !== null || place.leftAt !== null;
    const stays = isSettled || decided.band === place.band;
    const after: Place = stays ? place : banded(place, finding, decided.band, decided.because, 'house');
    await store.savePlace(ctx.tx, { ...after, urgency: await urgency(ctx, finding) });
    return done(after, ...(stays ? [] : [bandEvent(after)]));
  },
  present: (place: Place) => wire.presentPlace(place, place.queuedAt),
});

/** The lab will not answer as it stands: nobody waits behind it there. */
export const leaveLab = action({
  name: 'findings.leaveLab',
  at: 'POST /api/findings/:id/leaveLab',
  summary: 'Take a finding out of the way of others, whose re-run was parked or ended.',
  by: ['coordinator'],
  internal: true,
  input: wire.byId,
  output: wire.placeOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, _input, finding: Finding) {
    const place = await store.placeOf(ctx.tx, finding.id);
    if (!place) return refuse('not_found', 'this finding has no place yet');
    await store.markServed(ctx.tx, finding.id, ctx.now);
    return done(place);
  },
  present: (place: Place) => wire.presentPlace(place, place.queuedAt),
});

export const setBand = action({
  name: 'findings.setBand',
  at: 'POST /api/findings/:id/band',
  summary: 'Put a finding into another band, with the reason; its clock runs from when it came in.',
  by: ['coordinator'],
  input: wire.bandInput,
  output: wire.placeOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, input, finding: Finding) {
    const place = await store.placeForChange(ctx.tx, finding.id);
    if (!place) return refuse('wrong_state', 'this finding has not been queued yet');
    if (place.leftAt !== null) return refuse('wrong_state', 'nobody waits for this finding any more');
    const after = banded(place, finding, input.band, input.because, ctx.actor.id);
    await store.savePlace(ctx.tx, after);
    return done({ place: after, now: ctx.now }, bandEvent(after));
  },
  present: ({ place, now }) => wire.presentPlace(place, now),
});

export const acknowledge = action({
  name: 'findings.acknowledge',
  at: 'POST /api/findings/:id/acknowledge',
  summary: 'Say that a person of the desk has looked at a finding: stops its clock.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.placeOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, _input, finding: Finding) {
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person acknowledges a finding');
    const place = await store.placeForChange(ctx.tx, finding.id);
    if (!place) return refuse('wrong_state', 'this finding has not been queued yet');
    if (place.leftAt !== null) return refuse('wrong_state', 'nobody waits for this finding any more');
    if (place.acknowledgedAt !== null) return refuse('wrong_state', 'this finding was acknowledged before');
    const after: Place = { ...place, acknowledgedAt: ctx.now, acknowledgedBy: ctx.actor.id };
    await store.savePlace(ctx.tx, after);
    const payload = { band: after.band, isLate: after.acknowledgeBy < ctx.now };
    return done({ place: after, now: ctx.now }, { event: 'finding.acknowledged', thing: finding.id, label: finding.label, payload });
  },
  present: ({ place, now }) => wire.presentPlace(place, now),
});

export const place = action({
  name: 'findings.place',
  at: 'GET /api/findings/:id/place',
  summary: 'Where a finding of yours stands: its band, by when somebody answers, how long that usually takes.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.ownPlaceOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, _input, finding: Finding) {
    const own = await store.placeOf(ctx.tx, finding.id);
    if (!own) return refuse('wrong_state', 'this finding has not been queued yet; ask again in a moment');
    return done({ own, usualWaitHours: await usualWaitHours(ctx, own.band), now: ctx.now });
  },
  present: ({ own, usualWaitHours, now }) => ({ ...wire.presentPlace(own, now), usualWaitHours }),
});

export const queue = action({
  name: 'findings.queue',
  at: 'GET /api/findings/queue',
  summary: 'What waits for an answer of the desk, first things first, and how much of it there is.',
  by: ['coordinator'],
  input: wire.queueInput,
  output: wire.queueOut,
  async run(ctx, input) {
    const [position, findingId = ''] = input.after.split('.');
    const waiting = await store.waitingAfter(ctx.tx, { place: Number(position || -1), findingId }, input.limit);
    const found = new Map(
      (
        await findingsByIds(
          ctx.tx,
          waiting.map((p) => p.findingId),
        )
      ).map((f) => [f.id, f]),
    );
    const items = waiting.flatMap((of) => {
      const finding = found.get(of.findingId);
      return finding ? [{ id: of.findingId, place: of, finding }] : [];
    });
    const last = waiting.at(-1);
    const next = last && waiting.length === input.limit ? `${last.place}.${last.findingId}` : null;
    const counted = await store.backlog(ctx.tx, ctx.now);
    const backlog: (store.Backlog & { usualWaitHours: number | null })[] = [];
    for (const band of bands) {
      const of = counted.find((b) => b.band === band) ?? { band, waiting: 0, overdue: 0, overQuota: 0, oldestAt: null };
      backlog.push({ ...of, usualWaitHours: await usualWaitHours(ctx, band) });
    }
    return done({ items, next, backlog, now: ctx.now });
  },
  present: wire.presentQueue,
});

export const remind = action({
  name: 'findings.remind',
  at: 'POST /api/findings/remind',
  summary: 'Say once of each finding that its acknowledgement is overdue.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.remindedOut,
  async run(ctx) {
    const overdue = await store.overduePlaces(ctx.tx, ctx.now, limits.followBatchRows);
    const events = overdue.map((of): Happening => {
      const payload = { band: of.band, acknowledgeBy: of.acknowledgeBy };
      return { event: 'finding.overdue', thing: of.findingId, label: of.label, payload };
    });
    return done({ reminded: overdue.length }, ...events);
  },
});

function hasEnded({ state }: Finding): boolean {
  return state === 'withdrawn' || state === 'corrected' || state === 'closed';
}

function banded(place: Place, finding: Finding, band: Band, because: string, by: string): Place {
  return { ...place, band, bandBecause: because, bandBy: by, acknowledgeBy: plusMs(finding.receivedAt, acknowledgeMs[band]) };
}

function bandEvent(place: Place): Happening {
  const payload = { band: place.band, because: place.bandBecause, by: place.bandBy };
  return { event: 'finding.banded', thing: place.findingId, label: place.label, payload };
}

async function urgency(ctx: Ctx, finding: Finding): Promise<number> {
  const holders = await countHolders(ctx.tx, finding.package, limits.rollupOperators);
  return urgencyOf(finding, holders >= limits.rollupOperators);
}

/** The median of the last answers in this band, in whole hours; to others than the staff, of so many organisations that it tells of none. */
async function usualWaitHours(ctx: Ctx, band: Band): Promise<number | null> {
  const waits = await ctx.acrossCompartments((tx) => store.lastWaits(tx, band));
  const fewest = ctx.actor.roles.includes('coordinator') ? 1 : limits.rollupOperators;
  if (new Set(waits.map((w) => w.orgId)).size < fewest) return null;
  const sorted = waits.map((w) => w.waitMs).sort((a, b) => a - b);
  return Math.ceil(sorted[Math.floor(sorted.length / 2)]! / hour);
}

export const queueActions = [takePlace, reconsiderPlace, leaveLab, setBand, acknowledge, place, queue, remind];
