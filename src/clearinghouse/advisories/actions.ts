import { digestOf } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import { label } from '../../base/label.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, type Ctx, done, presentItems } from '../../trust/action.ts';
import { agentById, orgById } from '../../trust/orgs/store.ts';
import { type Case, ledgerLabel } from '../cases/case.ts';
import { caseById } from '../cases/store.ts';
import { findingById } from '../findings/store.ts';
import { packageOf } from '../inventories/package-name.ts';
import { canonicalPurl } from '../inventories/purl.ts';
import { priorityOfCase } from '../priorities/store.ts';
import {
  type Advisory,
  type AdvisoryText,
  type AffectedRange,
  advisoryMoves,
  type Credit,
  type Cvss,
  creditsOf,
  decideApproval,
  faultOfRanges,
  textDigest,
} from './advisory.ts';
import { type Bulletin, trackingIdOf } from './bulletin.ts';
import { renderCsaf20 } from './formats/csaf20.ts';
import { renderOsv } from './formats/osv.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const draft = action({
  name: 'advisories.draft',
  at: 'POST /api/advisories',
  summary: 'Draft the advisory of a case, or draft it anew; credits, CVSS and SSVC come from the case.',
  by: ['coordinator'],
  input: wire.draftInput,
  output: wire.advisoryOut,
  on: (ctx, input) => caseById(ctx.tx, input.caseId),
  async run(ctx, input, of: Case) {
    if (of.state === 'closed') return refuse('wrong_state', 'this case is closed');
    const affected = rangesOf(input.affected, of.package);
    const bad = isRefusal(affected) ? affected : faultOfRanges(affected);
    if (bad || isRefusal(affected)) return bad as Refusal;
    const before = await store.advisoryOfCase(ctx.tx, of.id);
    const state = before ? move(advisoryMoves, before.state, 'redraft') : 'draft';
    if (isRefusal(state)) return state;
    const { title, summary, cve = null, cwe = null, references } = input;
    const priority = await priorityOfCase(ctx.tx, of.id);
    const text: AdvisoryText = {
      title,
      summary,
      package: of.package,
      affected,
      cve,
      cwe,
      credits: await credits(ctx, of),
      cvss: priority ? cvssOf(priority.cvss) : null,
      ssvc: priority ? { decision: priority.decision, points: { ...priority.ssvc.points } } : null,
      references,
      publisher: (await orgById(ctx.tx, ctx.actor.orgId ?? ''))?.name ?? '',
      change: input.change ?? (before ? 'Corrected.' : 'First version.'),
    };
    const agent = ctx.actor.kind === 'agent' ? await agentById(ctx.tx, ctx.actor.id) : undefined;
    const advisory: Advisory = {
      id: before?.id ?? ctx.id('adv'),
      caseId: of.id,
      text,
      digest: textDigest(text),
      revision: (before?.revision ?? 0) + 1,
      state,
      draftedBy: ctx.actor.id,
      answerableId: agent?.answerableId ?? ctx.actor.id,
      draftedAt: ctx.now,
      approvedBy: null,
      approvedAt: null,
      label: label('RED', of.id),
    };
    await (before ? store.saveAdvisory : store.insertAdvisory)(ctx.tx, advisory);
    const payload = { caseId: of.id, revision: advisory.revision, digest: advisory.digest };
    return done(advisory, { event: 'advisory.drafted', thing: advisory.id, label: ledgerLabel({ id: of.id }), payload });
  },
  present: wire.present,
});

