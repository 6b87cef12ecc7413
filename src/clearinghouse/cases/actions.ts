import { isRefusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { wireOk } from '../../base/wire.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import { revokeGrants } from '../../trust/orgs/grants/store.ts';
import { orgById } from '../../trust/orgs/store.ts';
import type { Vulnerability } from '../duplicates/duplicate.ts';
import { vulnerabilityById } from '../duplicates/store.ts';
import { named } from '../findings/attachment.ts';
import type { Finding } from '../findings/finding.ts';
import { findingById, rungsOf } from '../findings/store.ts';
import { canaryActions } from './canaries/actions.ts';
import { markPatch } from './canaries/canary.ts';
import { copyFor } from './canaries/store.ts';
import { type Case, caseMoves, ledgerLabel, type Report, withVulnerability } from './case.ts';
import { clockActions } from './clocks/actions.ts';
import { ladderActions } from './contacts/ladders/actions.ts';
import { profileActions } from './contacts/profiles/actions.ts';
import { recordActions } from './contacts/records/actions.ts';
import { creditActions } from './credits/actions.ts';
import { cveActions } from './cves/actions.ts';
import { dutyActions } from './duties/actions.ts';
import { embargoActions } from './embargoes/actions.ts';
import { exit, governing } from './embargoes/embargo.ts';
import { historyActions } from './histories/actions.ts';
import { ledgerActions } from './ledger/actions.ts';
import { lastMessages, messageActions } from './messages/actions.ts';
import { metricActions } from './metrics/actions.ts';
import { noticeActions } from './notices/actions.ts';
import { pacingActions } from './pacing/actions.ts';
import { participantActions } from './participants/actions.ts';
import { takesPart } from './participants/coordinating.ts';
import { record } from './participants/joining.ts';
import { patchActions } from './patches/actions.ts';
import { patchesOf } from './patches/store.ts';
import { readInActions } from './read-ins/actions.ts';
import { delegationActions } from './read-ins/delegations/actions.ts';
import { knowerActions } from './read-ins/knowers/actions.ts';
import { endReadIns, readInsOfCase } from './read-ins/store.ts';
import { statementActions } from './statements/actions.ts';
import * as store from './store.ts';
import { vulnerabilityActions } from './vulnerabilities/actions.ts';
import { openCase, recount } from './vulnerabilities/opening.ts';
import * as wire from './wire.ts';
import { withdrawalActions } from './withdrawals/actions.ts';

export const open = action({
  name: 'cases.open',
  at: 'POST /api/cases',
  summary: 'Open the case of a vulnerability; its finders are let in.',
  by: ['coordinator'],
  internal: true,
  input: wire.byVulnerability,
  output: wire.openOut,
  on: (ctx, input) => vulnerabilityById(ctx.tx, input.id),
  async run(ctx, _input, vulnerability: Vulnerability) {
    const there = await store.casesOfVulnerability(ctx.tx, vulnerability.id);
    if (there.length > 0) return refuse('conflict', 'this vulnerability has its case already');
    const opened = await openCase(ctx, vulnerability);
    return isRefusal(opened) ? opened : done({ id: opened.of.id }, ...opened.events);
  },
});

export const addFinders = action({
  name: 'cases.addFinders',
  at: 'POST /api/cases/finders',
  summary: 'Count the finders of a vulnerability anew: who joined is let in, whose findings were moved elsewhere is let out.',
  by: ['coordinator'],
  internal: true,
  input: wire.byVulnerability,
  output: wire.countedOut,
  on: (ctx, input) => vulnerabilityById(ctx.tx, input.id),
  async run(ctx, _input, vulnerability: Vulnerability) {
    const before = await store.casesOfVulnerability(ctx.tx, vulnerability.id);
    if (before.length === 0) return refuse('not_found', 'this vulnerability has no case');
    const events: Happening[] = [];
    for (const of of before) {
      const was = of.vulnerabilities.find((v) => v.id === vulnerability.id)!;
      const continuesInId = vulnerability.members.length > 0 ? vulnerability.subsumedById : was.continuesInId;
      events.push(...(await recount(ctx, withVulnerability(of, { ...was, continuesInId }), vulnerability)));
    }
    return done({ ids: before.map((of) => of.id) }, ...events);
  },
});

export const follow = action({
  name: 'cases.follow',
  at: 'POST /api/cases/follow',
  summary: 'Say in a case where its work goes on: in the vulnerability that took over its findings, or whose fix covers it.',
  by: ['coordinator'],
  internal: true,
  input: wire.followInput,
  output: wire.countedOut,
  on: (ctx, input) => vulnerabilityById(ctx.tx, input.id),
  async run(ctx, { intoId }, vulnerability: Vulnerability) {
    const before = await store.casesOfVulnerability(ctx.tx, vulnerability.id);
    if (before.length === 0) return refuse('not_found', 'this vulnerability has no case');
    // It may have been undone before the hub came to it.
    const isStill = vulnerability.members.length === 0 || vulnerability.subsumedById === intoId;
    if (!isStill) return refuse('wrong_state', 'this vulnerability stands for itself again');
    for (const of of before) {
      const was = of.vulnerabilities.find((v) => v.id === vulnerability.id)!;
      await store.saveCase(ctx.tx, withVulnerability(of, { ...was, continuesInId: intoId }));
    }
    const ids = before.map((of) => of.id);
    return done({ ids }, ...before.map((of) => event(of, 'case.continued', { vulnerabilityId: vulnerability.id, intoId })));
  },
});

export const get = action({
  name: 'cases.get',
  at: 'GET /api/cases/:id',
  summary: 'One case, as far as your tier goes, with its last messages.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.caseOut,
  on: (ctx, input) => store.caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    return done(wire.copied(await viewOf(ctx, of), await copyFor(ctx, of), ctx.actor));
  },
  present: wire.present,
});

