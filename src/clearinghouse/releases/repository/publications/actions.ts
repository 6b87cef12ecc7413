import { canonical, sha256 } from '../../../../base/canonical.ts';
import type { Id } from '../../../../base/id.ts';
import { type Instant, parseInstant, plusMs } from '../../../../base/instant.ts';
import { limits } from '../../../../base/limits.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import type { Signer } from '../../../../base/signature.ts';
import type { Ctx } from '../../../../trust/action.ts';
import {
  fileOf,
  keyIdOf,
  roleFile,
  type Signature,
  type Signed,
  specVersion,
  type TargetsMetadata,
  tufKey,
  tufKeyOf,
  tufTime,
} from '../metadata.ts';
import {
  binOf,
  type Draft,
  delegationsOf,
  draftFor,
  isDue,
  lifetimes,
  metadataPath,
  newRole,
  projectOf,
  signedDraft,
  type TufRole,
  targetFilePath,
  targetsMetadata,
} from '../repository.ts';
import { isSignedWith, type OnlineRole, onlineRoles, trustedRoot } from '../root.ts';
import * as store from '../store.ts';

/** What a release lists: its bytes, or where they lie. */
export type NewTarget = store.RoleTarget & ({ readonly text: string } | { readonly blobId: Id<'blb'> });

/** From now on downloadable, and listed with the next publication. */
export async function addTargets(ctx: Ctx, of: string, targets: readonly NewTarget[]): Promise<void> {
  await store.lockHead(ctx.tx);
  const files = targets.map((t) => ({
    path: targetFilePath(t.path, t.sha256),
    ...('text' in t ? { text: t.text } : { blobId: t.blobId }),
  }));
  await store.putFiles(ctx.tx, files);
  const own = await roleFor(ctx, of, targets.length);
  for (const [role, group] of Map.groupBy(targets, (t) => own ?? binOf(t.path))) {
    const rows = group.map(({ path, sha256: digest, bytes, custom }) => ({ path, sha256: digest, bytes, custom }));
    await store.insertTargets(ctx.tx, role, of, rows);
    await markStale(ctx, [role]);
  }
}

/** Listed no more from the next publication on. The files stay: what is immutable is in mirrors, and its digest in the log. */
export async function dropTargets(ctx: Ctx, paths: readonly string[]): Promise<void> {
  await store.lockHead(ctx.tx);
  await markStale(ctx, await store.deleteTargets(ctx.tx, paths));
}

/** A project's own role, as long as there is room for one and in it; undefined: by hash. */
async function roleFor(ctx: Ctx, of: string, more: number): Promise<string | undefined> {
  const known = await store.roleOfPackage(ctx.tx, of);
  const isKeyed = known !== undefined && (known.key ?? known.nextKey) !== null;
  if (known) return isKeyed || (await hasRoom(ctx, known, more)) ? known.name : undefined;
  if ((await store.countProjects(ctx.tx)).hub >= limits.tufProjects) return undefined;
  const role = newRole(projectOf(of), of);
  await store.saveRole(ctx.tx, role);
  return role.name;
}

async function hasRoom(ctx: Ctx, role: TufRole, more: number): Promise<boolean> {
  return (await store.countTargets(ctx.tx, role.name)) + more <= limits.tufTargetsPerProject;
}

/** The hub's own roles overflow into those by hash; one that a project signs cannot. */
export async function decideRoom(ctx: Ctx, of: string, more: number): Promise<Refusal | undefined> {
  const role = await store.roleOfPackage(ctx.tx, of);
  if (!role || (role.key ?? role.nextKey) === null || (await hasRoom(ctx, role, more))) return undefined;
  return refuse(
    'too_many',
    `a project that signs itself lists at most ${limits.tufTargetsPerProject} targets; withdraw what is superseded`,
  );
}

export async function markStale(ctx: Ctx, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const role = (await store.roleNamed(ctx.tx, name)) ?? newRole(name, null);
    await store.saveRole(ctx.tx, { ...role, isStale: true });
  }
}

