import { limits } from '../../base/limits.ts';
import { refuse } from '../../base/refusal.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import type { Finding } from '../findings/finding.ts';
import { findingById, findingsOfPackage } from '../findings/store.ts';
import { type Comparison, decideHome, findingIdsOf, houseLabel, type Member, toCompareWith, type Vulnerability } from './duplicate.ts';
import { type Decided, decideSame } from './same.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const compare = action({
  name: 'duplicates.compare',
  at: 'POST /api/duplicates/compare',
  summary: 'Hold a finding against the others of its package; a valid one gets its place in a vulnerability.',
  by: ['coordinator'],
  internal: true,
  input: wire.compareInput,
  output: wire.compareOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, _input, finding: Finding) {
    await store.lockPackage(ctx.tx, finding.package);
    const others = toCompareWith(finding, await findingsOfPackage(ctx.tx, finding.package), limits.comparedFindings);
    const compared =
      finding.state === 'invalid' ? [] : others.map((other) => comparisonOf(ctx, finding, other, decideSame(finding, other), 'house'));
    await store.saveComparisons(ctx.tx, compared);
    const home = finding.state === 'valid' ? await settleIn(ctx, finding) : undefined;
    return done({ compared: compared.length, vulnerabilityId: home?.vulnerability.id ?? null }, ...(home?.events ?? []));
  },
});

/** A place for a valid finding that has none yet. */
async function settleIn(ctx: Ctx, finding: Finding): Promise<{ vulnerability: Vulnerability; events: Happening[] }> {
  const already = await store.vulnerabilityOf(ctx.tx, finding.id);
  if (already) return { vulnerability: already, events: [] };
  // Read back, because what a person decided stands above what was just computed.
  const decided = decisionsFor(finding.id, await store.comparisonsOf(ctx.tx, [finding.id]));
  const home = decideHome(await store.openOfPackage(ctx.tx, finding.package), (id) => decided.get(id));
  const member = memberOf(finding, ctx, home ? 'the same as another member' : 'first of its kind');
  if (!home) return openFor(ctx, finding, member);
  await store.insertMember(ctx.tx, home, member);
  const joined = withMember(home, member);
  return { vulnerability: joined, events: [joinedEvent(joined, finding.id)] };
}

async function openFor(ctx: Ctx, finding: Finding, member: Member): Promise<{ vulnerability: Vulnerability; events: Happening[] }> {
  const vulnerability: Vulnerability = {
    id: ctx.id('vul'),
    package: finding.package,
    state: 'open',
    members: [member],
    label: houseLabel,
    openedAt: ctx.now,
  };
  await store.insertVulnerability(ctx.tx, vulnerability);
  const payload = { findingIds: [finding.id], package: finding.package };
  return { vulnerability, events: [{ event: 'vulnerability.opened', thing: vulnerability.id, label: houseLabel, payload }] };
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
  present: presentItems(wire.present),
});

export const get = action({
  name: 'duplicates.get',
  at: 'GET /api/duplicates/:id',
  summary: 'One vulnerability: its findings, how they compare, who was ever counted in it.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.getOut,
  on: (ctx, input) => store.vulnerabilityById(ctx.tx, input.id),
  async run(ctx, _input, vulnerability: Vulnerability) {
    const history = await store.membersEver(ctx.tx, vulnerability.id);
    const comparisons = await store.comparisonsOf(ctx.tx, findingIdsOf(vulnerability));
    return done({ vulnerability, history, comparisons });
  },
  present: ({ vulnerability, history, comparisons }) => ({
    ...wire.present(vulnerability),
    history: history.map(wire.presentCredit),
    comparisons: comparisons.map(wire.presentComparison),
  }),
});

export const comparisons = action({
  name: 'duplicates.comparisons',
  at: 'GET /api/duplicates/comparisons/:findingId',
  summary: 'How one finding compares with the others of its package.',
  by: ['coordinator'],
  input: wire.comparisonsInput,
  output: wire.comparisonsOut,
  async run(ctx, input) {
    return done({ items: await store.comparisonsOf(ctx.tx, [input.findingId]) });
  },
  present: presentItems(wire.presentComparison),
});

export const split = action({
  name: 'duplicates.split',
  at: 'POST /api/duplicates/:id/split',
  summary: 'Take a finding out into a vulnerability of its own; credit and times go along. duplicates.merge undoes it.',
  by: ['coordinator'],
  input: wire.splitInput,
  output: wire.splitOut,
  on: (ctx, input) => store.vulnerabilityById(ctx.tx, input.id),
  async run(ctx, input, from: Vulnerability) {
    await store.lockPackage(ctx.tx, from.package);
    const finding = await memberFinding(ctx, from, input.findingId);
    if (!finding) return refuse('not_found', 'this finding is not counted here', '/findingId');
    const rest = from.members.filter((m) => m.findingId !== finding.id);
    if (rest.length === 0) return refuse('wrong_state', 'the only finding of a vulnerability cannot be split from it', '/findingId');
    await decideByPerson(ctx, finding, rest, { decision: 'distinct', score: 0, reasons: [input.because] });
    await store.endMembership(ctx.tx, finding.id, ctx.now);
    const opened = await openFor(ctx, finding, memberOf(finding, ctx, input.because));
    const left = { ...from, members: rest };
    const payload = { findingId: finding.id, findingIds: findingIdsOf(left), intoId: opened.vulnerability.id, because: input.because };
    return done(
      { from: left, to: opened.vulnerability },
      { event: 'vulnerability.split', thing: from.id, label: houseLabel, payload },
      ...opened.events,
    );
  },
  present: ({ from, to }) => ({ from: wire.present(from), to: wire.present(to) }),
});