export const approve = action({
  name: 'advisories.approve',
  at: 'POST /api/advisories/:id/approve',
  summary: 'Approve a draft that somebody else made.',
  by: ['coordinator'],
  input: wire.approveInput,
  output: wire.advisoryOut,
  on: (ctx, input) => store.advisoryById(ctx.tx, input.id),
  async run(ctx, input, advisory: Advisory) {
    const no = decideApproval(advisory, ctx.actor);
    if (no) return no;
    const state = move(advisoryMoves, advisory.state, 'approve');
    if (isRefusal(state)) return state;
    if (input.digest !== undefined && input.digest !== advisory.digest)
      return refuse('stale', 'the draft has changed since you read it', '/digest');
    const of = await caseById(ctx.tx, advisory.caseId);
    if (!of) return refuse('not_found', 'no such case');
    if (digestOf(await credits(ctx, of)) !== digestOf(advisory.text.credits))
      return refuse('stale', 'the co-finders have changed since this was drafted; draft it anew');
    const approved: Advisory = { ...advisory, state, approvedBy: ctx.actor.id, approvedAt: ctx.now };
    await store.saveAdvisory(ctx.tx, approved);
    const payload = { caseId: advisory.caseId, revision: advisory.revision, digest: advisory.digest };
    return done(approved, { event: 'advisory.approved', thing: advisory.id, label: ledgerLabel({ id: of.id }), payload });
  },
  present: wire.present,
});

export const get = action({
  name: 'advisories.get',
  at: 'GET /api/advisories/:id',
  summary: 'An advisory of a case that you are read into, as far as your tier goes.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.advisoryOut,
  on: (ctx, input) => store.advisoryById(ctx.tx, input.id),
  async run(_ctx, _input, advisory: Advisory) {
    return done(advisory);
  },
  present: wire.present,
});

export const list = action({
  name: 'advisories.list',
  at: 'GET /api/advisories',
  summary: 'Advisories of the cases that you are read into, oldest first.',
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listAdvisories(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const preview = action({
  name: 'advisories.preview',
  at: 'GET /api/advisories/:id/preview',
  summary: 'The documents as they would be published, without their number.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.previewOut,
  on: (ctx, input) => store.advisoryById(ctx.tx, input.id),
  async run(ctx, _input, advisory: Advisory) {
    const versions = [{ number: 1, at: ctx.now, change: advisory.text.change }];
    const trackingId = trackingIdOf(ctx.now.slice(0, 4), 0);
    const bulletin: Bulletin = { trackingId, status: 'draft', text: advisory.text, origin: originOf(ctx), versions };
    return done({ csaf20: renderCsaf20(bulletin), osv: renderOsv(bulletin) });
  },
});

/** The hub's host name is the one under which it signs: `hub.example/releases`. */
export function originOf(ctx: Pick<Ctx, 'doors'>): string {
  const { name } = ctx.doors.keys.signer('releases');
  return name.slice(0, name.lastIndexOf('/'));
}

function rangesOf(
  given: readonly { package?: string | undefined; introduced?: string | null | undefined; fixed?: string | null | undefined }[],
  ofCase: string,
) {
  const ranges: AffectedRange[] = [];
  for (const [i, range] of given.entries()) {
    const purl = range.package === undefined ? ofCase : canonicalPurl(range.package);
    if (isRefusal(purl)) return { ...purl, at: `/affected/${i}/package` };
    if (purl !== packageOf(purl)) return refuse('malformed', 'leave out version, qualifiers and subpath', `/affected/${i}/package`);
    ranges.push({ package: purl, introduced: range.introduced ?? null, fixed: range.fixed ?? null });
  }
  return ranges;
}

/** Of a score only what an advisory says: threat and environment are each reader's own. */
function cvssOf({ version, vector, base, severity }: Cvss): Cvss {
  return { version, vector, base, severity };
}

/** Every organisation that found it, with the time of its first report. */
async function credits(ctx: Ctx, of: Case): Promise<Credit[]> {
  const found: { orgId: Id<'org'>; name: string; at: Credit['at'] }[] = [];
  for (const id of of.findingIds) {
    const finding = await findingById(ctx.tx, id);
    const org = finding && (await orgById(ctx.tx, finding.orgId));
    if (finding && org) found.push({ orgId: org.id, name: org.name, at: finding.receivedAt });
  }
  return creditsOf(found);
}

export const advisoryActions = [draft, approve, get, list, preview];
