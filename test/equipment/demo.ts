import { spawn } from 'node:child_process';
import { join } from 'node:path';

const demo = join(import.meta.dirname, '../../demo/main.ts');

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Runs the demo; `watch` sees everything it has said so far, whenever it says more. */
export function runDemo(env: Record<string, string>, watch: (said: string) => void = () => {}): Promise<Ended> {
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
