import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { refuse } from '../../../base/refusal.ts';
import { wireId, wireOk } from '../../../base/wire.ts';
import { action, done, type Happening } from '../../../trust/action.ts';
import { flawsOf } from '../../advisories/text.ts';
import { beforeTheHour, type Release } from '../release.ts';
import { documentsIn, releaseById } from '../store.ts';

/** The CVE record of each flaw of a release, handed back to whoever keeps the ids: the container as it was published. */
export const tellRecord = action({
  name: 'releases.tellRecord',
  at: 'POST /api/releases/:id/cve-record',
  summary: 'Hand on what a release says of each flaw to its CVE record.',
  by: ['coordinator'],
  internal: true,
  input: z.object({ id: wireId('rel') }),
  output: wireOk,
  on: (ctx, input) => releaseById(ctx.tx, input.id),
  async run(ctx, _input, release: Release) {
    const text = release.publication?.bulletin.text;
    const told: Happening[] = [];
    for (const { part, text: record } of text ? await documentsIn(ctx.tx, release.id, 'cve') : []) {
      const flaw = text && flawsOf(text).find(({ number }) => number === part);
      if (!flaw?.cve) continue;
      const isWithdrawn = text?.withdrawn !== undefined || flaw.takenBack !== undefined;
      if (Buffer.byteLength(record) > limits.cveRecordBytes) return refuse('too_large', 'CVE Services takes no record of that size');
      const { cnaContainer } = JSON.parse(record) as { cnaContainer?: object };
      const payload = { caseId: release.caseId, cveId: flaw.cve, container: cnaContainer, isWithdrawn };
      told.push({ event: 'release.cve-record', thing: release.id, label: beforeTheHour, payload });
    }
    return done({ ok: true as const }, ...told);
  },
});

export const cveRecordActions = [tellRecord];
