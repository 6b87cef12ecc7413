import { sha256 } from '../../../base/canonical.ts';
import { isPublic, label, publicLabel } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { seal, unseal } from '../../../base/sealed.ts';
import { move } from '../../../base/states.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import { agentById, orgById, personById } from '../../../trust/orgs/store.ts';
import type { Advisory } from '../../advisories/advisory.ts';
import { advisoryById } from '../../advisories/store.ts';
import { ledgerLabel } from '../../cases/case.ts';
import { mayDraft } from '../../cases/participants/coordinating.ts';
import { type KeptPatch, patchById } from '../../cases/patches/store.ts';
import { caseById } from '../../cases/store.ts';
import { tierIn } from '../../cases/wire.ts';
import type { Release } from '../release.ts';
import {
  addTargets,
  decideRoom,
  draftWith,
  dropTargets,
  type NewTarget,
  publishRepository,
  signDraft,
} from '../repository/publications/actions.ts';
import { targetFilePath } from '../repository/repository.ts';
import { releasesOfAdvisory } from '../store.ts';
import {
  type Artefact,
  artefactMoves,
  type Carried,
  decideApproval,
  decideKeep,
  decideVerified,
  statementSuffix,
  targetPathOf,
} from './artefact.ts';
import { encryptForStaging, mayOpen, sealedFor } from './staging.ts';
import { type Facts, statementOf } from './statement.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const attach = action({
  name: 'artefacts.attach',
  at: 'POST /api/artefacts',
  summary:
    'Give an advisory a patch, backport, fixed build, mitigation or virtual patch; it goes live with the release once somebody else approves it.',
  by: ['maintainer', 'coordinator'],
  input: wire.attachInput,
  output: wire.artefactOut,
  on: (ctx, input) => advisoryById(ctx.tx, input.advisoryId),
  async run(ctx, input, advisory: Advisory) {
    if (tierIn({ id: advisory.caseId }, ctx.actor) > 1) return refuse('not_permitted', 'artefacts are handed in at tiers 0 and 1');
    const outside = ctx.actor.roles.includes('maintainer') ? undefined : await mayChange(ctx, advisory.caseId);
    if (outside) return outside;
    if ((input.patchId === undefined) === (input.data === undefined))
      return refuse('malformed', 'give either the case\u2019s patch or the file', '/data');
    const patch = input.patchId === undefined ? undefined : await patchById(ctx.tx, input.patchId);
    if (input.patchId !== undefined && patch?.caseId !== advisory.caseId)
      return refuse('not_found', 'no such patch in this case', '/patchId');
    if (patch && input.kind !== 'patch' && input.kind !== 'backport')
      return refuse('malformed', 'a patch of the case goes as patch or backport', '/kind');
    const no = decideVerified(input.kind, patch?.verdict ?? (patch ? null : undefined), input.reason);
    if (no) return no;
    const data = Buffer.from(input.data ?? '', 'base64');
    const file = patch ?? { blobId: ctx.id('blb'), sha256: sha256(data), bytes: data.length };
    const full = await decideSpace(ctx, advisory, file.bytes);
    if (full) return full;
    const agent = ctx.actor.kind === 'agent' ? await agentById(ctx.tx, ctx.actor.id) : undefined;
    const { kind, name, appliesTo, marking, builtBy, reason } = input;
    const artefact: Artefact = {
      ...{ id: ctx.id('art'), advisoryId: advisory.id, caseId: advisory.caseId, package: advisory.text.package, kind, name },
      ...{ blobId: file.blobId, sha256: file.sha256, bytes: file.bytes, patchId: patch?.id ?? null, appliesTo, marking, builtBy, reason },
      ...{ writtenBy: patch?.writtenBy ?? (agent ? 'ai' : input.writtenBy), attachedBy: ctx.actor.id, attachedAt: ctx.now },
      ...{ answerableId: patch?.answerableId ?? agent?.answerableId ?? ctx.actor.id, state: 'draft', approvedBy: null, approvedAt: null },
      ...{ statement: null, releaseId: null, liveAt: null, opened: null, withdrawnAt: null, withdrawnBecause: null },
      label: label('RED', advisory.caseId),
    };
    // The bytes are durable before the row that names them.
    if (!patch) await ctx.doors.blobs.put(artefact.blobId, data);
    await store.insertArtefact(ctx.tx, artefact);
    return done(artefact, said('artefact.attached', artefact, { kind, name, sha256: artefact.sha256 }));
  },
  present: wire.present,
});

