import { sha256 } from '../../base/canonical.ts';
import { label } from '../../base/label.ts';
import { isRefusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import type { Role } from '../../trust/orgs/org.ts';
import { packageOf } from '../inventories/package-name.ts';
import { canonicalPurl } from '../inventories/purl.ts';
import { type Attachment, type GivenFile, isPoc } from './attachment.ts';
import { commitmentOf, type Draft, type Finding, findingMoves, judged, missingOf, type OneOfSix, receiptOf } from './finding.ts';
import { readSarif } from './formats/sarif.ts';
import { readTap } from './formats/tap.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

const submitters: readonly Role[] = ['finder', 'coordinator', 'maintainer', 'operator'];

interface Received {
  readonly finding: Finding;
  readonly missing: readonly OneOfSix[];
}

export const submit = action({
  name: 'findings.submit',
  at: 'POST /api/findings',
  summary: 'Hand in a finding; the receipt comes at once.',
  by: submitters,
  input: wire.submitInput,
  output: wire.submitOut,
  async run(ctx, input) {
    const draft = wire.draftOf(input);
    if (isRefusal(draft)) return draft;
    const [received] = await receive(ctx, [draft]);
    return done(received!, happened(received!));
  },
  present: ({ finding, missing }) => wire.presentReceived(finding, missing),
});

export const submitTap = action({
  name: 'findings.submitTap',
  at: 'POST /api/findings/tap',
  summary: 'Hand in a finding as a TAP v1 report.',
  by: submitters,
  input: wire.submitTapInput,
  output: wire.submitTapOut,
  async run(ctx, input) {
    const reading = readTap(
      input.report,
      input.parts?.map(({ data, ...part }) => ({ ...part, bytes: Buffer.from(data, 'base64') })),
    );
    if (reading.kind === 'malformed') return refuse('malformed', reading.detail, '/report');
    if (reading.kind === 'violations') {
      const { code, field, reason } = reading.violations[0]!;
      return refuse('malformed', `${code}: ${reason}`, `/report/${field}`);
    }
    const [received] = await receive(ctx, [reading.draft]);
    return done({ ...received!, warnings: reading.warnings }, happened(received!));
  },
  present: ({ finding, missing, warnings }) => ({ ...wire.presentReceived(finding, missing), warnings }),
});

export const submitSarif = action({
  name: 'findings.submitSarif',
  at: 'POST /api/findings/sarif',
  summary: 'Hand in a SARIF 2.1.0 log: one finding a result.',
  by: submitters,
  input: wire.submitSarifInput,
  output: wire.submitSarifOut,
  async run(ctx, input) {
    const purl = canonicalPurl(input.purl);
    if (isRefusal(purl)) return { ...purl, at: '/purl' };
    const read = readSarif(input.sarif, purl);
    if (isRefusal(read)) return { ...read, at: `/sarif${read.at ?? ''}` };
    const { drafts, skipped } = read;
    if (input.attachments.length > 0 && drafts.length !== 1)
      return refuse('malformed', `the log tells of ${drafts.length} findings; send each with its own files`, '/attachments');
    const received = await receive(
      ctx,
      drafts.map((draft) => ({ ...draft, attachments: wire.filesOf(input.attachments) })),
    );
    return done({ received, skipped }, ...received.map(happened));
  },
  present: ({ received, skipped }) => ({ items: received.map(({ finding, missing }) => wire.presentReceived(finding, missing)), skipped }),
});

/** The one way in, whatever the format. */
async function receive(ctx: Ctx, drafts: readonly Draft[]): Promise<Received[]> {
  const received: Received[] = [];
  for (const draft of drafts) {
    const orgId = ctx.actor.orgId as Finding['orgId'];
    const commitmentSalt = Buffer.from(ctx.doors.chance(32)).toString('hex');
    const finding: Finding = {
      ...draft,
      id: ctx.id('fnd'),
      orgId,
      reporterId: ctx.actor.id,
      receipt: receiptOf(ctx.doors.chance(12)),
      package: packageOf(draft.purl),
      attachments: await sealFiles(ctx, draft.attachments),
      rung: 'claimed',
      state: 'received',
      stateBecause: null,
      stateAt: ctx.now,
      verdict: null,
      validationId: null,
      crashState: null,
      recipeId: null,
      commitment: commitmentOf(commitmentSalt, draft),
      commitmentSalt,
      label: label('RED', orgId),
      receivedAt: ctx.now,
    };
    received.push({ finding, missing: missingOf(draft) });
  }
  await store.insertFindings(
    ctx.tx,
    received.map((r) => r.finding),
  );
  return received;
}

/** Before the row that names them: a row must never name a blob that a crash kept from being written. */
async function sealFiles(ctx: Ctx, files: readonly GivenFile[]): Promise<Attachment[]> {
  return Promise.all(
    files.map(async ({ bytes, ...about }) => {
      const id = ctx.id('blb');
      await ctx.doors.blobs.put(id, bytes);
      return { id, ...about, sha256: sha256(bytes), bytes: bytes.length };
    }),
  );
}

function happened({ finding }: Received): Happening {
  const { purl, commitment } = finding;
  const payload = { package: finding.package, purl, hasPoc: finding.attachments.some(isPoc), commitment };
  return { event: 'finding.received', thing: finding.id, label: finding.label, payload };
}

export const get = action({
  name: 'findings.get',
  at: 'GET /api/findings/:id',
  summary: 'One finding of your own; coordinators see all.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.getOut,
  on: (ctx, input) => store.findingById(ctx.tx, input.id),
  async run(_ctx, _input, finding: Finding) {
    return done(finding);
  },
  present: wire.present,
});

export const list = action({
  name: 'findings.list',
  at: 'GET /api/findings',
  summary: 'Your findings, oldest first; coordinators see all.',
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listFindings(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.presentSummary),
});

export const attachment = action({
  name: 'findings.attachment',
  at: 'GET /api/findings/:id/attachments/:attachmentId',
  summary: 'One file of a finding, in base64.',
  by: 'signed-in',
  input: wire.byAttachment,
  output: wire.attachmentOut,
  on: (ctx, input) => store.findingById(ctx.tx, input.id),
  async run(ctx, input, finding: Finding) {
    const file = finding.attachments.find((a) => a.id === input.attachmentId);
    if (!file) return refuse('not_found', 'no such thing');
    const bytes = await ctx.doors.blobs.get(file.id);
    if (isRefusal(bytes)) return bytes;
    const { filename, contentType, sha256: digest } = file;
    return done({ filename, contentType, sha256: digest, data: Buffer.from(bytes).toString('base64') });
  },
});

export const status = action({
  name: 'findings.status',
  at: 'GET /api/findings/receipts/:receipt',
  summary: 'How far a submission is, for whoever holds its receipt.',
  by: 'anyone',
  input: wire.byReceipt,
  output: wire.statusOut,
  async run(ctx, input) {
    const finding = await ctx.acrossCompartments((tx) => store.findingByReceipt(tx, input.receipt));
    return finding ? done(finding) : refuse('not_found', 'no such receipt');
  },
  present: wire.presentStatus,
});

export const judge = action({
  name: 'findings.judge',
  at: 'POST /api/findings/:id/judge',
  summary: 'Take in what a re-run of ours showed.',
  by: ['coordinator'],
  internal: true,
  input: wire.judgeInput,
  output: wire.closedOut,
  on: (ctx, input) => store.findingForChange(ctx.tx, input.id),
  async run(ctx, input, finding: Finding) {
    const { verdict, because, validationId = null, crashState = null, recipeId = null } = input;
    const after = judged(finding, { verdict, because, validationId, crashState, recipeId }, ctx.now);
    if (isRefusal(after)) return after;
    await store.saveFinding(ctx.tx, after);
    const payload = { verdict, because, rung: after.rung, state: after.state, package: after.package, validationId };
    return done(after, { event: 'finding.judged', thing: after.id, label: after.label, payload });
  },
  present: ({ id, state }) => ({ id, state }),
});

export const close = action({
  name: 'findings.close',
  at: 'POST /api/findings/:id/close',
  summary: 'End a finding, with the reason.',
  by: ['coordinator'],
  internal: true,
  input: wire.closeInput,
  output: wire.closedOut,
  on: (ctx, input) => store.findingForChange(ctx.tx, input.id),
  async run(ctx, input, finding: Finding) {
    const state = move(findingMoves, finding.state, 'close');
    if (isRefusal(state)) return state;
    const after: Finding = { ...finding, state, stateBecause: input.because, stateAt: ctx.now };
    await store.saveFinding(ctx.tx, after);
    return done(after, { event: 'finding.closed', thing: after.id, label: after.label, payload: { because: input.because } });
  },
  present: ({ id, state }) => ({ id, state }),
});

export const findingActions = [submit, submitTap, submitSarif, get, list, attachment, status, judge, close];