export const list = action({
  name: 'cases.list',
  at: 'GET /api/cases',
  summary: 'The cases you are read into, oldest first; coordinators see all.',
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    const items = await store.listCases(ctx.tx, input.after, input.limit);
    const ids = items.filter((of) => wire.tierIn(of, ctx.actor) <= 1).flatMap((of) => of.findingIds);
    const evidence = new Map((await ctx.acrossCompartments((tx) => rungsOf(tx, ids))).map((e) => [e.id, e]));
    return done({ items: items.map((of) => ({ of, evidence: of.findingIds.flatMap((id) => evidence.get(id) ?? []) })) });
  },
  present: presentItems(({ of, evidence }: wire.Listed, viewer) => wire.presentListed(of, evidence, viewer)),
});

export const ofFinding = action({
  name: 'cases.ofFinding',
  at: 'GET /api/findings/:findingId/case',
  summary: 'The case that a finding is in, for whoever sees its report there.',
  by: 'signed-in',
  input: wire.byFinding,
  output: wire.ofFindingOut,
  async run(ctx, input) {
    const of = await store.caseOfFinding(ctx.tx, input.findingId);
    // A co-finder must not learn whose finding meets their own by trying ids.
    const isSeen = of && wire.visibleReports(await viewOf(ctx, of), ctx.actor).some((r) => r.id === input.findingId);
    return done({ caseId: isSeen ? of.id : null });
  },
});

export const attachment = action({
  name: 'cases.attachment',
  at: 'GET /api/cases/:id/attachments/:blobId',
  summary: 'A file of a report that you can see, for example its proof of concept.',
  by: 'signed-in',
  input: wire.attachmentInput,
  output: wire.attachmentOutput,
  on: (ctx, input) => store.caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const seen = wire.visibleReports(await viewOf(ctx, of), ctx.actor);
    const file = seen.flatMap((r) => r.attachments).find((a) => a.id === input.blobId);
    if (!file) return refuse('not_found', 'no such thing');
    const bytes = await ctx.doors.blobs.get(file.id);
    if (isRefusal(bytes)) return bytes;
    // Only what is meant to be applied: of a proof of concept every byte counts.
    const copy = file.type === 'patch' ? markPatch(bytes, await copyFor(ctx, of)) : undefined;
    return done({ filename: file.filename, data: Buffer.from(copy ?? bytes).toString('base64'), isMarked: copy !== undefined });
  },
});

export const observe = action({
  name: 'cases.observe',
  at: 'POST /api/cases/:id/observations',
  summary: 'Record what has happened to the vulnerability. Once it is public or exploited, the embargo is over.',
  by: ['coordinator'],
  input: wire.observeInput,
  output: wire.changedOut,
  on: (ctx, input) => store.caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const seen = (await takesPart(ctx, of)) ?? (await record(ctx, of, input.what, input.because, input.participantId));
    if (isRefusal(seen)) return seen;
    const isOut = input.what === 'public' || input.what === 'exploit-public' || input.what === 'attacks';
    const embargo = isOut
      ? exit(
          of.embargo,
          ctx.now,
          `${input.what}: ${governing(of.embargo).endsAt > ctx.now ? 'the embargo was overtaken' : 'the embargo had ended'}`,
        )
      : of.embargo;
    const next: Case = { ...seen, embargo };
    await store.saveCase(ctx.tx, next);
    const events: Happening[] = [event(of, 'case.observed', { ...input, id: undefined, vfdpxa: seen.vfdpxa })];
    if (embargo.state !== of.embargo.state)
      events.push(event(of, 'case.embargo-ended', { endsAt: governing(embargo).endsAt, because: input.what }));
    return done(next, ...events);
  },
});

