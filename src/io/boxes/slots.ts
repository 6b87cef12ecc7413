import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One run's place: a directory of its own and a host uid nobody else has meanwhile. */
export interface Slot {
  readonly uid: number;
  readonly dir: string;
  /** Names the run's control group. */
  readonly name: string;
}

/** Above every uid a distribution hands out to people or to /etc/subuid's first users. */
const firstUid = 700_000;
const uidsPerHub = 1000;
const hubs = 1000;
const runUids = 600;
let sequence = 0;

/** Each store has its own uids, so that two hubs on one machine do not meet. */
export function uidBase(dir: string): number {
  return firstUid + (createHash('sha256').update(dir).digest().readUInt32BE() % hubs) * uidsPerHub;
}

export const workspaceUids = { offset: runUids, count: uidsPerHub - runUids } as const;

function groupName(dir: string, uid: number): string {
  return `${createHash('sha256').update(dir).digest('hex').slice(0, 8)}-${uid}`;
}

/** Takes a free place. The owner is written before the place exists, so that a crash never leaves a place of nobody. */
export async function takeSlot(dir: string): Promise<Slot> {
  const runs = join(dir, 'runs');
  const fresh = join(runs, `.new-${process.pid}-${sequence++}`);
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  await writeFile(join(fresh, 'owner'), `${process.pid} ${startOf(process.pid)}`);
  const base = uidBase(dir);
  for (let i = 0; i < runUids; i++) {
    const uid = base + ((process.pid + sequence + i) % runUids);
    const place = join(runs, String(uid));
    try {
      await rename(fresh, place);
      return { uid, dir: place, name: groupName(dir, uid) };
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw cause;
    }
  }
  await rm(fresh, { recursive: true });
  throw new Error(`all ${runUids} places for boxes are taken`);
}

/** Places whose worker is dead: its process is gone, or its number was given to another. */
export async function deadSlots(dir: string): Promise<Slot[]> {
  const names = await readdir(join(dir, 'runs')).catch(() => []);
  const dead: Slot[] = [];
  for (const name of names.filter((n) => /^\d+$/.test(n))) {
    const owner = await readFile(join(dir, 'runs', name, 'owner'), 'utf8').catch(() => '');
    const [pid, start] = owner.split(' ');
    if (startOf(Number(pid)) !== start) dead.push({ uid: Number(name), dir: join(dir, 'runs', name), name: groupName(dir, Number(name)) });
  }
  return dead;
}

/** When a process began, in clock ticks since boot (proc(5), field 22); empty when there is none or only a zombie. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
