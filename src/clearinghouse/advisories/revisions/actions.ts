import { refuse } from '../../../base/refusal.ts';
import { action, done } from '../../../trust/action.ts';
import type { Advisory } from '../advisory.ts';
import { advisoryById } from '../store.ts';
import * as wire from '../wire.ts';
import { changesBetween } from './revision.ts';
import * as store from './store.ts';

export const revisions = action({
  name: 'advisories.revisions',
  at: 'GET /api/advisories/:id/revisions',
  summary: 'Every draft of an advisory, oldest first: who drafted it when, and what it was to change.',
  by: ['coordinator'],
  input: wire.revisionsInput,
  output: wire.revisionsOut,
  on: (ctx, input) => advisoryById(ctx.tx, input.id),
  async run(ctx, input, advisory: Advisory) {
    const kept = await store.revisionsOf(ctx.tx, advisory.id, input.after, input.limit);
    const items = kept.map(({ revision, digest, draftedBy, draftedAt, text }) => ({
      revision,
      digest,
      draftedBy,
      draftedAt,
      change: text.change,
    }));
    return done({ items });
  },
});

export const diff = action({
  name: 'advisories.diff',
  at: 'GET /api/advisories/:id/diff',
  summary: 'What changed between two drafts of an advisory; the newest and the one before it when none are named.',
  by: ['coordinator'],
  input: wire.diffInput,
  output: wire.diffOut,
  on: (ctx, input) => advisoryById(ctx.tx, input.id),
  async run(ctx, input, advisory: Advisory) {
    const to = input.to ?? advisory.revision;
    const from = input.from ?? Math.max(1, to - 1);
    const [before] = await store.revisionsOf(ctx.tx, advisory.id, from - 1, 1);
    const [after] = await store.revisionsOf(ctx.tx, advisory.id, to - 1, 1);
    if (before?.revision !== from || after?.revision !== to) return refuse('not_found', 'no such revision');
    return done({ from, to, changes: changesBetween(before.text, after.text) });
  },
});

export const revisionActions = [revisions, diff];
