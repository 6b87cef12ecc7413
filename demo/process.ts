import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Screen } from './screen.ts';

const main = join(import.meta.dirname, '../src/app/main.ts');
const startTimeoutMs = 60_000;

export interface HubProcess {
  readonly url: string;
  readonly foundingLink: string | undefined;
  pid(): number | undefined;
  /** How often it had to be started again. */
  restarts(): number;
  stop(): Promise<void>;
}

/** Runs a real hub as a process of its own and starts it again when it dies, as an init system would. */
export async function runHub(env: Record<string, string>, screen: Screen): Promise<HubProcess> {
  let child: ChildProcess | undefined;
  let restarts = 0;
  let stopping = false;
  let url = '';
  let foundingLink: string | undefined;

  const start = async (port: string): Promise<void> => {
    const started = spawn(process.execPath, [main, 'start'], {
      env: { ...process.env, ...env, BREAKWATER_PORT: port },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    const said = await firstWords(started);
    url = /Breakwater is at (\S+)/.exec(said)?.[1] ?? url;
    foundingLink = /once: (\S+)/.exec(said)?.[1] ?? foundingLink;
    started.once('exit', (code, signal) => {
      if (stopping) return;
      restarts++;
      screen.step('hub', `died (${signal ?? code}); starting it again`);
      start(new URL(url).port).then(
        () => screen.step('hub', `is back at ${url} (process ${child?.pid})`),
        (error: Error) => screen.step('hub', `does not start: ${error.message}`),
      );
    });
  };

  await start('0');
  return {
    url,
    foundingLink,
    pid: () => child?.pid,
    restarts: () => restarts,
    async stop() {
      stopping = true;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** What the hub prints when it is ready: its address, and the founding link while nobody is there. */
function firstWords(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    let quiet: NodeJS.Timeout | undefined;
    const timeout = setTimeout(() => reject(new Error(`the hub did not start within ${startTimeoutMs / 1000} s`)), startTimeoutMs);
    child.once('exit', (code) => {
      clearTimeout(timeout);
      reject(new Error(`the hub ended with ${code} while starting`));
    });
    child.stdout?.on('data', (data: Buffer) => {
      said += data.toString();
      if (!said.includes('Breakwater is at')) return;
      clearTimeout(timeout);
      clearTimeout(quiet);
      quiet = setTimeout(() => resolve(said), 100);
    });
  });
}
