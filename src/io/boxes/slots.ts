import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
export function takeSlot(dir: string): Slot {
  const runs = join(dir, 'runs');
  const fresh = join(runs, `.new-${process.pid}-${sequence++}`);
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(join(fresh, 'owner'), ownWords());
    const base = uidBase(dir);
    for (let i = 0; i < runUids; i++) {
      const uid = base + ((process.pid + sequence + i) % runUids);
      const place = join(runs, String(uid));
      if (moved(fresh, place)) return { uid, dir: place, name: groupName(dir, uid) };
    }
    throw new Error(`all ${runUids} places for boxes are taken`);
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    throw cause;
  }
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw cause;
  }
}

let words: string | undefined;
/** This process and when it began: numbers are given again. */
function ownWords(): string {
  words ??= `${process.pid} ${startOf(process.pid)}`;
  return words;
}

/** Places whose worker is dead: its process is gone, or its number was given to another. */
export function deadSlots(dir: string): Slot[] {
  const runs = join(dir, 'runs');
  const dead: Slot[] = [];
  for (const name of existsSync(runs) ? readdirSync(runs) : []) {
    const place = join(runs, name);
    const started = /^\.new-(\d+)-/.exec(name);
    if (started) {
      // A worker died before it had a place.
      if (startOf(Number(started[1])) === '') rmSync(place, { recursive: true, force: true });
    } else if (/^\d+$/.test(name)) {
      const [pid, start] = ownerOf(place).split(' ');
      if (start === undefined || startOf(Number(pid)) !== start)
        dead.push({ uid: Number(name), dir: place, name: groupName(dir, Number(name)) });
    }
  }
  return dead;
}

function ownerOf(place: string): string {
  try {
    return readFileSync(join(place, 'owner'), 'utf8');
  } catch {
    // Given back since we looked.
    return existsSync(place) ? '' : ownWords();
  }
}

/** When a process began, in clock ticks since boot (proc(5), field 22); empty when there is none or only a zombie. */
export function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
