import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { refuse } from '../../../base/refusal.ts';
import { wireId, wireOk } from '../../../base/wire.ts';
import { action, done } from '../../../trust/action.ts';
import { beforeTheHour, type Release } from '../release.ts';
import { documentOf, releaseById } from '../store.ts';

/** The CVE record of a release, handed back to whoever keeps the ids: the container as it was published. */
export const tellRecord = action({
  name: 'releases.tellRecord',
  at: 'POST /api/releases/:id/cve-record',
  summary: 'Hand on what a release says to the CVE record of its flaw.',
  by: ['coordinator'],
  internal: true,
  input: z.object({ id: wireId('rel') }),
  output: wireOk,
  on: (ctx, input) => releaseById(ctx.tx, input.id),
  async run(ctx, _input, release: Release) {
    const text = release.publication?.bulletin.text;
    const document = await documentOf(ctx.tx, release.id, 'cve');
    if (!text?.cve || !document) return done({ ok: true as const });
    if (Buffer.byteLength(document.text) > limits.cveRecordBytes) return refuse('too_large', 'CVE Services takes no record of that size');
    const { cnaContainer } = JSON.parse(document.text) as { cnaContainer?: object };
    const payload = { caseId: release.caseId, cveId: text.cve, container: cnaContainer, isWithdrawn: text.withdrawn !== undefined };
    return done({ ok: true as const }, { event: 'release.cve-record', thing: release.id, label: beforeTheHour, payload });
  },
});

export const cveRecordActions = [tellRecord];
