import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Programs {
  /** Where they lie. */
  readonly dir: string;
  readonly launch: string;
  readonly spawn: string;
  readonly init: string;
  readonly guest: string;
  readonly probe: string;
  readonly bridge: string;
}

/** Compiles our C programs at first use, into a file named by what they were made from. */
export async function nativePrograms(dir: string): Promise<Programs> {
  const programs = await Promise.all(
    ['sbxlaunch', 'sbxinit', 'sbxguest', 'sbxprobe', 'sbxbridge', 'sbxspawn'].map((name) => compiled(dir, name)),
  );
  const [launch, init, guest, probe, bridge, spawn] = programs as [string, string, string, string, string, string];
  return { dir: join(dir, 'bin'), launch, init, guest, probe, bridge, spawn };
}

async function compiled(dir: string, name: string): Promise<string> {
  const source = join(import.meta.dirname, 'native', `${name}.c`);
  const parts = await Promise.all([source, join(import.meta.dirname, 'native', 'init.h')].map((file) => readFile(file)));
  const digest = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
  const program = join(dir, 'bin', `${name}-${digest}`);
  if (await exists(program)) return program;
  await mkdir(join(dir, 'bin'), { recursive: true });
  const fresh = `${program}.${process.pid}`;
  try {
    await compile(source, fresh);
    await chmod(fresh, 0o755);
    await rename(fresh, program);
  } finally {
    await rm(fresh, { force: true });
  }
  return program;
}

async function compile(source: string, to: string): Promise<void> {
  const failures: string[] = [];
  // Static first: then the box's own programs do not depend on which libraries a box shows.
  for (const flags of [['-static'], []])
    for (const compiler of ['clang', 'gcc']) {
      try {
        await run(compiler, ['-O2', ...flags, '-o', to, source]);
        return;
      } catch (cause) {
        failures.push(`${compiler}: ${(cause as Error).message.split('\n')[0]}`);
      }
    }
  throw new Error(`no C compiler works (${failures.join('; ')})`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
