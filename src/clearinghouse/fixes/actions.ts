import type { Id } from '../../base/id.ts';
import { label, ownOf } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import { affectedBy, inForce } from '../advisories/text.ts';
import { componentsOf, inventoriesHolding, inventoryById } from '../inventories/store.ts';
import type { Publication, Release } from '../releases/release.ts';
import { releaseById, releasesAffecting } from '../releases/store.ts';
import { decideDue } from './due.ts';
import {
  decideExposure,
  decideRollup,
  type Exposure,
  type Fix,
  type FixTrigger,
  fixedIn,
  fixMoves,
  type RollupState,
  worstOf,
} from './fix.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const match = action({
  name: 'fixes.match',
  at: 'POST /api/fixes/match',
  summary: 'Find the inventories that hold what a release is about.',
  by: ['coordinator'],
  internal: true,
  input: wire.matchInput,
  output: wire.changedOut,
  async run(ctx, input) {
    const release = await releaseById(ctx.tx, input.id);
    if (!release?.publication) return refuse('not_found', 'no such release');
    await store.lockMatching(ctx.tx);
    const before = await store.fixesOfAdvisory(ctx.tx, release.advisoryId);
    const affected = inForce(release.publication.bulletin.text);
    const changes: Change[] = [];
    for (const name of new Set([...affected.map((a) => a.package), ...before.map((f) => f.package)])) {
      const ranges = affected.filter((a) => a.package === name);
      const known = new Map(before.filter((f) => f.package === name).map((f) => [f.inventoryId, f]));
      const holding = Map.groupBy(await inventoriesHolding(ctx.tx, name), (h) => h.inventoryId);
      for (const [inventoryId, held] of holding) {
        const at = { inventoryId, orgId: held[0]!.orgId, package: name, release, publication: release.publication };
        changes.push(...change(ctx, known.get(inventoryId), at, decideExposure(name, held, ranges), 'correct'));
      }
    }
    return conclude(ctx, changes);
  },
});

export const observe = action({
  name: 'fixes.observe',
  at: 'POST /api/fixes/observe',
  summary: 'See in an inventory that was kept what is fixed and what is newly exposed.',
  by: ['coordinator'],
  internal: true,
  input: wire.observeInput,
  output: wire.changedOut,
  async run(ctx, input) {
    const inventory = await inventoryById(ctx.tx, input.id);
    if (!inventory) return refuse('not_found', 'no such inventory');
    await store.lockMatching(ctx.tx);
    const held = Map.groupBy(await componentsOf(ctx.tx, inventory.id), (c) => c.package);
    const before = await store.fixesOfInventory(ctx.tx, inventory.id);
    const names = new Set([...held.keys(), ...before.map((f) => f.package)]);
    const changes: Change[] = [];
    for (const release of await releasesAffecting(ctx.tx, [...names])) {
      const affected = inForce(release.publication.bulletin.text);
      for (const name of new Set(affected.map((a) => a.package))) {
        if (!names.has(name)) continue;
        const ranges = affected.filter((a) => a.package === name);
        const known = before.find((f) => f.advisoryId === release.advisoryId && f.package === name);
        const at = { inventoryId: inventory.id, orgId: inventory.orgId, package: name, release, publication: release.publication };
        changes.push(...change(ctx, known, at, decideExposure(name, held.get(name) ?? [], ranges), 'miss'));
      }
    }
    return conclude(ctx, changes);
  },
});

export const claim = action({
  name: 'fixes.claim',
  at: 'POST /api/fixes/:id/claim',
  summary: 'Say that you have fixed it; it counts as observed only when an inventory shows it.',
  by: ['operator', 'maintainer'],
  input: wire.claimInput,
  output: wire.fixOut,
  on: (ctx, input) => own(ctx, input.id),
  async run(ctx, input, fix: Fix) {
    const state = move(fixMoves, fix.state, 'claim');
    if (isRefusal(state)) return state;
    const claimed: Fix = { ...fix, state, claim: input.how, claimedAt: ctx.now, because: 'the operator says so' };
    await store.saveFixes(ctx.tx, [claimed]);
    return done(claimed, happening('fix.claimed', claimed));
  },
  present: wire.present,
});

export const get = action({
  name: 'fixes.get',
  at: 'GET /api/fixes/:id',
  summary: 'One exposure of your own.',
  by: ['operator', 'maintainer'],
  input: wire.byId,
  output: wire.fixOut,
  on: (ctx, input) => own(ctx, input.id),
  async run(_ctx, _input, fix: Fix) {
    return done(fix);
  },
  present: wire.present,
});

