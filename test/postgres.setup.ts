import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openEmbedded } from '../src/io/db/open.ts';

const template = 'breakwater_template';
const roomBytes = 4 * 2 ** 30;

/** Nothing of it outlives the run, and every test's database is some hundred files: in memory where there is room for it. */
function place(): string {
  const memory = '/dev/shm';
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= roomBytes ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** One PostgreSQL for the whole test run, not durable, with one migrated template that every test's database is copied from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(place(), 'bw-test-pg-'));
  const flags = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'].flatMap((f) => ['-c', f]);
  const opened = await openEmbedded(join(dir, 'cluster'), { database: template, flags, poolSize: 2 });
  const { host, port } = opened.running;
  await opened.pool.end();
  project.provide('postgres', { host, port, template });
  return async () => {
    await opened.running.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