/** What a project with a key of its own is to sign so that these targets are listed too; undefined: the hub signs. */
export async function draftWith(ctx: Ctx, of: string, more: readonly store.RoleTarget[]): Promise<Draft | undefined> {
  await store.lockHead(ctx.tx);
  const role = await store.roleOfPackage(ctx.tx, of);
  if (!role) return undefined;
  const targets = await store.targetsOf(ctx.tx, role.name);
  for (const { path, sha256: digest, bytes, custom } of more) targets.set(path, { length: bytes, hashes: { sha256: digest }, custom });
  const draft = draftFor(role, targets, ctx.now);
  if (draft) await store.saveDraft(ctx.tx, role.name, draft);
  return draft;
}

/** Takes the project's signature; what it signed is published as soon as all of it is public. */
export async function signDraft(ctx: Ctx, of: string, digest: string, sig: string): Promise<Refusal | undefined> {
  await store.lockHead(ctx.tx);
  const role = await store.roleOfPackage(ctx.tx, of);
  const draft = role && (await store.draftOf(ctx.tx, role.name));
  if (!role || !draft) return refuse('wrong_state', 'there is nothing to sign');
  if (sha256(draft.text) !== digest) return refuse('stale', 'this is not what is to be signed now', '/sha256');
  if (!isSignedWith(tufKeyOf(draft.key), Buffer.from(draft.text), sig))
    return refuse('untrusted', "not signed by the project's key", '/sig');
  await store.saveDraft(ctx.tx, role.name, { ...draft, sig });
  await markStale(ctx, [role.name]);
  await publishRepository(ctx);
  return undefined;
}

/** The hub's own signers among these keys, newest first. */
export function signersOfRole(ctx: Pick<Ctx, 'doors'>, generation: number, role: OnlineRole, keyids: readonly string[]): Signer[] {
  const all = Array.from({ length: generation + 1 }, (_, i) => ctx.doors.keys.online(role, generation - i));
  return all.filter((signer) => keyids.includes(keyIdOf(tufKey(signer.publicKey))));
}

interface Under {
  readonly ctx: Ctx;
  signers(role: OnlineRole): readonly Signer[];
}

/**
 * Signs whatever is stale or due: roles of projects, then targets, snapshot and timestamp, each before what names it.
 * All of it is in the caller's transaction: a version is given out together with its bytes, or not at all.
 */
export async function publishRepository(ctx: Ctx): Promise<void> {
  const { root, generation } = await store.lockHead(ctx.tx);
  // Without a root nobody could believe it; what is listed meanwhile is published with the first.
  if (root === null) return;
  const { roles: named } = trustedRoot(root).signed;
  const under: Under = { ctx, signers: (role) => signersOfRole(ctx, generation, role, named[role].keyids) };
  const known = await store.allRoles(ctx.tx);
  const top = (name: OnlineRole) => known.find((r) => r.name === name) ?? newRole(name, null);
  const listed: TufRole[] = [];
  for (const role of known) if (!(onlineRoles as readonly string[]).includes(role.name)) listed.push(await signListing(under, role));
  const [hubSigner] = under.signers('targets') as [Signer];
  const targets = await signAnew(under, top('targets'), 'targets', (version, expiresAt) =>
    targetsMetadata(version, expiresAt, new Map(), delegationsOf(listed, tufKey(hubSigner.publicKey))),
  );
  const snapshot = await signAnew(under, top('snapshot'), 'snapshot', (version, expiresAt) => {
    const meta = Object.fromEntries([targets, ...listed].filter((r) => r.version > 0).map((r) => [`${r.name}.json`, metaOf(r)]));
    return { _type: 'snapshot', spec_version: specVersion, version, expires: tufTime(expiresAt), meta };
  });
  await signAnew(under, top('timestamp'), 'timestamp', (version, expiresAt) => {
    const meta = { 'snapshot.json': metaOf(snapshot) };
    return { _type: 'timestamp', spec_version: specVersion, version, expires: tufTime(expiresAt), meta };
  });
}

