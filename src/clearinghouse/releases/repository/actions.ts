import { sha256 } from '../../../base/canonical.ts';
import { type Instant, msBetween, parseInstant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import { packageOf } from '../../inventories/package-name.ts';
import { canonicalPurl } from '../../inventories/purl.ts';
import { beforeTheHour } from '../release.ts';
import { fileOf, tufKey } from './metadata.ts';
import { markStale, publishRepository, signersOfRole } from './publications/actions.ts';
import { isDue, lifetimes, metadataPath, newRole, projectOf, type TufRole } from './repository.ts';
import { decideRoot, type OnlineRole, type Root, readRoot, signersOf, trustedRoot } from './root.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const onlineKeys = action({
  name: 'repository.onlineKeys',
  at: 'GET /api/repository/online-keys',
  summary: 'The public keys with which this hub signs timestamp, snapshot and targets: what an offline root is made with.',
  by: ['coordinator'],
  input: wire.nothing,
  output: wire.onlineKeysOut,
  async run(ctx) {
    const { generation } = await store.headOf(ctx.tx);
    return done({ generation, ...keysOf(ctx, generation) });
  },
});

export const renewKeys = action({
  name: 'repository.renewKeys',
  at: 'POST /api/repository/renew-keys',
  summary: 'Make new online keys; they come into force with the next root that names them.',
  by: ['coordinator'],
  input: wire.nothing,
  output: wire.onlineKeysOut,
  async run(ctx) {
    const head = await store.lockHead(ctx.tx);
    const generation = head.generation + 1;
    await store.saveHead(ctx.tx, { ...head, generation });
    return done({ generation, ...keysOf(ctx, generation) }, ours('repository.keys-renewed', { generation }));
  },
});

export const trustRoot = action({
  name: 'repository.trustRoot',
  at: 'POST /api/repository/root',
  summary: 'Take the next root, signed offline, and publish under it whatever waits.',
  by: ['coordinator'],
  input: wire.rootInput,
  output: wire.rootOut,
  async run(ctx, input) {
    const next = readRoot(input.root);
    if (isRefusal(next)) return next;
    const head = await store.lockHead(ctx.tx);
    const before = head.root === null ? undefined : trustedRoot(head.root);
    const held = (role: OnlineRole, keyid: string) => signersOfRole(ctx, head.generation, role, [keyid]).length > 0;
    const no = decideRoot(next, before, ctx.now, held);
    if (no) return no;
    const text = fileOf(next.signed, next.signatures);
    await store.saveHead(ctx.tx, { ...head, root: text });
    await store.putFiles(ctx.tx, [{ path: metadataPath('root', next.signed.version), text }]);
    await store.staleAll(ctx.tx);
    await publishRepository(ctx);
    const { version, expires } = next.signed;
    return done(next, ours('repository.root-trusted', { version, expires, sha256: sha256(text) }));
  },
  present: presentRoot,
});

export const setKey = action({
  name: 'repository.setKey',
  at: 'POST /api/repository/keys',
  summary: 'Bind a project to an Ed25519 key of its own: what is listed for it is then signed by the project, not by the hub.',
  by: ['coordinator'],
  input: wire.keyInput,
  output: wire.roleOut,
  async run(ctx, input) {
    const purl = canonicalPurl(input.package);
    if (isRefusal(purl)) return { ...purl, at: '/package' };
    if (purl !== packageOf(purl)) return refuse('malformed', 'leave out version, qualifiers and subpath', '/package');
    await store.lockHead(ctx.tx);
    const known = await store.roleOfPackage(ctx.tx, purl);
    const isKeyed = known !== undefined && (known.key ?? known.nextKey) !== null;
    if (input.publicKey !== null && !isKeyed && (await store.countProjects(ctx.tx)).keyed >= limits.tufKeyedProjects)
      return refuse('too_many', `at most ${limits.tufKeyedProjects} projects sign for themselves`);
    const role = known ?? newRole(projectOf(purl), purl);
    const changed: TufRole =
      input.publicKey === null
        ? { ...role, key: null, nextKey: null, isStale: true, isSuspended: false }
        : { ...role, nextKey: input.publicKey === role.key ? null : input.publicKey };
    await store.saveRole(ctx.tx, changed);
    await store.saveDraft(ctx.tx, role.name, null);
    await markStale(ctx, await store.moveTargets(ctx.tx, purl, role.name));
    await publishRepository(ctx);
    return done(changed, ours('repository.key-set', { package: purl, key: input.publicKey }));
  },
  present: ({ name, package: of, key, nextKey }) => ({ name, package: of, key, nextKey }),
});

export const status = action({
  name: 'repository.status',
  at: 'GET /api/repository',
  summary: 'The root and every role of the TUF repository: versions, until when, and what waits for whom.',
  by: ['coordinator'],
  input: wire.nothing,
  output: wire.statusOut,
  async run(ctx) {
    const { root } = await store.headOf(ctx.tx);
    const roles = (await store.allRoles(ctx.tx)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return done({
      root: root === null ? null : presentRoot(trustedRoot(root)),
      roles: roles.map((r) => ({
        ...{ name: r.name, package: r.package, version: r.version, expiresAt: r.expiresAt },
        signedBy: r.key === null ? 'hub' : 'project',
        state: stateOf(r, ctx.now),
      })),
    });
  },
});

export const refresh = action({
  name: 'repository.refresh',
  at: 'POST /api/repository/refresh',
  summary: 'Sign anew what would expire, and warn of a root that will.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.refreshOut,
  async run(ctx) {
    const { root, warned } = await store.headOf(ctx.tx);
    if (root === null) return done({ published: false, warned: false });
    const published = await store.isAnyDue(ctx.tx, ctx.now);
    if (published) {
      await store.lockHead(ctx.tx);
      await publishRepository(ctx);
    }
    const { version, expires } = trustedRoot(root).signed;
    const isLate = warned < version && msBetween(ctx.now, parseInstant(expires)!) < lifetimes.root.renewMs;
    if (!isLate) return done({ published, warned: false });
    await store.saveHead(ctx.tx, { ...(await store.lockHead(ctx.tx)), warned: version });
    return done({ published, warned: true }, ours('repository.root-expiring', { version, expires }));
  },
});

function keysOf(ctx: Pick<Ctx, 'doors'>, generation: number) {
  const key = (role: OnlineRole) => tufKey(ctx.doors.keys.online(role, generation).publicKey);
  return { timestamp: key('timestamp'), snapshot: key('snapshot'), targets: key('targets') };
}

function presentRoot(root: Root) {
  const { version, expires } = root.signed;
  return { version, expires, signedBy: signersOf(root, root.signed) };
}

function stateOf(role: TufRole, now: Instant): 'current' | 'waits-for-project' | 'suspended' | 'expiring' {
  if (role.isSuspended) return 'suspended';
  if (role.nextKey !== null || (role.key !== null && role.isStale)) return 'waits-for-project';
  return role.key !== null && isDue(role.expiresAt, lifetimes.keyed.renewMs, now) ? 'expiring' : 'current';
}

/** How the repository is kept is the clearinghouse's own; what it says is public by itself. */
function ours(event: `repository.${string}`, payload: object): Happening {
  return { event, thing: 'repository', label: beforeTheHour, payload };
}

export const repositoryActions = [onlineKeys, renewKeys, trustRoot, setKey, status, refresh];
