import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../base/limits.ts';
import { type Slot, uidBase, workspaceUids } from './slots.ts';
import { insistOnTool, tool } from './tool.ts';

/** Disk that a box may write to. As root each is a tmpfs of a fixed size; otherwise the kernel offers no bound and the probe says so. */
export const diskIsBounded = process.getuid?.() === 0;

/** A place for the private copies of one run. */
export async function scratch(slot: Slot): Promise<string> {
  const dir = join(slot.dir, 'scratch');
  await mkdir(dir, { mode: 0o700 });
  if (diskIsBounded) await mountTmpfs(dir, limits.treeBytes, 0);
  return dir;
}

/** A writable copy, owned by the run; times are kept because make(1) decides by them. */
export async function privateCopy(tree: string, to: string, uid: number): Promise<void> {
  await insistOnTool('cp', ['-a', '--no-preserve=ownership', '--', tree, to]);
  if (diskIsBounded) await insistOnTool('chown', ['-hR', `${uid}:${uid}`, '--', to]);
}

export async function removeSlot(slot: Slot): Promise<void> {
  const copies = join(slot.dir, 'scratch');
  // Few files and all of them ours: asked one by one they would take longer than the run before them.
  if (!existsSync(copies)) return rmSync(slot.dir, { recursive: true, force: true });
  await unmount(copies);
  await removeHostile(slot.dir);
}

interface Workspace {
  readonly dir: string;
  readonly uid: number;
}

const opening = new Map<string, Promise<void>>();
const placeOf = (dir: string, owner: string) => join(dir, 'workspaces', createHash('sha256').update(owner).digest('hex'));

/** The workspace of an owner, made empty at first use. Its size is fixed then. One at a time, or it would be mounted twice. */
export function workspace(dir: string, owner: string, maxBytes: number): Promise<Workspace> {
  const before = opening.get(owner) ?? Promise.resolve();
  const next = before.then(() => openWorkspace(dir, owner, maxBytes));
  const settled = next.then(
    () => {},
    () => {},
  );
  opening.set(owner, settled);
  void settled.then(() => opening.get(owner) === settled && opening.delete(owner));
  return next;
}

async function openWorkspace(dir: string, owner: string, maxBytes: number): Promise<Workspace> {
  const place = placeOf(dir, owner);
  const known = await readFile(join(place, 'uid'), 'utf8').catch(() => undefined);
  const data = join(place, 'data');
  if (known !== undefined) {
    // A reboot takes the tmpfs away; the workspace is then empty again, but still bounded.
    if (diskIsBounded && !(await isMounted(data))) await mountTmpfs(data, maxBytes, Number(known));
    return { dir: data, uid: Number(known) };
  }
  const uid = await takeWorkspaceUid(dir, place);
  const fresh = `${place}.new-${uid}`;
  await mkdir(join(fresh, 'data'), { recursive: true, mode: 0o700 });
  await writeFile(join(fresh, 'uid'), String(uid));
  try {
    await rename(fresh, place);
  } catch {
    await rm(fresh, { recursive: true });
    await rm(join(dir, 'workspace-uids', String(uid)), { force: true });
    return openWorkspace(dir, owner, maxBytes);
  }
  if (diskIsBounded) await mountTmpfs(data, maxBytes, uid);
  return { dir: data, uid };
}

export async function discardWorkspace(dir: string, owner: string): Promise<void> {
  const place = placeOf(dir, owner);
  const uid = await readFile(join(place, 'uid'), 'utf8').catch(() => undefined);
  await unmount(join(place, 'data'));
  await removeHostile(place);
  if (uid) await rm(join(dir, 'workspace-uids', uid), { force: true });
}

/** One uid per workspace: files left there must belong to no other box. */
async function takeWorkspaceUid(dir: string, place: string): Promise<number> {
  const register = join(dir, 'workspace-uids');
  await mkdir(register, { recursive: true, mode: 0o700 });
  await mkdir(join(dir, 'workspaces'), { recursive: true, mode: 0o700 });
  const taken = new Set(await readdir(register));
  for (let i = 0; i < workspaceUids.count; i++) {
    const uid = uidBase(dir) + workspaceUids.offset + i;
    if (taken.has(String(uid))) continue;
    try {
      await writeFile(join(register, String(uid)), place, { flag: 'wx' });
      return uid;
    } catch {
      // another worker was faster
    }
  }
  throw new Error(`all ${workspaceUids.count} workspaces are taken`);
}

async function mountTmpfs(at: string, bytes: number, uid: number): Promise<void> {
  const options = `size=${bytes},nr_inodes=${limits.treeFiles * 2},mode=0700,uid=${uid},gid=${uid},nosuid,nodev`;
  await insistOnTool('mount', ['-t', 'tmpfs', '-o', options, 'breakwater', at]);
  if (uid) await chown(at, uid, uid);
}

async function isMounted(at: string): Promise<boolean> {
  // Most runs have no scratch: asking the kernel's list then would cost a process each.
  if (!(await stat(at).catch(() => undefined))) return false;
  return (await tool('mountpoint', ['-q', at])).ok;
}

async function unmount(at: string): Promise<void> {
  if (!diskIsBounded || !(await isMounted(at))) return;
  // Lazily when something of the kernel's still holds it: nobody can reach it any more.
  if (!(await tool('umount', [at])).ok) await tool('umount', ['-l', at]);
}

/** What a box wrote may hold directories without any rights. */
async function removeHostile(dir: string): Promise<void> {
  try {
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await tool('chmod', ['-R', 'u+rwX', dir]);
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
