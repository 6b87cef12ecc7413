import { label } from '../../base/label.ts';
import { refuse } from '../../base/refusal.ts';
import { action, done, presentItems } from '../../trust/action.ts';
import type { Claim } from '../claims/claim.ts';
import { claimById } from '../claims/store.ts';
import { decideLive, type Scan, withinClaim } from './scan.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const record = action({
  name: 'scans.record',
  at: 'POST /api/scans',
  summary: 'Say what you looked at under a claim of your own, and how much came of it.',
  by: ['finder', 'coordinator'],
  input: wire.recordInput,
  output: wire.recordOut,
  on: (ctx, input) => claimById(ctx.tx, input.claimId),
  async run(ctx, input, claim: Claim) {
    if (claim.orgId !== ctx.actor.orgId) return refuse('not_permitted', 'a scan is recorded by who holds the claim', '/claimId');
    const unwanted = decideLive(input.live, input.authorisation) ?? withinClaim(input, claim);
    if (unwanted) return unwanted;
    if (input.endedAt > ctx.now) return refuse('malformed', 'a scan is recorded when it is over', '/endedAt');
    const { live: _, authorisation: __, ...scanned } = input;
    const scan: Scan = {
      ...scanned,
      id: ctx.id('scn'),
      orgId: claim.orgId,
      purl: claim.purl,
      package: claim.package,
      sarifDigest: input.sarifDigest ?? null,
      label: label('AMBER', claim.orgId),
      recordedAt: ctx.now,
    };
    await store.insertScan(ctx.tx, scan);
    const { claimId, tool, results } = scan;
    return done(scan, {
      event: 'scan.recorded',
      thing: scan.id,
      label: scan.label,
      payload: { claimId, package: scan.package, tool, results },
    });
  },
  present: wire.present,
});

export const list = action({
  name: 'scans.list',
  at: 'GET /api/scans',
  summary: 'Your scans, oldest first; coordinators see all.',
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listScans(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const scanActions = [record, list];
