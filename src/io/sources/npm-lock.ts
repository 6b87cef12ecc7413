import { z } from 'zod';
import type { Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { integrityPattern, npmPackage, npmVersion } from './names.ts';

type NpmSource = Extract<Source, { kind: 'npm' }>;

/** One package of an install: where it lies, which it is, and by which hash it is known. */
export interface Locked {
  /** `node_modules/a/node_modules/b` */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

const names = z.union([z.string(), z.array(z.string())]).optional();
const entrySchema = z.object({
  /** Where an alias points to; otherwise the path tells. */
  name: z.string().optional(),
  version: z.string().optional(),
  integrity: z.string().optional(),
  /** It came within its parent's own archive. */
  inBundle: z.boolean().optional(),
  link: z.boolean().optional(),
  optional: z.boolean().optional(),
  os: names,
  cpu: names,
  libc: names,
});
const lockSchema = z.object({ lockfileVersion: z.union([z.literal(2), z.literal(3)]), packages: z.record(z.string(), entrySchema) });
type Entry = z.infer<typeof entrySchema>;

const folder = '(?:@[A-Za-z0-9~][A-Za-z0-9._~-]*/)?[A-Za-z0-9~][A-Za-z0-9._~-]*';
const pathPattern = new RegExp(`^node_modules/${folder}(?:/node_modules/${folder}){0,15}$`);

/**
 * What a package-lock.json (npm's documentation of the format, version 2 and 3) says is installed on this machine, and nothing it says of where that
 * comes from. Refuses what names no archive by its hash, and a lock of something else.
 */
export function readLock(text: string, source: NpmSource): readonly Locked[] | Refusal {
  const lock = parsed(text);
  if ('refused' in lock) return lock;
  const main = lock.packages[`node_modules/${source.package}`];
  if (main?.version !== source.version)
    return refuse(
      'untrusted',
      `the lock has ${source.package} in version ${main?.version ?? 'none'}, the recipe asks for ${source.version}`,
      'lock',
    );
  if (source.integrity && main.integrity !== source.integrity)
    return refuse('untrusted', `announced is ${main.integrity}, the recipe asks for ${source.integrity}`, 'integrity');
  const entries = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.inBundle && isForHere(entry));
  if (entries.length > limits.lockedPackages) return refuse('too_many', `an install has at most ${limits.lockedPackages} packages`, 'lock');
  const found: Locked[] = [];
  for (const [path, entry] of entries) {
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13);
    const { version = '', integrity = '' } = entry;
    const isNamed = pathPattern.test(path) && npmPackage.test(name) && npmVersion.test(version);
    if (!isNamed || entry.link) return refuse('malformed', `the lock names no package of a registry at ${path.slice(0, 200)}`, 'lock');
    const sha512 = integrity.split(/\s+/, 8).find((hash) => integrityPattern.test(hash));
    if (!sha512) return refuse('untrusted', `${path} has no archive whose hash could be checked`, 'lock');
    found.push({ path, name, version, integrity: sha512 });
  }
  // A package's own archive first, then what lies within it.
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The same lock without where things came from: another registry's mirror must do. */
export function portableLock(text: string): string | Refusal {
  const lock = parsed(text);
  if ('refused' in lock) return lock;
  const packages = Object.fromEntries(Object.entries(lock.packages).filter(([path]) => path !== ''));
  return `${JSON.stringify({ lockfileVersion: 3, packages }, null, 1)}\n`;
}

function parsed(text: string): z.infer<typeof lockSchema> | Refusal {
  if (Buffer.byteLength(text) > limits.lockBytes) return refuse('too_large', `a lock holds at most ${limits.lockBytes} bytes`, 'lock');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return refuse('malformed', 'the lock is not JSON', 'lock');
  }
  const lock = lockSchema.safeParse(document);
  return lock.success
    ? lock.data
    : refuse('malformed', `the lock is no package-lock.json of version 2 or 3: ${lock.error.issues[0]?.message}`, 'lock');
}

/** npm leaves out what is optional and made for other machines. */
function isForHere({ optional, os, cpu, libc }: Entry): boolean {
  if (!optional) return true;
  return allows(os, 'linux') && allows(cpu, process.arch) && allows(libc, 'glibc');
}

function allows(listed: string | readonly string[] | undefined, here: string): boolean {
  const list = listed === undefined ? [] : typeof listed === 'string' ? [listed] : listed;
  if (list.includes(`!${here}`)) return false;
  return list.every((name) => name.startsWith('!')) || list.includes(here) || list.includes('any');
}
