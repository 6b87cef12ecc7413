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
    return done({ entries: await store.historyOf(ctx.tx, input.thing, input.limit) });
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

export const logActions = [exportLog, history, checkpoint];
