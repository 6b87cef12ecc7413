import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { externalPostgres } from '../equipment/external-postgres.ts';

const demo = join(import.meta.dirname, '../../demo/main.ts');
const external = await externalPostgres();
if (typeof external === 'string') console.warn(`demo on an external PostgreSQL skipped: ${external}`);
afterAll(() => (typeof external === 'string' ? undefined : external.stop()));

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Runs the demo; `watch` sees everything it has said so far, whenever it says more. */
function runDemo(env: Record<string, string>, watch: (said: string) => void = () => {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [demo], { env: { ...process.env, ...env } });
    let out = '';
    const hear = (data: Buffer) => {
      out += data.toString();
      watch(out);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', (code) => resolve({ code, out }));
  });
}

const pids = (said: string) => [...said.matchAll(/\(process (\d+)/g)].map((m) => Number(m[1]));

describe('the main job, whole', () => {
  test('goes on to its end although the hub is killed -9 again and again', async () => {
    const killAt = ['reports it too', "Nora's finding", 'accepts the embargo terms', 'ranks it', 'keeps the new SBOM', 'freezes a plan'];
    const killed = new Set<string>();
    const { code, out } = await runDemo({}, (said) => {
      const cue = killAt.find((words) => !killed.has(words) && said.includes(words));
      const alive = pids(said);
      // One life, one kill: while it is away there is nothing to kill.
      if (cue === undefined || alive.length <= killed.size) return;
      killed.add(cue);
      process.kill(alive.at(-1)!, 'SIGKILL');
    });
    expect(out).toContain('log verifies');
    expect(code, out).toBe(0);
    expect(killed.size).toBeGreaterThanOrEqual(4);
    expect(out).toMatch(/4 reports received; 3 replayed in the box, 1 refused/);
  });

  test.skipIf(typeof external === 'string')("runs on a PostgreSQL of one's own", async () => {
    const { code, out } = await runDemo({ DATABASE_URL: typeof external === 'string' ? '' : external.url });
    expect(code, out).toBe(0);
    expect(out).toContain('a PostgreSQL of your own');
    expect(out).toContain('log verifies');
  });
});
