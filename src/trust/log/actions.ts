import { day, plusMs } from '../../base/instant.ts';
import { join, publicLabel } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { signNote, verifierKey } from '../../base/signature.ts';
import { action, done } from '../action.ts';
import { checkpointText } from './entry.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const exportLog = action({
  name: 'log.export',
  at: 'GET /api/log',
  summary: 'The log from an entry on: the whole chain, with the bodies you are cleared for.',
  by: 'anyone',
  input: wire.exportInput,
  output: wire.entries,
  async run(ctx, input) {
    return done({ entries: await store.entriesAfter(ctx.tx, input.after, input.limit) });
  },
  present: wire.present,
});

export const history = action({
  name: 'log.history',
  at: 'GET /api/log/things/:thing',
  summary: 'What happened to one thing, oldest first.',
  by: 'signed-in',
  input: wire.historyInput,
  output: wire.entries,
  async run(ctx, input) {
    const entries = await store.historyOf(ctx.tx, input.thing, input.limit);
    const label = entries.reduce((all, { body }) => join(all, body.label), publicLabel);
    if (label.compartments.length === 0) return done({ entries });
    // What a body says lies under a label as the thing does: reading it is logged as well. (An export is not: it would never come to its end.)
    const under = join(label, { tlp: label.tlp, compartments: ctx.actor.orgId === null ? [] : [ctx.actor.orgId] });
    return done(
      { entries },
      { event: 'log.read', thing: 'log.history', label: under, payload: { verb: 'log.history', things: [input.thing] } },
    );
  },
  present: wire.present,
});

export const checkpoint = action({
  name: 'log.checkpoint',
  at: 'GET /api/log/checkpoint',
  summary: 'The signed checkpoint of the log (C2SP tlog-checkpoint) and the key that verifies it.',
  by: 'anyone',
  input: wire.nothing,
  output: wire.checkpointOut,
  async run(ctx) {
    const head = await store.headOf(ctx.tx);
    const signer = ctx.doors.keys.signer('log');
    const note = signNote(signer, checkpointText(signer.name, head.size, head.frontier));
    return done({ note, key: verifierKey(signer.name, signer.publicKey), size: head.size });
  },
});

export const forgetReplies = action({
  name: 'log.forgetReplies',
  at: 'POST /api/log/forget-replies',
  summary: 'Forget the replies kept for Idempotency-Keys that are older than requests are repeated.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.forgottenOut,
  async run(ctx) {
    return done({ forgotten: await store.dropReplies(ctx.tx, plusMs(ctx.now, -limits.keptReplyDays * day)) });
  },
});

export const sumTiles = action({
  name: 'log.sumTiles',
  at: 'POST /api/log/sum-tiles',
  summary: 'Keep the roots of full tiles of the log, so that a proof need not read all of it.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.summedOut,
  async run(ctx) {
    return done({ summed: await store.sumTiles(ctx.tx, (await store.headOf(ctx.tx)).size, limits.tilesAtOnce) });
  },
});

export const logActions = [exportLog, history, checkpoint, forgetReplies, sumTiles];
