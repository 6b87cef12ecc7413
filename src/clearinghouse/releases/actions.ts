import type { Tx } from '../../base/doors.ts';
import { publicLabel } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { appendLeaf } from '../../base/merkle.ts';
import { completedBy } from '../../base/merkle-nodes.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import type { Signer } from '../../base/signature.ts';
import { move } from '../../base/states.ts';
import { action, type Ctx, done, type Happening, originOf, presentItems } from '../../trust/action.ts';
import type { Advisory } from '../advisories/advisory.ts';
import { type Bulletin, trackingIdOf } from '../advisories/bulletin.ts';
import { faultOfDocuments, written } from '../advisories/documents.ts';
import { advisoryById } from '../advisories/store.ts';
import { governing } from '../cases/embargoes/embargo.ts';
import { mayDraft } from '../cases/participants/coordinating.ts';
import { caseById } from '../cases/store.ts';
import { forgetStaged, goLiveWith } from './artefacts/actions.ts';
import { type Checkpoint, checkpointOf, documentsOf, feedItem, publish, withinBytes } from './feed.ts';
import { inclusionProofs, insertNodes } from './log/store.ts';
import { keepOwnOsv, mirrorOsv } from './osv/actions.ts';
import { beforeTheHour, decideHold, decideSchedule, type Gate, type Release, releaseMoves } from './release.ts';
import { publishRepository } from './repository/publications/actions.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';
import { cosignatureLines } from './witnesses/store.ts';

export const schedule = action({
  name: 'releases.schedule',
  at: 'POST /api/releases',
  summary: 'Agree the hour at which an approved advisory becomes public, the same for everybody; again moves the hour.',
  by: ['coordinator'],
  input: wire.scheduleInput,
  output: wire.releaseOut,
  on: (ctx, input) => advisoryById(ctx.tx, input.advisoryId),
  async run(ctx, input, advisory: Advisory) {
    const gate = await gateOf(ctx, advisory);
    if (!gate) return refuse('not_found', 'no such case');
    const refused = await mayPublish(ctx, advisory.caseId);
    if (refused) return refused;
    const no = decideSchedule(input.goLiveAt, ctx.now, gate);
    if (no) return no;
    const before = await store.releasesOfAdvisory(ctx.tx, advisory.id);
    if (before.some((r) => r.state === 'published' && r.advisoryDigest === advisory.digest))
      return refuse('wrong_state', 'this text is public already; draft the advisory anew to publish another version');
    const open = before.find((r) => r.state === 'scheduled');
    const release: Release = {
      id: open?.id ?? ctx.id('rel'),
      advisoryId: advisory.id,
      caseId: advisory.caseId,
      package: advisory.text.package,
      advisoryDigest: advisory.digest,
      goLiveAt: input.goLiveAt,
      state: 'scheduled',
      because: null,
      scheduledBy: ctx.actor.id,
      scheduledAt: ctx.now,
      publication: null,
      label: beforeTheHour,
    };
    await (open ? store.saveRelease : store.insertRelease)(ctx.tx, release);
    return done(release, planned('release.scheduled', release, { goLiveAt: release.goLiveAt }));
  },
  present: wire.present,
});

export const unschedule = action({
  name: 'releases.unschedule',
  at: 'POST /api/releases/:id/unschedule',
  summary: 'Take an agreed hour back.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.releaseOut,
  on: (ctx, input) => store.releaseForChange(ctx.tx, input.id),
  async run(ctx, _input, release: Release) {
    const state = (await mayPublish(ctx, release.caseId)) ?? move(releaseMoves, release.state, 'unschedule');
    if (isRefusal(state)) return state;
    const changed = { ...release, state };
    await store.saveRelease(ctx.tx, changed);
    await forgetStaged(ctx, changed);
    return done(changed, planned('release.unscheduled', changed, {}));
  },
  present: wire.present,
});

