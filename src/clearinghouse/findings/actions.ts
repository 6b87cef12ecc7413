import { isRefusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, done, presentItems } from '../../trust/action.ts';
import { amendmentActions } from './amendments/actions.ts';
import { named } from './attachment.ts';
import { type Finding, findingMoves, judged, submissionStatus } from './finding.ts';
import { importActions } from './imports/actions.ts';
import { intakeActions } from './intake/actions.ts';
import { queueActions } from './queue/actions.ts';
import { leaveQueue } from './queue/store.ts';
import { quotaActions } from './quotas/actions.ts';
import { sealedActions } from './sealed/actions.ts';
import { sealedByReceipt } from './sealed/store.ts';
import * as store from './store.ts';
import { vinceActions } from './vince/actions.ts';
import * as wire from './wire.ts';

// A station's verbs are found in one place, wherever they are written.
export { correct, reveal, withdraw } from './amendments/actions.ts';
export {
  bulkEntry,
  bulkState,
  discardQuarantined,
  importDocument,
  quarantined,
  quarantinedDocument,
} from './imports/actions.ts';
export { submit, submitSarif, submitTap, takeIn } from './intake/actions.ts';
export { acknowledge, leaveLab, place, queue, reconsiderPlace, remind, setBand, takePlace } from './queue/actions.ts';
export { appealQuota, quota, setQuota } from './quotas/actions.ts';

export const get = action({
  name: 'findings.get',
  at: 'GET /api/findings/:id',
  summary: 'One finding of your own; coordinators see all.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.getOut,
  on: (ctx, input) => store.findingById(ctx.tx, input.id),
  async run(ctx, _input, finding: Finding) {
    const key = ctx.doors.keys.secret('names');
    return done({ finding, files: finding.attachments.map((file) => named(key, file)) });
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
    const { filename, contentType, sha256: digest } = named(ctx.doors.keys.secret('names'), file);
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
    const { receipt } = input;
    const [finding, sealed] = await ctx.acrossCompartments(async (tx) => [
      await store.findingByReceipt(tx, receipt),
      await sealedByReceipt(tx, receipt),
    ]);
    if (finding) return done({ at: finding.stateAt, receipt, status: submissionStatus(finding) });
    if (!sealed) return refuse('not_found', 'no such receipt');
    return done({ at: sealed.stateAt, receipt, status: sealed.state === 'sealed' ? ('queued' as const) : ('done' as const) });
  },
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
    const payload = {
      verdict,
      before: finding.verdict,
      because,
      rung: after.rung,
      state: after.state,
      package: after.package,
      validationId,
    };
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
    await leaveQueue(ctx.tx, after.id, ctx.now);
    return done(after, { event: 'finding.closed', thing: after.id, label: after.label, payload: { because: input.because } });
  },
  present: ({ id, state }) => ({ id, state }),
});

export const findingActions = [
  ...intakeActions,
  ...vinceActions,
  ...importActions,
  get,
  list,
  attachment,
  status,
  judge,
  close,
  ...amendmentActions,
  ...queueActions,
  ...quotaActions,
  ...sealedActions,
];
