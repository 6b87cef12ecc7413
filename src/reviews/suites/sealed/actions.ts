import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { inToto } from '../../../base/signature.ts';
import { wireId, wireInstant } from '../../../base/wire.ts';
import { action, done, presentItems } from '../../../trust/action.ts';
import { suiteById } from '../store.ts';
import type { Suite } from '../suite.ts';
import * as store from './store.ts';
import { boundsOf, readSummary, type Summary } from './summary.ts';

const envelope = z.strictObject({
  payloadType: z.literal(inToto),
  payload: z.base64().max(limits.textChars),
  signatures: z.array(z.strictObject({ keyid: z.string().regex(/^[ -~]{0,200}$/), sig: z.base64().max(1024) })).max(8),
});

export const summaryOut = z.object({
  id: wireId('srs'),
  suiteId: wireId('sui'),
  digest: z.string(),
  model: z.string(),
  budget: z.object({ turns: z.number(), tokens: z.number() }).nullable(),
  tasks: z.number(),
  runs: z.number(),
  outcomes: z.record(z.string(), z.number()),
  ranAt: wireInstant,
  importedAt: wireInstant,
  /** Named for what they are: the custodian's own count, with what is unclear once against and once for the model. */
  shareAsCounted: z.object({ low: z.number(), high: z.number() }),
});

function present({ id, suiteId, digest, summary, importedAt }: Summary): z.input<typeof summaryOut> {
  return { id, suiteId, digest, importedAt, ...summary, shareAsCounted: boundsOf(summary) };
}

export const importSummary = action({
  name: 'suites.importSummary',
  at: 'POST /api/suites/:id/summaries',
  summary: "Take in what a sealed suite's custodian signed: counts by outcome, and no task. Nothing goes back.",
  by: ['evaluator'],
  input: z.object({ id: wireId('sui'), envelope }),
  output: summaryOut,
  on: (ctx, input) => suiteById(ctx.tx, input.id),
  async run(ctx, input, suite: Suite) {
    const read = readSummary(suite, await store.keyOf(ctx.tx, suite.id), input.envelope);
    if (isRefusal(read)) return read;
    const had = await store.summariesOf(ctx.tx, suite.id);
    if (had.some(({ digest }) => digest === read.digest)) return refuse('conflict', 'this statement is here already');
    if (had.length >= limits.sealedSummaries) return refuse('too_many', `a suite takes at most ${limits.sealedSummaries} summaries`);
    const summary: Summary = {
      ...{ id: ctx.id('srs'), suiteId: suite.id, ...read, envelope: input.envelope, label: suite.label, importedAt: ctx.now },
    };
    await store.insertSummary(ctx.tx, summary);
    const payload = { digest: read.digest, runs: read.summary.runs };
    return done(summary, { event: 'suite.summary-imported', thing: suite.id, label: suite.label, payload });
  },
  present,
});

export const summaries = action({
  name: 'suites.summaries',
  at: 'GET /api/suites/:id/summaries',
  summary: 'What the custodian of a sealed suite has signed of it.',
  by: ['evaluator'],
  input: z.object({ id: wireId('sui') }),
  output: z.object({ items: z.array(summaryOut) }),
  on: (ctx, input) => suiteById(ctx.tx, input.id),
  async run(ctx, _input, suite: Suite) {
    return done({ items: await store.summariesOf(ctx.tx, suite.id) });
  },
  present: presentItems(present),
});
