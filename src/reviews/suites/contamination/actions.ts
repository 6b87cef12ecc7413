import { z } from 'zod';
import { wireId, wireInstant, wirePage } from '../../../base/wire.ts';
import { action, done } from '../../../trust/action.ts';
import { suiteById } from '../store.ts';
import type { Suite } from '../suite.ts';
import { datesOf } from './ledger.ts';
import { guises } from './search.ts';
import { entriesOf } from './store.ts';

const entry = z.object({
  id: wireId('ctm'),
  taskId: z.string(),
  runId: z.string(),
  guise: z.enum(guises),
  seenAt: z.string(),
  foundAt: wireInstant,
});

export const contaminationOut = z.object({
  tasks: z.number(),
  afterCutoff: z.number().nullable(),
  shareAfterCutoff: z.number().nullable(),
  earliest: wireInstant.nullable(),
  latest: wireInstant.nullable(),
  items: z.array(entry),
});

export const contamination = action({
  name: 'suites.contamination',
  at: 'GET /api/suites/:id/contamination',
  summary: 'Whether a suite may have been read before: its dates against a cutoff, and where its canaries were seen.',
  by: ['evaluator'],
  input: wirePage.extend({ id: wireId('sui'), cutoffAt: wireInstant.optional() }),
  output: contaminationOut,
  on: (ctx, input) => suiteById(ctx.tx, input.id),
  async run(ctx, { cutoffAt, after, limit }, suite: Suite) {
    const items = await entriesOf(ctx.tx, suite.id, after, limit);
    return done({ ...datesOf(suite.tasks, cutoffAt ?? null), items });
  },
  present: ({ items, ...dates }) => ({
    ...dates,
    items: items.map(({ id, taskId, runId, guise, seenAt, foundAt }) => ({ id, taskId, runId, guise, seenAt, foundAt })),
  }),
});
