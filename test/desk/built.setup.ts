import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The desk as it is built for people, and where its browser listens. */
    desk: { readonly dir: string; readonly browser: string } | undefined;
  }
}

const executablePath = process.env.BREAKWATER_CHROMIUM ?? '/usr/bin/chromium';

/** One build and one browser for the whole test run; each visit has a context of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(executablePath)) {
    console.warn(`no Chromium at ${executablePath}: the desk is not tested (apt-get install chromium)`);
    return async () => {};
  }
  const dir = mkdtempSync(join(tmpdir(), 'bw-desk-'));
  buildDesk(join(dir, 'desk'));
  const args = ['--no-sandbox', '--headless', '--disable-gpu', '--disable-dev-shm-usage'];
  const server = await chromium.launchServer({ executablePath, args, host: '127.0.0.1' });
  project.provide('desk', { dir: join(dir, 'desk'), browser: server.wsEndpoint() });
  return async () => {
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  };
}

function buildDesk(outDir: string): void {
  const build = spawnSync(process.execPath, ['../node_modules/vite/bin/vite.js', 'build', '--outDir', outDir], {
    cwd: join(import.meta.dirname, '../../web'),
    encoding: 'utf8',
    // vitest sets NODE_ENV=test, which would build React for development.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (build.status !== 0) throw new Error(`the desk does not build:\n${build.stderr}${build.stdout}`);
}