export const disclose = action({
  name: 'cases.disclose',
  at: 'POST /api/cases/:id/disclose',
  summary: 'Mark a case as public, after its release.',
  by: ['coordinator'],
  internal: true,
  input: wire.byId,
  output: wire.changedOut,
  on: (ctx, input) => store.caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    const state = move(caseMoves, of.state, 'disclose');
    if (isRefusal(state)) return state;
    const embargo = exit(of.embargo, ctx.now, 'disclosed');
    const seen = await record(ctx, of, 'public', 'disclosed');
    const next: Case = { ...(isRefusal(seen) ? of : seen), state, embargo, disclosedAt: ctx.now };
    await store.saveCase(ctx.tx, next);
    // Tier 0 still works on the case; what the others were read in for is over.
    for (const personId of await endReadIns(ctx.tx, of.id, 1, 'disclosed', ctx.now)) await revokeGrants(ctx.tx, of.id, personId, ctx.now);
    const payload = { findingIds: of.findingIds, vulnerabilityIds: of.vulnerabilities.map((v) => v.id), package: of.package };
    return done(next, event(of, 'case.disclosed', payload), ...settled(of, 'disclosed'));
  },
});

export const close = action({
  name: 'cases.close',
  at: 'POST /api/cases/:id/close',
  summary: 'End a case, with its outcome and why; everybody is let out.',
  by: ['coordinator'],
  input: wire.closeInput,
  output: wireOk,
  on: (ctx, input) => store.caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const state = (await takesPart(ctx, of)) ?? move(caseMoves, of.state, 'close');
    if (isRefusal(state)) return state;
    const embargo = exit(of.embargo, ctx.now, 'the case was closed');
    await store.saveCase(ctx.tx, { ...of, state, embargo, closedAt: ctx.now, outcome: input.outcome });
    await endReadIns(ctx.tx, of.id, 0, 'case-closed', ctx.now);
    await revokeGrants(ctx.tx, of.id, undefined, ctx.now);
    const { outcome, because } = input;
    const events = [event(of, 'case.closed', { outcome, because, vulnerabilityIds: of.vulnerabilities.map((v) => v.id) })];
    return done({ ok: true as const }, ...events, ...(of.state === 'open' ? settled(of, outcome) : []));
  },
});

/** One event a finding, so that each can be closed by a hop of its own. */
function settled(of: Case, because: string): Happening[] {
  return of.findingIds.map((findingId) => event(of, 'case.finding-settled', { findingId, because }));
}

async function findingsOf(ctx: Ctx, ids: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const id of ids) {
    const finding = await findingById(ctx.tx, id);
    if (finding) findings.push(finding);
  }
  return findings;
}

/** Reports lie in their finders' compartments; being read into the case is what shows them, as far as the tier goes. */
export async function viewOf(ctx: Ctx, of: Case): Promise<wire.CaseView> {
  const findings = await ctx.acrossCompartments((tx) => findingsOf({ ...ctx, tx }, of.findingIds));
  const names = new Map<string, string>();
  for (const id of of.finderOrgIds) names.set(id, (await orgById(ctx.tx, id))?.name ?? '');
  return {
    case: of,
    reports: findings.map((f) => reportOf(ctx, f, names.get(f.orgId) ?? '')),
    readIns: await readInsOfCase(ctx.tx, of.id),
    messages: await lastMessages(ctx, of),
    patches: await patchesOf(ctx.tx, of.id),
  };
}

function reportOf(ctx: Ctx, f: Finding, orgName: string): Report {
  const key = ctx.doors.keys.secret('names');
  const attachments = f.attachments
    .map((file) => named(key, file))
    .map(({ id, filename, type, sha256, bytes }) => ({ id, filename, type, sha256, bytes }));
  const { id, orgId, title, text, purl, rung, verdict, crashState, receivedAt } = f;
  return { id, orgId, orgName, title, text, purl, rung, verdict, crashState, receivedAt, attachments };
}

function event(of: Case, name: Happening['event'], payload: unknown): Happening {
  return { event: name, thing: of.id, label: ledgerLabel(of), payload };
}

const own = [ofFinding, open, addFinders, follow, get, list, attachment, observe, disclose, close];
const takingPart = [
  ...participantActions,
  ...creditActions,
  ...dutyActions,
  ...withdrawalActions,
  ...historyActions,
  ...vulnerabilityActions,
];
export const caseActions = [
  ...own,
  ...takingPart,
  ...messageActions,
  ...noticeActions,
  ...readInActions,
  ...delegationActions,
  ...knowerActions,
  ...canaryActions,
  ...ledgerActions,
  ...embargoActions,
  ...patchActions,
  ...statementActions,
  ...cveActions,
  ...metricActions,
  ...clockActions,
  ...profileActions,
  ...ladderActions,
  ...recordActions,
  ...pacingActions,
];