export const list = action({
  name: 'fixes.list',
  at: 'GET /api/fixes',
  summary: 'What your own inventories are exposed to, and how far each fix is.',
  by: ['operator', 'maintainer'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.fixesOfOrg(ctx.tx, ctx.actor.orgId ?? '', input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const rollup = action({
  name: 'fixes.rollup',
  at: 'GET /api/advisories/:advisoryId/fixes',
  summary: 'How many operators stand where with an advisory; no count that few of them make up.',
  by: ['coordinator'],
  input: wire.rollupInput,
  output: wire.rollupOut,
  async run(ctx, input) {
    const all = await ctx.acrossCompartments((tx) => store.standingOf(tx, input.advisoryId));
    const standing = Map.groupBy(all, (s) => s.orgId);
    const counts: Record<RollupState, number> = { exposed: 0, 'could-not-tell': 0, 'fix-claimed': 0, observed: 0 };
    for (const own of standing.values()) {
      const worst = worstOf(own.map((s) => s.state));
      if (worst) counts[worst]++;
    }
    return done({ ...decideRollup(counts, limits.rollupOperators), atLeast: limits.rollupOperators });
  },
});

async function own(ctx: Ctx, id: string): Promise<Fix | undefined> {
  const fix = await store.fixById(ctx.tx, id);
  return fix && fix.orgId === ctx.actor.orgId ? fix : undefined;
}

interface Place {
  readonly inventoryId: Id<'inv'>;
  readonly orgId: Id<'org'>;
  readonly package: string;
  readonly release: Release;
  readonly publication: Publication;
}

interface Change {
  readonly fix: Fix;
  /** null = only the details are new. */
  readonly event: Happening | null;
}

const events: Partial<Record<Fix['state'], Happening['event']>> = {
  exposed: 'fix.exposed',
  'could-not-tell': 'fix.exposed',
  observed: 'fix.observed',
  'not-affected': 'fix.corrected',
};

/** What an exposure becomes by what was just seen; `absent` is the trigger when nothing affected is there any more. */
function change(ctx: Ctx, before: Fix | undefined, at: Place, seen: Exposure, absent: FixTrigger): Change[] {
  const triggers: Record<Exposure['verdict'], FixTrigger> = { affected: 'find', 'could-not-tell': 'doubt', 'not-affected': absent };
  const isOpen = seen.verdict !== 'not-affected';
  if (!before && !isOpen) return [];
  const state = before ? move(fixMoves, before.state, triggers[seen.verdict]) : seen.verdict === 'affected' ? 'exposed' : 'could-not-tell';
  if (isRefusal(state)) return [];
  const { bulletin } = at.publication;
  const isNewlyOpen = isOpen && (!before || before.state === 'observed' || before.state === 'not-affected');
  const exposedAt = isNewlyOpen ? ctx.now : (before?.exposedAt ?? ctx.now);
  const fix: Fix = {
    id: before?.id ?? ctx.id('fix'),
    advisoryId: at.release.advisoryId,
    releaseId: at.release.id,
    trackingId: bulletin.trackingId,
    inventoryId: at.inventoryId,
    orgId: at.orgId,
    package: at.package,
    components: isOpen ? seen.components : (before?.components ?? []),
    fixedIn: fixedIn(at.package, affectedBy(bulletin.text)),
    state,
    because: seen.because,
    // A claim that an inventory contradicts is over.
    claim: state === 'exposed' ? null : (before?.claim ?? null),
    claimedAt: state === 'exposed' ? null : (before?.claimedAt ?? null),
    exposedAt,
    due: decideDue(bulletin.text.ssvc, exposedAt),
    observedAt: state === 'observed' ? ctx.now : null,
    label: label('AMBER', ownOf(at.orgId)),
  };
  const event = events[state];
  return [{ fix, event: event && state !== before?.state ? happening(event, fix) : null }];
}

async function conclude(ctx: Ctx, changes: readonly Change[]) {
  await store.saveFixes(
    ctx.tx,
    changes.map((c) => c.fix),
  );
  const moved = changes.flatMap((c) => (c.event ? [c] : []));
  const count = (state: Fix['state']) => moved.filter((c) => c.fix.state === state).length;
  const result = { exposed: count('exposed'), observed: count('observed'), couldNotTell: count('could-not-tell') };
  return done(result, ...moved.flatMap((c) => c.event ?? []));
}

function happening(event: Happening['event'], fix: Fix): Happening {
  const { releaseId, inventoryId, state, trackingId } = fix;
  const component = fix.components[0] ?? fix.package;
  return {
    event,
    thing: fix.id,
    label: fix.label,
    payload: { releaseId, inventoryId, component, package: fix.package, state, trackingId },
  };
}

export const fixActions = [match, observe, claim, get, list, rollup];
