import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A real npm project in production use: what the operator runs, and makes its SBOM from. */
export interface NpmProject {
  readonly name: string;
  sbom(): Promise<string>;
  update(dependency: string): Promise<void>;
}

/**
 * http-server 0.12.3 from the npm registry, locked the way it was when minimist 1.2.5 was the newest: only the lock file is made,
 * nothing of it is installed or run.
 */
export async function httpServerProject(dir: string): Promise<NpmProject> {
  await mkdir(dir, { recursive: true });
  const inside = { cwd: join(dir, 'package'), maxBuffer: 64 * 1024 * 1024 };
  const quiet = ['--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  await run('npm', ['pack', 'http-server@0.12.3', '--silent'], { cwd: dir });
  await run('tar', ['xzf', 'http-server-0.12.3.tgz'], { cwd: dir });
  await run('npm', ['pkg', 'delete', 'devDependencies'], inside);
  await run('npm', ['install', 'minimist@1.2.5', ...quiet], inside);
  return {
    name: 'http-server 0.12.3',
    async sbom() {
      const [command, ...args] = await npmWithSbom();
      return (await run(command, [...args, 'sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'], inside)).stdout;
    },
    async update(dependency) {
      await run('npm', ['update', dependency, ...quiet], inside);
    },
  };
}

/** `npm sbom` came with npm 10; Debian 12 has npm 9. */
async function npmWithSbom(): Promise<[string, ...string[]]> {
  const { stdout } = await run('npm', ['--version']);
  return Number(stdout.split('.')[0]) >= 10 ? ['npm'] : ['npm', 'exec', '--yes', '--', 'npm@11.19.1'];
}
