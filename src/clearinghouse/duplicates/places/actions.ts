import type { Id } from '../../../base/id.ts';
import type { Ctx, Happening } from '../../../trust/action.ts';
import type { Finding } from '../../findings/finding.ts';
import { labelsOf } from '../candidates/store.ts';
import { befell, houseLabel, type Member, memberOf, type Vulnerability, withMember } from '../duplicate.ts';
import { isOrdinary, outcomeOf } from '../outcomes/outcome.ts';
import { saveOutcomes } from '../outcomes/store.ts';
import * as store from '../store.ts';

/** What was done to a vulnerability, and what there is to log about it. */
interface Placed {
  readonly vulnerability: Vulnerability;
  readonly events: readonly Happening[];
}

/** A vulnerability without findings yet. */
export function blank(ctx: Ctx, name: string): Vulnerability {
  const id = ctx.id('vul');
  const unnamed = Buffer.from(ctx.doors.chance(12)).toString('hex');
  const ends = { subsumedById: null, members: [], covered: [], label: houseLabel };
  return { id, name: `V-${unnamed}`, package: name, state: 'open', ...ends, openedAt: ctx.now };
}

/** A vulnerability of its own for a finding that is counted nowhere. */
export async function openFor(ctx: Ctx, finding: Finding, because: string): Promise<Placed> {
  const empty = blank(ctx, finding.package);
  const opened = withMember(empty, memberOf(finding, empty.id, ctx.now, because));
  await store.insertVulnerability(ctx.tx, opened);
  await tell(ctx, opened, opened.members);
  return { vulnerability: opened, events: [openedEvent(opened)] };
}

export function openedEvent(v: Vulnerability): Happening {
  return befell(v.id, 'opened', { findingIds: v.members.map((m) => m.findingId), package: v.package });
}

/** Counts a finding that is counted nowhere yet. `home` may show its oldest members only. */
export async function join(ctx: Ctx, home: Vulnerability, finding: Finding, because: string): Promise<Placed> {
  const member = memberOf(finding, home.id, ctx.now, because);
  await store.insertMembers(ctx.tx, [member]);
  const joined = withMember(home, member);
  await tell(ctx, joined, [member]);
  return { vulnerability: joined, events: await joinedEvents(ctx, home, [finding.id]) };
}

/**
 * Moves findings from where they are counted to another vulnerability, with their credit and times. Both are locked by the caller;
 * `to` may be one that was just inserted. Returns both as they are then.
 */
export async function move(
  ctx: Ctx,
  from: Vulnerability,
  to: Vulnerability,
  findingIds: readonly Id<'fnd'>[],
  because: string,
): Promise<{ from: Vulnerability; to: Vulnerability; events: readonly Happening[] }> {
  const moved = from.members
    .filter((m) => findingIds.includes(m.findingId))
    .map((m): Member => ({ ...m, vulnerabilityId: to.id, joinedAt: ctx.now, because }));
  const rest = from.members.filter((m) => !findingIds.includes(m.findingId));
  await store.endMemberships(ctx.tx, findingIds, ctx.now);
  await store.insertMembers(ctx.tx, moved);
  const left: Vulnerability = { ...from, members: rest, state: rest.length === 0 ? 'empty' : from.state };
  const joined = moved.reduce(withMember, to);
  for (const [before, after] of [
    [from, left],
    [to, joined],
  ] as const)
    if (before.state !== after.state) await store.saveVulnerability(ctx.tx, after);
  await tell(ctx, joined, moved);
  const gone = { findingIds, intoId: to.id, because };
  const events = [befell(from.id, left.state === 'empty' ? 'emptied' : 'left', gone)];
  for (const whole of await store.wholesOf(ctx.tx, from.id)) events.push(befell(whole, 'left', gone));
  return { from: left, to: joined, events: [...(await joinedEvents(ctx, to, findingIds)), ...events] };
}

/** What it is part of counts whom it counts. */
export async function joinedEvents(ctx: Ctx, to: Vulnerability, findingIds: readonly Id<'fnd'>[]): Promise<Happening[]> {
  const wholes = to.subsumedById === null ? [] : await store.wholesOf(ctx.tx, to.id);
  return [to.id, ...wholes].map((id) => befell(id, 'joined', { findingIds }));
}

/** Makes out the answer for those whose place has changed, before they ask. */
async function tell(ctx: Ctx, home: Vulnerability, members: readonly Member[]): Promise<void> {
  const others = home.members.filter((m) => !members.every((told) => told.findingId === m.findingId));
  const labels = await labelsOf(
    ctx.tx,
    others.map((m) => m.findingId),
  );
  // What whoever acts here is not cleared for is not there.
  const mayHearOf = (id: string) => labels.has(id) && isOrdinary(labels.get(id)!);
  await saveOutcomes(
    ctx.tx,
    members.map((m) => outcomeOf(m, home, mayHearOf, ctx.now)),
  );
}