export const merge = action({
  name: 'duplicates.merge',
  at: 'POST /api/duplicates/:id/merge',
  summary: 'Move a finding into this vulnerability from the one it is counted in; credit and times go along. Undoes a split.',
  by: ['coordinator'],
  input: wire.mergeInput,
  output: wire.splitOut,
  on: (ctx, input) => store.vulnerabilityById(ctx.tx, input.id),
  async run(ctx, input, to: Vulnerability) {
    await store.lockPackage(ctx.tx, to.package);
    const from = await store.vulnerabilityOf(ctx.tx, input.findingId);
    if (!from || from.id === to.id) return refuse('not_found', 'this finding is not counted elsewhere', '/findingId');
    if (from.package !== to.package) return refuse('conflict', 'findings of two packages are not one vulnerability', '/findingId');
    const finding = (await memberFinding(ctx, from, input.findingId))!;
    await decideByPerson(ctx, finding, to.members, { decision: 'same', score: 1, reasons: [input.because] });
    await store.endMembership(ctx.tx, finding.id, ctx.now);
    const member = memberOf(finding, ctx, input.because);
    await store.insertMember(ctx.tx, to, member);
    const left: Vulnerability = { ...from, members: from.members.filter((m) => m.findingId !== finding.id) };
    const emptied = left.members.length === 0;
    if (emptied) await store.setVulnerabilityState(ctx.tx, from.id, 'empty');
    if (to.state === 'empty') await store.setVulnerabilityState(ctx.tx, to.id, 'open');
    const joined: Vulnerability = { ...withMember(to, member), state: 'open' };
    const events: Happening[] = [joinedEvent(joined, finding.id)];
    if (emptied) events.push({ event: 'vulnerability.emptied', thing: from.id, label: houseLabel, payload: { intoId: to.id } });
    return done({ from: { ...left, state: emptied ? ('empty' as const) : left.state }, to: joined }, ...events);
  },
  present: ({ from, to }) => ({ from: wire.present(from), to: wire.present(to) }),
});

/** Recorded as a person's word, so that the hub does not put back together (or apart) by itself what a person decided. */
async function decideByPerson(ctx: Ctx, finding: Finding, members: readonly Member[], decided: Decided): Promise<void> {
  const others = members.map((m) => ({ id: m.findingId }));
  await store.saveComparisons(
    ctx.tx,
    others.map((other) => comparisonOf(ctx, finding, other, decided, ctx.actor.id)),
  );
}

function comparisonOf(ctx: Ctx, finding: Finding, other: Pick<Finding, 'id'>, decided: Decided, decidedBy: string): Comparison {
  const [aId, bId] = finding.id < other.id ? [finding.id, other.id] : [other.id, finding.id];
  return { ...decided, id: ctx.id('cmp'), package: finding.package, aId, bId, decidedBy, label: houseLabel, decidedAt: ctx.now };
}

async function memberFinding(ctx: Ctx, of: Vulnerability, findingId: string): Promise<Finding | undefined> {
  return of.members.some((m) => m.findingId === findingId) ? findingById(ctx.tx, findingId) : undefined;
}

function memberOf(finding: Finding, ctx: Ctx, because: string): Member {
  const { id, orgId, reporterId, receivedAt } = finding;
  return { findingId: id, orgId, reporterId, receivedAt, joinedAt: ctx.now, leftAt: null, because };
}

function withMember(v: Vulnerability, member: Member): Vulnerability {
  const members = [...v.members, member].sort((a, b) =>
    a.receivedAt < b.receivedAt || (a.receivedAt === b.receivedAt && a.findingId < b.findingId) ? -1 : 1,
  );
  return { ...v, members };
}

function joinedEvent(v: Vulnerability, findingId: Finding['id']): Happening {
  return { event: 'vulnerability.joined', thing: v.id, label: houseLabel, payload: { findingId, findingIds: findingIdsOf(v) } };
}

function decisionsFor(findingId: string, compared: readonly Comparison[]): Map<string, Decided['decision']> {
  return new Map(compared.map((c) => [c.aId === findingId ? c.bId : c.aId, c.decision]));
}

export const duplicateActions = [compare, list, get, comparisons, split, merge];
