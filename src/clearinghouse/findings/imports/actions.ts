import { sha256 } from '../../../base/canonical.ts';
import type { Id } from '../../../base/id.ts';
import { day, plusMs } from '../../../base/instant.ts';
import { label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import { happened, receive, submitters } from '../intake/actions.ts';
import { bytesOf, type Given, isMendable, type Quarantined, readGiven } from './import.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const importDocument = action({
  name: 'findings.import',
  at: 'POST /api/findings/import',
  summary: 'Hand in a document of any format that is read: SARIF, OSV, CSAF, TAP, scanners’ own reports, zipped bundles.',
  by: submitters,
  input: wire.importInput,
  output: wire.importOut,
  async run(ctx, input) {
    const given = wire.givenOf(input);
    if (isRefusal(given)) return given;
    const taken = await take(ctx, given, input.quarantine ? { upload: null, entry: null } : undefined);
    return isRefusal(taken) ? taken : done(taken, ...eventsOf(taken));
  },
  present: wire.presentImported,
});

/** One entry of a stream; app/bulk.ts runs it under a key of its own, so that an entry sent again is answered as it was before. */
export const bulkEntry = action({
  name: 'findings.bulkEntry',
  at: 'POST /api/findings/bulk/:upload/:entry',
  summary: 'Take in one entry of a stream of documents.',
  by: submitters,
  internal: true,
  input: wire.bulkEntryInput,
  output: wire.importOut,
  async run(ctx, input) {
    const { upload: name, entry } = input;
    const given = wire.givenOf(input);
    if (isRefusal(given)) return given;
    const known = await store.uploadNamed(ctx.tx, ctx.actor.id, name);
    // Past it, replies to its entries may be forgotten, and what is sent again would be taken in twice.
    if (known && plusMs(known.beganAt, limits.keptReplyDays * day) <= ctx.now)
      return refuse(
        'expired',
        `an upload may be gone on with for ${limits.keptReplyDays} days; send the rest under another name`,
        'Upload-Id',
      );
    const taken = await take(ctx, given, { upload: name, entry });
    if (isRefusal(taken)) return taken;
    const orgId = ctx.actor.orgId as Id<'org'>;
    const counts = { received: taken.received.length, quarantined: taken.quarantined ? 1 : 0, skipped: taken.skipped };
    const place = { actorId: ctx.actor.id, name, orgId, nextEntry: entry + 1, label: label('RED', orgId) };
    await store.saveUpload(ctx.tx, { ...place, ...counts, beganAt: ctx.now, lastAt: ctx.now });
    return done(taken, ...eventsOf(taken));
  },
  present: wire.presentImported,
});

export const bulkState = action({
  name: 'findings.bulkState',
  at: 'GET /api/findings/bulk/:upload',
  summary: 'How far a stream of documents of yours has come: which entry to send next.',
  by: submitters,
  input: wire.byUpload,
  output: wire.uploadOut,
  on: (ctx, input) => store.uploadNamed(ctx.tx, ctx.actor.id, input.upload),
  async run(_ctx, _input, upload) {
    return done(upload);
  },
  present: wire.presentUpload,
});

export const quarantined = action({
  name: 'findings.quarantined',
  at: 'GET /api/findings/quarantined',
  summary: 'Documents of yours that could not be read, with the reasons, oldest first; coordinators see all.',
  by: 'signed-in',
  input: wire.page,
  output: wire.quarantinedListOut,
  async run(ctx, input) {
    return done({ items: await store.listQuarantined(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.presentQuarantined),
});

export const quarantinedDocument = action({
  name: 'findings.quarantinedDocument',
  at: 'GET /api/findings/quarantined/:id',
  summary: 'One document that could not be read, in base64, as it was sent.',
  by: 'signed-in',
  input: wire.byQuarantined,
  output: wire.quarantinedDocumentOut,
  on: (ctx, input) => store.quarantinedById(ctx.tx, input.id),
  async run(ctx, _input, kept) {
    const bytes = await ctx.doors.blobs.get(kept.blobId);
    return isRefusal(bytes) ? bytes : done({ kept, data: Buffer.from(bytes).toString('base64') });
  },
  present: ({ kept, data }) => ({ ...wire.presentQuarantined(kept), data }),
});

export const discardQuarantined = action({
  name: 'findings.discardQuarantined',
  at: 'POST /api/findings/quarantined/:id/discard',
  summary: 'Erase a document of yours that could not be read.',
  by: submitters,
  input: wire.byQuarantined,
  output: wire.quarantinedOut,
  // Staff reads it; only its own organisation erases it.
  async on(ctx, input) {
    const kept = await store.quarantinedById(ctx.tx, input.id);
    return kept?.orgId === ctx.actor.orgId ? kept : undefined;
  },
  async run(ctx, _input, kept) {
    await store.deleteQuarantined(ctx.tx, kept.id);
    await ctx.doors.blobs.erase(kept.blobId);
    return done(kept, { event: 'finding.quarantine-discarded', thing: kept.id, label: kept.label, payload: { sha256: kept.sha256 } });
  },
  present: wire.presentQuarantined,
});

interface Place {
  readonly upload: string | null;
  readonly entry: number | null;
}

/** Reads and receives; what cannot be read is kept when there is a place for it, else refused with nothing stored. */
async function take(ctx: Ctx, given: Given, place: Place | undefined): Promise<wire.Imported | Refusal> {
  const read = readGiven(given);
  if (!isRefusal(read)) return { ...read, received: await receive(ctx, read.drafts) };
  const at = `/document${read.at?.startsWith('/') ? read.at : ''}`;
  if (place === undefined || !isMendable(read)) return read.at?.startsWith('/') === false ? read : { ...read, at };
  const kept = await quarantine(ctx, given, read, place);
  return isRefusal(kept) ? kept : { format: null, received: [], skipped: 0, notes: [], quarantined: kept };
}

async function quarantine(ctx: Ctx, given: Given, reason: Refusal, place: Place): Promise<Quarantined | Refusal> {
  const orgId = ctx.actor.orgId as Id<'org'>;
  const bytes = bytesOf(given);
  const held = await store.quarantineOf(ctx.tx, orgId);
  // The new one is refused, out loud: to drop the oldest would lose what its sender was told is kept.
  if (held.count >= limits.quarantinedPerOrg || held.bytes + bytes.length > limits.quarantinedBytes)
    return refuse('too_many', `${reason.because}; and the quarantine is full: mend or discard what lies there (findings.quarantined)`);
  const blobId = ctx.id('blb');
  await ctx.doors.blobs.put(blobId, bytes);
  const kept: Quarantined = {
    id: ctx.id('qrn'),
    orgId,
    reporterId: ctx.actor.id,
    format: given.format ?? null,
    code: reason.code,
    because: reason.because,
    at: reason.at ?? null,
    ...place,
    blobId,
    sha256: sha256(bytes),
    bytes: bytes.length,
    label: label('RED', orgId),
    quarantinedAt: ctx.now,
  };
  await store.insertQuarantined(ctx.tx, kept);
  return kept;
}

function eventsOf({ received, quarantined: kept }: wire.Imported): Happening[] {
  const happenings = received.map(happened);
  if (!kept) return happenings;
  const payload = { code: kept.code, sha256: kept.sha256, bytes: kept.bytes };
  return [...happenings, { event: 'finding.quarantined', thing: kept.id, label: kept.label, payload }];
}

export const importActions = [importDocument, bulkEntry, bulkState, quarantined, quarantinedDocument, discardQuarantined];
