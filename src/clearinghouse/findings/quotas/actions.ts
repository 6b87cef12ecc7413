import type { Id } from '../../../base/id.ts';
import { limits } from '../../../base/limits.ts';
import { refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import { orgById } from '../../../trust/orgs/store.ts';
import type { Finding, FindingVerdict } from '../finding.ts';
import { countToday } from '../queue/store.ts';
import { emptyRecord, judgedOnce, quotaOf, submittedOnce, type TrackRecord, toolingName } from './quota.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

type Made = Pick<Finding, 'discoveryTooling' | 'discoveryModel'>;

export const quota = action({
  name: 'findings.quota',
  at: 'GET /api/findings/quota',
  summary: 'How many findings a day go ahead at once, and the track record it follows from.',
  by: 'signed-in',
  input: wire.quotaInput,
  output: wire.quotaOut,
  async on(ctx, input) {
    const org = await orgById(ctx.tx, input.orgId ?? ctx.actor.orgId ?? '');
    return org && { orgId: org.id, label: store.labelOfOrg(org.id) };
  },
  async run(ctx, _input, { orgId }) {
    return done(await shown(ctx, orgId));
  },
});

export const setQuota = action({
  name: 'findings.setQuota',
  at: 'POST /api/findings/quota',
  summary: 'Set an organisation\u2019s quota over what was learned, for a time and with the reason; or let what was learned count again.',
  by: ['coordinator'],
  input: wire.setInput,
  output: wire.quotaOut,
  async run(ctx, { orgId, perDay = null, until = null, because }) {
    if (!(await orgById(ctx.tx, orgId))) return refuse('not_found', 'no such organisation', '/orgId');
    if (until !== null && until <= ctx.now) return refuse('expired', 'this lies in the past', '/until');
    // Whoever decides has read what was said against the quota: the appeal is answered.
    const unset = { ...{ perDay: null, because: null, setBy: null, until: null }, appeal: null, appealedAt: null };
    await store.saveQuota(ctx.tx, orgId, perDay === null ? unset : { ...unset, perDay, because, setBy: ctx.actor.id, until });
    const payload = { perDay, until, because };
    return done(await shown(ctx, orgId), { event: 'quota.set', thing: orgId, label: store.labelOfOrg(orgId), payload });
  },
});

export const appealQuota = action({
  name: 'findings.appealQuota',
  at: 'POST /api/findings/quota/appeal',
  summary: 'Say why your quota or your track record is wrong; a coordinator answers.',
  by: ['finder', 'maintainer', 'operator'],
  input: wire.appealInput,
  output: wire.quotaOut,
  async run(ctx, input) {
    const orgId = ctx.actor.orgId as Id<'org'>;
    const before = (await store.setQuotaOf(ctx.tx, orgId)) ?? { perDay: null, because: null, setBy: null, until: null };
    await store.saveQuota(ctx.tx, orgId, { ...before, appeal: input.because, appealedAt: ctx.now });
    return done(await shown(ctx, orgId), { event: 'quota.appealed', thing: orgId, label: store.labelOfOrg(orgId), payload: input });
  },
});

/** How many of this organisation's findings go ahead a day; for a finding made with a tool, what others showed with it is expected at first. */
export async function perDayOf(ctx: Ctx, orgId: Id<'org'>, made: Made): Promise<number> {
  const set = await store.setQuotaOf(ctx.tx, orgId);
  if (set?.perDay != null && (set.until === null || set.until > ctx.now)) return set.perDay;
  return learned(ctx, orgId, toolingName(made.discoveryTooling, made.discoveryModel));
}

async function learned(ctx: Ctx, orgId: Id<'org'>, tooling: string): Promise<number> {
  const own = await store.recordsOf(ctx.tx, orgId);
  // Nothing is expected of a finding that names no tool: what others found by hand says nothing of it. And nothing while few use a tool: whoever
  // names it could else see, by when the quota is used up, that somebody else has it, and how they fare with it.
  const tool =
    tooling === ''
      ? emptyRecord('', ctx.now)
      : await ctx.acrossCompartments((tx) => store.recordOfOthers(tx, orgId, tooling, limits.rollupOperators));
  return quotaOf(own, tool, ctx.now);
}

export async function recordSubmitted(ctx: Ctx, finding: Finding): Promise<void> {
  await change(ctx, finding, submittedOnce);
}

export async function recordVerdict(ctx: Ctx, finding: Finding, verdict: FindingVerdict, before: FindingVerdict | null): Promise<void> {
  await change(ctx, finding, (record) => judgedOnce(record, verdict, before, ctx.now));
}

async function change(ctx: Ctx, finding: Finding, to: (record: TrackRecord) => TrackRecord): Promise<void> {
  const name = toolingName(finding.discoveryTooling, finding.discoveryModel);
  await store.lockRecords(ctx.tx, finding.orgId);
  const kept = await store.recordFor(ctx.tx, finding.orgId, name);
  // A name is the finder's to choose: one that invents a new one each time gets no new record each time.
  const isNewName = !kept && (await store.recordsOf(ctx.tx, finding.orgId)).length >= limits.toolsPerRecord;
  const record = kept ?? (isNewName ? await store.recordFor(ctx.tx, finding.orgId, '') : undefined);
  await store.saveRecord(ctx.tx, finding.orgId, to(record ?? emptyRecord(isNewName ? '' : name, ctx.now)));
}

async function shown(ctx: Ctx, orgId: Id<'org'>) {
  const set = await store.setQuotaOf(ctx.tx, orgId);
  const isSet = set?.perDay != null && (set.until === null || set.until > ctx.now);
  const learnedPerDay = await learned(ctx, orgId, '');
  const records = await store.recordsOf(ctx.tx, orgId);
  return {
    orgId,
    ...{ perDay: isSet ? set.perDay! : learnedPerDay, learnedPerDay },
    usedToday: await countToday(ctx.tx, orgId, ctx.now, limits.quotaMostPerDay),
    set: isSet ? { because: set.because ?? '', until: set.until } : null,
    appeal: set?.appeal != null && set.appealedAt !== null ? { because: set.appeal, at: set.appealedAt } : null,
    records: records.map(({ tooling, submitted, replayed, contradicted, undecided }) => ({
      ...{ tooling, submitted, replayed, contradicted, undecided },
    })),
  };
}

export const quotaActions = [quota, setQuota, appealQuota];
