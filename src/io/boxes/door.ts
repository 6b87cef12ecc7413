import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';
import type { BoxDoor } from '../../base/doors.ts';
import type { Bind } from './command.ts';
import type { Programs } from './native.ts';
import { asRoot } from './runtime.ts';
import type { Slot } from './slots.ts';

/** What fits into an address of the kernel's (unix(7)). */
const socketPathBytes = 107;

/** A socket that only this box's user may reach, seen in the box at one place; and before the target, the bridge that leads to it. */
export async function openDoor(door: BoxDoor, slot: Slot, uid: number, programs: Programs) {
  const path = join(slot.dir, 'door');
  if (Buffer.byteLength(path) > socketPathBytes) throw new Error(`the path of a door may have ${socketPathBytes} bytes: ${path}`);
  const close = await door.open(path);
  try {
    await chmod(path, 0o600);
    if (asRoot) await chown(path, uid, uid);
  } catch (cause) {
    await close();
    throw cause;
  }
  const binds: readonly Bind[] = [
    { from: path, at: door.at, writable: false, isFile: true },
    { from: programs.bridge, at: '/.sbxbridge', writable: false, isFile: true },
  ];
  return { close, binds, before: ['/.sbxbridge', door.at, String(door.port)] };
}