function metaOf({ version, bytes, sha256: digest }: TufRole) {
  return { version, length: bytes ?? 0, hashes: { sha256: digest ?? '' } };
}

/** The role of a project, or one by hash. */
async function signListing(under: Under, role: TufRole): Promise<TufRole> {
  const { ctx } = under;
  const isHubs = role.key === null;
  if (!role.isStale && !(isHubs && role.version > 0 && isDue(role.expiresAt, lifetimes.targets.renewMs, ctx.now))) return role;
  const targets = await store.targetsOf(ctx.tx, role.name);
  const taken = (role.key ?? role.nextKey) !== null && signedDraft(role, await store.draftOf(ctx.tx, role.name), targets);
  if (taken) {
    const { metadata, signature } = taken;
    const changed = { ...role, key: role.nextKey ?? role.key, nextKey: null, isSuspended: false };
    await store.saveDraft(ctx.tx, role.name, null);
    return keep(ctx, changed, metadata, fileOf(metadata, [signature]), parseInstant(metadata.expires)!);
  }
  if (role.version === 0 && targets.size === 0) {
    await store.saveRole(ctx.tx, { ...role, isStale: false });
    return role;
  }
  if (isHubs) return signAnew(under, role, 'targets', (version, expiresAt) => targetsMetadata(version, expiresAt, targets));
  const last = (await lastOf(ctx, role))?.signed as TargetsMetadata;
  const isSame = canonical(last.targets) === canonical(Object.fromEntries(targets));
  const changed = { ...role, isStale: !isSame, isSuspended: Object.keys(last.targets).some((path) => !targets.has(path)) };
  await store.saveRole(ctx.tx, changed);
  return changed;
}

/** A new version, unless the last one says the same under the same keys and is good for a while. */
async function signAnew(
  under: Under,
  role: TufRole,
  by: OnlineRole,
  make: (version: number, expiresAt: Instant) => Signed,
): Promise<TufRole> {
  const { ctx } = under;
  const { lastsMs, renewMs } = lifetimes[by];
  const signers = by === 'targets' && role.name !== 'targets' ? under.signers(by).slice(0, 1) : under.signers(by);
  const expiresAt = plusMs(ctx.now, lastsMs);
  const next = make(role.version + 1, expiresAt);
  const text = roleFile(next, signers);
  const last = await lastOf(ctx, role);
  const isSame = last && essence(last) === essence(JSON.parse(text));
  if (!isSame || isDue(role.expiresAt, renewMs, ctx.now)) return keep(ctx, { ...role, isSuspended: false }, next, text, expiresAt);
  const seen = { ...role, isStale: false, isSuspended: false };
  await store.saveRole(ctx.tx, seen);
  return seen;
}

interface File {
  readonly signatures: readonly Signature[];
  readonly signed: Signed;
}

async function lastOf(ctx: Ctx, role: TufRole): Promise<File | undefined> {
  if (role.version === 0) return undefined;
  const text = await store.textOf(ctx.tx, metadataPath(role.name, role.version));
  return text === undefined ? undefined : (JSON.parse(text) as File);
}

/** What a file says, and who says it, whatever its version. */
function essence({ signed, signatures }: File): string {
  return canonical([signatures.map((s) => s.keyid), { ...signed, version: 0, expires: '' }]);
}

async function keep(ctx: Ctx, role: TufRole, signed: Signed, text: string, expiresAt: Instant): Promise<TufRole> {
  const next = { ...role, version: signed.version, sha256: sha256(text), bytes: Buffer.byteLength(text), expiresAt, isStale: false };
  await store.putFiles(ctx.tx, [{ path: metadataPath(role.name, signed.version), text }]);
  await store.saveRole(ctx.tx, next);
  return next;
}
