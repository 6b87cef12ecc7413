import { createHmac } from 'node:crypto';
import type { Id } from '../../../base/id.ts';
import { day, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import { contentDigest } from '../commitment.ts';
import { missingOf } from '../finding.ts';
import { readVince } from '../formats/vince.ts';
import { happened, receive, submitters } from '../intake/actions.ts';
import { findingById } from '../store.ts';
import { presentReceived } from '../wire.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const submitVince = action({
  name: 'findings.submitVince',
  at: 'POST /api/findings/vince',
  summary: 'Hand in a finding as a VINCE report; the same content again gives the same VRF id.',
  by: submitters,
  input: wire.submitInput,
  output: wire.received,
  async run(ctx, { fields, file }) {
    const read = readVince(fields, file && { ...file, bytes: Buffer.from(file.data, 'base64') }, ctx.now);
    if ('errors' in read) {
      const [field, [because = '']] = Object.entries(read.errors)[0]!;
      return refuse('malformed', because, `/fields/${field}`);
    }
    const orgId = ctx.actor.orgId as Id<'org'>;
    // Keyed: whoever stole the table could else try out what was reported.
    const digest = createHmac('sha256', ctx.doors.keys.secret('salts')).update(contentDigest(read.draft)).digest('hex');
    const same = await store.sameReport(ctx.tx, orgId, digest, plusMs(ctx.now, -limits.vinceRepeatDays * day));
    const known = same && (await findingById(ctx.tx, same.findingId));
    // What was taken back is nobody's work any more: sent again, it is meant.
    if (same && known && known.state !== 'withdrawn') return done({ finding: known, missing: missingOf(known), vrfId: same.vrfId });
    const [received] = await receive(ctx, [read.draft]);
    const { id: findingId, label } = received!.finding;
    const vrfId = await freshVrfId(ctx);
    await store.insertReport(ctx.tx, { vrfId, orgId, digest, findingId, label, receivedAt: ctx.now });
    return done({ ...received!, vrfId }, happened(received!));
  },
  present: ({ finding, missing, vrfId }) => ({ ...presentReceived(finding, missing), vrfId }),
});

/** `VRF#YY-MM-` and five consonants, as VINCE makes them (`vinny/views.py` get_vrf_id): four million a month, so two may meet. */
async function freshVrfId(ctx: Ctx): Promise<string> {
  for (;;) {
    const letters = [...ctx.doors.chance(20)].filter((byte) => byte < 252).map((byte) => 'BCDFGHJKLMNPQRSTVWXYZ'[byte % 21]);
    const vrfId = `VRF#${ctx.now.slice(2, 7)}-${letters.slice(0, 5).join('')}`;
    if (letters.length >= 5 && !(await ctx.acrossCompartments((tx) => store.isGiven(tx, vrfId)))) return vrfId;
  }
}

export const vinceActions = [submitVince];