export const approve = action({
  name: 'artefacts.approve',
  at: 'POST /api/artefacts/:id/approve',
  summary: 'Approve what somebody else handed in; from now on its signed statement says so, by name.',
  by: ['coordinator'],
  input: wire.approveInput,
  output: wire.artefactOut,
  on: (ctx, input) => store.artefactForChange(ctx.tx, input.id),
  async run(ctx, input, artefact: Artefact) {
    const no = (await mayChange(ctx, artefact.caseId)) ?? decideApproval(artefact, ctx.actor);
    if (no) return no;
    const state = move(artefactMoves, artefact.state, 'approve');
    if (isRefusal(state)) return state;
    if (input.sha256 !== undefined && input.sha256 !== artefact.sha256)
      return refuse('stale', 'this is not the file you have read', '/sha256');
    const bytes = await ctx.doors.blobs.get(artefact.blobId);
    if (isRefusal(bytes)) return bytes;
    if (sha256(bytes) !== artefact.sha256) return refuse('untrusted', 'the file is not what it was when it was handed in');
    const patch = artefact.patchId === null ? undefined : await patchById(ctx.tx, artefact.patchId);
    const unverified = decideVerified(artefact.kind, patch?.verdict ?? (patch ? null : undefined), artefact.reason);
    if (unverified) return unverified;
    const approved: Artefact = { ...artefact, state, approvedBy: ctx.actor.id, approvedAt: ctx.now };
    const facts = await factsOf(ctx, approved, patch);
    if (isRefusal(facts)) return facts;
    const signed = { ...approved, statement: statementOf(approved, facts, ctx.doors.keys.signer('releases')) };
    await store.saveArtefact(ctx.tx, signed);
    return done(signed, said('artefact.approved', signed, { sha256: signed.sha256, statement: sha256(signed.statement) }));
  },
  present: wire.present,
});

export const withdraw = action({
  name: 'artefacts.withdraw',
  at: 'POST /api/artefacts/:id/withdraw',
  summary: 'Take an artefact back: before the hour it never goes out, afterwards no client is offered it any more.',
  by: ['coordinator'],
  input: wire.withdrawInput,
  output: wire.artefactOut,
  on: (ctx, input) => store.artefactForChange(ctx.tx, input.id),
  async run(ctx, { because }, artefact: Artefact) {
    const outside = await mayChange(ctx, artefact.caseId);
    if (outside) return outside;
    const state = move(artefactMoves, artefact.state, 'withdraw');
    if (isRefusal(state)) return state;
    const taken: Artefact = { ...artefact, state, withdrawnAt: ctx.now, withdrawnBecause: because };
    await store.saveArtefact(ctx.tx, taken);
    if (state === 'dropped') await store.destroyKeys(ctx.tx, [artefact.id]);
    if (state === 'withdrawn') {
      await dropTargets(
        ctx,
        targetsOf(artefact).map((t) => t.path),
      );
      await publishRepository(ctx);
    }
    return done(taken, said('artefact.withdrawn', taken, { because }));
  },
  present: wire.present,
});

