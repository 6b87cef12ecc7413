import { describe, expect, test } from 'vitest';
import { runDemo } from '../equipment/demo.ts';

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
});