export const publishDue = action({
  name: 'releases.publishDue',
  at: 'POST /api/releases/publish-due',
  summary: 'Publish whatever has come to its hour, all of it at once.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.publishOut,
  async run(ctx) {
    const due = await store.dueReleases(ctx.tx, ctx.now, limits.followBatchRows);
    const events: Happening[] = [];
    for (const release of due) {
      const gone = await store.orUndone(ctx.tx, () => comeToItsHour(ctx, release));
      // One that breaks must not keep the others from their hour.
      events.push(...(gone instanceof Error ? await hold(ctx, release, `it could not be published: ${gone.message}`) : gone));
    }
    if (events.some((e) => e.event === 'artefact.published')) await publishRepository(ctx);
    const published = events.filter((e) => e.event === 'release.published').length;
    return done({ published, held: due.length - published }, ...events);
  },
});

export const list = action({
  name: 'releases.list',
  at: 'GET /api/releases',
  summary: 'Releases, oldest first: what is public; the clearinghouse also sees what is to come.',
  by: 'anyone',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listReleases(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const ofAdvisory = action({
  name: 'releases.ofAdvisory',
  at: 'GET /api/advisories/:advisoryId/releases',
  summary: 'Every release that an advisory had or is to have, oldest first.',
  by: ['coordinator'],
  input: wire.byAdvisory,
  output: wire.listOut,
  on: (ctx, input) => advisoryById(ctx.tx, input.advisoryId),
  async run(ctx, _input, advisory: Advisory) {
    return done({ items: await store.releasesOfAdvisory(ctx.tx, advisory.id) });
  },
  present: presentItems(wire.present),
});

export const get = action({
  name: 'releases.get',
  at: 'GET /api/releases/:id',
  summary: 'One release.',
  by: 'anyone',
  input: wire.byId,
  output: wire.releaseOut,
  on: (ctx, input) => store.releaseById(ctx.tx, input.id),
  async run(_ctx, _input, release: Release) {
    return done(release);
  },
  present: wire.present,
});

export const document = action({
  name: 'releases.document',
  at: 'GET /api/releases/:id/documents/:format',
  summary: 'A published document, byte for byte.',
  by: 'anyone',
  input: wire.documentInput,
  output: wire.documentOut,
  async run(ctx, input) {
    const found = (await store.documentsIn(ctx.tx, input.id, input.format)).find((d) => d.part === input.part);
    return found ? done(found) : refuse('not_found', 'no such thing');
  },
  present: wire.presentDocument,
});

export const feed = action({
  name: 'releases.feed',
  at: 'GET /api/feed',
  summary: 'The append-only feed from an entry on; every item proves its place in the tree that the checkpoint signs.',
  by: 'anyone',
  input: wire.feedInput,
  output: wire.feedOut,
  async run(ctx, input) {
    const { note, key, size } = await newestCheckpoint(ctx.tx, ctx.doors.keys.signer('releases'));
    const entries = withinBytes(await store.entriesAfter(ctx.tx, input.after, size, input.limit), limits.feedBytes);
    const indexes = entries.map((_, i) => input.after + i);
    const proofs = await inclusionProofs(ctx.tx, indexes, size);
    return done({ items: entries.map((entry, i) => feedItem(entry, proofs[i]!)), checkpoint: note, key, size });
  },
});

export const checkpoint = action({
  name: 'releases.checkpoint',
  at: 'GET /api/feed/checkpoint',
  summary: 'The signed checkpoint of the feed (C2SP tlog-checkpoint) and the key that verifies it.',
  by: 'anyone',
  input: wire.nothing,
  output: wire.checkpointOut,
  async run(ctx) {
    return done(await newestCheckpoint(ctx.tx, ctx.doors.keys.signer('releases')));
  },
});

/** The checkpoint of all that is published, with the cosignatures of the witnesses that have seen it so far. */
export async function newestCheckpoint(tx: Tx, signer: Signer): Promise<Checkpoint> {
  const { size, frontier } = await store.headOf(tx);
  return checkpointOf(signer, size, frontier, await cosignatureLines(tx, size));
}

/** The hour is for those who coordinate the case: whoever else of the staff reads along does not set it. */
async function mayPublish(ctx: Ctx, caseId: Release['caseId']): Promise<Refusal | undefined> {
  const of = await caseById(ctx.tx, caseId);
  return of ? mayDraft(ctx, of) : refuse('not_found', 'no such case');
}

async function gateOf(ctx: Ctx, advisory: Advisory): Promise<Gate | undefined> {
  const of = await caseById(ctx.tx, advisory.caseId);
  if (!of) return undefined;
  const { endsAt, because } = governing(of.embargo);
  const isOver = of.state === 'disclosed' || of.embargo.state === 'exited';
  const { state, digest, text } = advisory;
  return { advisory: { state, digest, tlp: text.tlp ?? 'CLEAR' }, embargo: { isOver, endsAt, because } };
}

async function comeToItsHour(ctx: Ctx, release: Release): Promise<Happening[]> {
  const advisory = await advisoryById(ctx.tx, release.advisoryId);
  const because = decideHold(release, ctx.now, advisory && (await gateOf(ctx, advisory)));
  return because !== undefined || !advisory ? hold(ctx, release, because ?? 'the advisory is gone') : goLive(ctx, release, advisory);
}

async function hold(ctx: Ctx, release: Release, because: string): Promise<Happening[]> {
  const held: Release = { ...release, state: 'held', because };
  await store.saveRelease(ctx.tx, held);
  return [planned('release.held', held, { because })];
}

async function goLive(ctx: Ctx, release: Release, advisory: Advisory): Promise<Happening[]> {
  const head = await store.lockHead(ctx.tx);
  const seq = head.size + 1;
  const earlier = (await store.newestOf(ctx.tx, advisory.id))?.bulletin;
  const at = await store.notBefore(ctx.tx, head.size, ctx.now);
  const version = { number: (earlier?.versions.length ?? 0) + 1, at, change: advisory.text.change };
  const bulletin: Bulletin = {
    trackingId: earlier?.trackingId ?? trackingIdOf(ctx.now.slice(0, 4), seq),
    status: 'final',
    text: advisory.text,
    origin: earlier?.origin ?? originOf(ctx),
    versions: [...(earlier?.versions ?? []), version],
  };
  const drafts = written(bulletin);
  const fault = faultOfDocuments(drafts, ctx.now);
  if (fault !== undefined) return hold(ctx, release, fault);
  const documents = documentsOf(drafts);
  const { carried, events } = await goLiveWith(ctx, release);
  const publication = publish(release, seq, bulletin, documents, carried);
  await store.saveRelease(ctx.tx, { ...release, state: 'published', publication, label: publicLabel });
  await store.insertDocuments(ctx.tx, release.id, documents);
  await keepOwnOsv(ctx.tx, documents, ctx.now);
  const leaf = Buffer.from(publication.leaf, 'hex');
  await insertNodes(ctx.tx, completedBy(head.frontier, head.size, leaf));
  await store.saveHead(ctx.tx, seq, appendLeaf(head.frontier, head.size, leaf));
  const { advisoryId, caseId, package: name } = release;
  const payload = { advisoryId, caseId, package: name, seq, trackingId: bulletin.trackingId, version: version.number };
  return [{ event: 'release.published', thing: release.id, label: publicLabel, payload }, ...events];
}

function planned(event: `release.${string}`, release: Release, more: object): Happening {
  const { advisoryId, caseId } = release;
  return { event, thing: release.id, label: release.label, payload: { advisoryId, caseId, ...more } };
}

export const releaseActions = [schedule, unschedule, publishDue, list, ofAdvisory, get, document, feed, checkpoint, mirrorOsv];