export const list = action({
  name: 'artefacts.list',
  at: 'GET /api/artefacts',
  summary: 'Artefacts, oldest first: what is public, and of the cases that you are read into what is to come.',
  by: 'anyone',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listArtefacts(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const get = action({
  name: 'artefacts.get',
  at: 'GET /api/artefacts/:id',
  summary: 'One artefact, as far as your tier goes; once it is public with its signed statement.',
  by: 'anyone',
  input: wire.byId,
  output: wire.artefactOut,
  on: (ctx, input) => store.artefactById(ctx.tx, input.id),
  async run(_ctx, _input, artefact: Artefact) {
    return done(artefact);
  },
  present: wire.present,
});

export const content = action({
  name: 'artefacts.content',
  at: 'GET /api/artefacts/:id/content',
  summary: 'The file itself before its hour, for whoever reviews it at tier 0 or 1.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.contentOut,
  on: (ctx, input) => store.artefactById(ctx.tx, input.id),
  async run(ctx, _input, artefact: Artefact) {
    if (!isPublic(artefact.label) && tierIn({ id: artefact.caseId }, ctx.actor) > 1) return refuse('not_found', 'no such thing');
    const bytes = await ctx.doors.blobs.get(artefact.blobId);
    if (isRefusal(bytes)) return bytes;
    const { id, name, sha256: digest } = artefact;
    return done({ id, name, sha256: digest, data: Buffer.from(bytes).toString('base64') });
  },
});

export const stage = action({
  name: 'artefacts.stage',
  at: 'POST /api/artefacts/:id/stage',
  summary: 'Encrypt an approved artefact for those who are to have it at hand at the hour; its key comes with the release.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.stagingOut,
  on: (ctx, input) => store.artefactForChange(ctx.tx, input.id),
  async run(ctx, _input, artefact: Artefact) {
    const outside = await mayChange(ctx, artefact.caseId);
    if (outside) return outside;
    if (artefact.state !== 'approved') return refuse('wrong_state', 'only an approved artefact is staged');
    if (!(await hourOf(ctx, artefact))) return refuse('wrong_state', 'agree the hour first');
    if (await store.stagingOf(ctx.tx, artefact.id)) return refuse('wrong_state', 'it is staged already');
    const bytes = await ctx.doors.blobs.get(artefact.blobId);
    if (isRefusal(bytes)) return bytes;
    const { file, identity } = await encryptForStaging(bytes);
    const blobId = ctx.id('blb');
    await ctx.doors.blobs.put(blobId, file);
    const staging = { artefactId: artefact.id, blobId, sha256: sha256(file), bytes: file.length, stagedAt: ctx.now };
    const sealed = seal(ctx.doors.keys.wrapping(), sealedFor(artefact.id), Buffer.from(identity), ctx.doors.chance(12)).toString('base64');
    await store.insertStaging(ctx.tx, staging, sealed, artefact.label);
    return done(
      { id: artefact.id, sha256: staging.sha256, bytes: staging.bytes },
      said('artefact.staged', artefact, { sha256: staging.sha256 }),
    );
  },
});

export const staged = action({
  name: 'artefacts.staged',
  at: 'GET /api/artefacts/:id/staged',
  summary: 'The encrypted file before the hour, for everybody read into the case; who took it is recorded.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.stagedOut,
  on: (ctx, input) => store.artefactById(ctx.tx, input.id),
  async run(ctx, _input, artefact: Artefact) {
    const staging = artefact.state === 'approved' ? await store.stagingOf(ctx.tx, artefact.id) : undefined;
    const goLiveAt = staging && (await ctx.acrossCompartments(() => hourOf(ctx, artefact)));
    if (!staging || !goLiveAt) return refuse('not_found', 'nothing is staged here');
    const bytes = await ctx.doors.blobs.get(staging.blobId);
    if (isRefusal(bytes)) return bytes;
    const taken = { artefactId: artefact.id, sha256: staging.sha256, personId: ctx.actor.id, orgId: ctx.actor.orgId, at: ctx.now };
    await store.insertDownload(ctx.tx, taken, ledgerLabel({ id: artefact.caseId }));
    const out = {
      id: artefact.id,
      name: `${artefact.id}.age`,
      sha256: staging.sha256,
      data: Buffer.from(bytes).toString('base64'),
      goLiveAt,
    };
    return done(out);
  },
});

export const downloads = action({
  name: 'artefacts.downloads',
  at: 'GET /api/artefacts/:id/downloads',
  summary: 'Who took the encrypted file, newest first.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.downloadsOut,
  on: (ctx, input) => store.artefactById(ctx.tx, input.id),
  async run(ctx, _input, artefact: Artefact) {
    return done({ items: await store.downloadsOf(ctx.tx, artefact.id, limits.pageRows) });
  },
});

export const draft = action({
  name: 'artefacts.draftMetadata',
  at: 'POST /api/artefacts/draft-metadata',
  summary: 'For a project that signs itself: what it is to sign so that the approved artefacts of an advisory are listed at their hour.',
  by: ['maintainer', 'coordinator'],
  input: wire.byAdvisory,
  output: wire.draftOut,
  on: (ctx, input) => advisoryById(ctx.tx, input.advisoryId),
  async run(ctx, _input, advisory: Advisory) {
    if (tierIn({ id: advisory.caseId }, ctx.actor) > 1) return refuse('not_found', 'no such thing');
    const coming = (await store.artefactsOfAdvisory(ctx.tx, advisory.id)).filter((a) => a.state === 'approved' && a.marking === 'CLEAR');
    const targets = coming.flatMap(targetsOf);
    const made = await ctx.acrossCompartments(() => draftWith(ctx, advisory.text.package, targets));
    if (!made) return refuse('wrong_state', 'the hub signs for this project');
    return done({ text: made.text, sha256: sha256(made.text), key: made.key });
  },
});

export const sign = action({
  name: 'artefacts.signMetadata',
  at: 'POST /api/artefacts/sign-metadata',
  summary: "Hand in the project's signature of what it was asked to sign.",
  by: ['maintainer', 'coordinator'],
  input: wire.signInput,
  output: wire.signedOut,
  on: (ctx, input) => advisoryById(ctx.tx, input.advisoryId),
  async run(ctx, input, advisory: Advisory) {
    if (tierIn({ id: advisory.caseId }, ctx.actor) > 1) return refuse('not_found', 'no such thing');
    const no = await ctx.acrossCompartments(() => signDraft(ctx, advisory.text.package, input.sha256, input.sig));
    if (no) return no;
    const happened = { event: 'artefact.metadata-signed' as const, thing: advisory.id, label: ledgerLabel({ id: advisory.caseId }) };
    return done({ ok: true as const }, { ...happened, payload: { sha256: input.sha256 } });
  },
});

/** What an advisory brings goes live in the transaction of its release; `publishRepository` is the caller's, once for all. */
export async function goLiveWith(ctx: Ctx, release: Release): Promise<{ readonly carried: Carried[]; readonly events: Happening[] }> {
  const [carried, events]: [Carried[], Happening[]] = [[], []];
  for (const artefact of await store.artefactsOfAdvisory(ctx.tx, release.advisoryId)) {
    if (artefact.state !== 'approved') continue;
    const patch = artefact.patchId === null ? undefined : await patchById(ctx.tx, artefact.patchId);
    const because = decideKeep(artefact, patch?.verdict ?? (patch ? null : undefined));
    if (because !== undefined) {
      events.push(said('artefact.kept-back', artefact, { because }));
      continue;
    }
    const opened = await openStaging(ctx, artefact, release);
    const live: Artefact = { ...artefact, state: 'live', releaseId: release.id, liveAt: ctx.now, opened, label: publicLabel };
    await store.saveArtefact(ctx.tx, live);
    const targets = targetsOf(live);
    await addTargets(ctx, live.package, targets);
    const [file, statement] = targets.map((t) => ({ path: targetFilePath(t.path, t.sha256), sha256: t.sha256 })) as [Line, Line];
    carried.push({ id: live.id, kind: live.kind, ...file, statement, ...(opened === null ? {} : { identity: opened }) });
    events.push(said('artefact.published', live, { kind: live.kind, sha256: live.sha256, releaseId: release.id }));
  }
  return { carried, events };
}
type Line = Carried['statement'];

/** An hour taken back: the keys of what was staged for it are destroyed, and staging anew makes new ones. */
export async function forgetStaged(ctx: Ctx, release: Release): Promise<void> {
  const waiting = (await store.artefactsOfAdvisory(ctx.tx, release.advisoryId)).filter((a) => a.state === 'approved');
  await store.destroyKeys(
    ctx.tx,
    waiting.map((a) => a.id),
  );
}

/** The only reader of the key of what was staged. */
async function openStaging(ctx: Ctx, artefact: Artefact, release: Release): Promise<string | null> {
  if (!mayOpen(release.goLiveAt, ctx.now)) throw new RangeError('before the hour nothing is opened');
  const sealed = await store.sealedKeyOf(ctx.tx, artefact.id);
  if (sealed === undefined) return null;
  const identity = unseal(ctx.doors.keys.wrapping(), sealedFor(artefact.id), Buffer.from(sealed, 'base64'));
  if (!identity) throw new TypeError('the key of a staged artefact was altered');
  return identity.toString();
}

async function hourOf(ctx: Ctx, artefact: Artefact) {
  return (await releasesOfAdvisory(ctx.tx, artefact.advisoryId)).find((r) => r.state === 'scheduled')?.goLiveAt;
}

/** What goes out with a case is for those who coordinate it: whoever else of the staff reads along changes nothing of it. */
async function mayChange(ctx: Ctx, caseId: Artefact['caseId']): Promise<Refusal | undefined> {
  const of = await caseById(ctx.tx, caseId);
  return of ? mayDraft(ctx, of) : refuse('not_found', 'no such case');
}

async function decideSpace(ctx: Ctx, advisory: Advisory, bytes: number): Promise<Refusal | undefined> {
  const kept = (await store.artefactsOfAdvisory(ctx.tx, advisory.id)).filter((a) => a.state !== 'dropped');
  if (kept.length >= limits.artefactsPerAdvisory)
    return refuse('too_many', `an advisory brings at most ${limits.artefactsPerAdvisory} artefacts`);
  if (kept.reduce((sum, a) => sum + a.bytes, bytes) > limits.artefactBytesPerAdvisory)
    return refuse('too_large', `the artefacts of an advisory have at most ${limits.artefactBytesPerAdvisory} bytes together`);
  return ctx.acrossCompartments(() => decideRoom(ctx, advisory.text.package, 2 * (kept.filter((a) => a.state !== 'live').length + 1)));
}

/** Everything in them is known at approval, so that a project can sign for them before the hour. */
function targetsOf(artefact: Artefact): [NewTarget, NewTarget] {
  const { advisoryId, kind, package: of, sha256: digest, bytes, blobId, statement } = artefact;
  if (statement === null) throw new TypeError('an artefact without a statement is not listed');
  const path = targetPathOf(artefact);
  const beside = { path: `${path}${statementSuffix}`, sha256: sha256(statement) };
  return [
    { path, sha256: digest, bytes, blobId, custom: { kind, package: of, advisory: advisoryId, statement: beside } },
    { ...beside, bytes: Buffer.byteLength(statement), text: statement, custom: { kind: 'statement', package: of, about: path } },
  ];
}

async function factsOf(ctx: Ctx, artefact: Artefact, patch: KeptPatch | undefined): Promise<Facts | Refusal> {
  const [answerable, approver] = [await named(ctx, artefact.answerableId), await named(ctx, artefact.approvedBy ?? '')];
  if (!answerable || !approver) return refuse('wrong_state', 'whoever answers for it or approves it is not a person of this hub');
  const cve = (await advisoryById(ctx.tx, artefact.advisoryId))?.text.cve ?? null;
  const held = patch?.verdict === 'verified' && patch.sha256 === artefact.sha256 ? patch : undefined;
  const check = held?.plan && held.checked ? { plan: held.plan, checked: held.checked, at: held.judgedAt ?? '' } : undefined;
  return { answerable, approver, cve, check };
}

async function named(ctx: Ctx, personId: string) {
  const person = await personById(ctx.tx, personId);
  const org = person && (await orgById(ctx.tx, person.orgId));
  return person && org ? { name: person.name, organisation: org.name } : undefined;
}

/** Before the hour under the case's ledger: not every tier is to know. */
function said(event: `artefact.${string}`, artefact: Artefact, payload: object): Happening {
  const under = isPublic(artefact.label) ? artefact.label : ledgerLabel({ id: artefact.caseId });
  return { event, thing: artefact.id, label: under, payload: { advisoryId: artefact.advisoryId, ...payload } };
}

export const artefactActions = [attach, approve, withdraw, list, get, content, stage, staged, downloads, draft, sign];
