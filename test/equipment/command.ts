import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const main = join(import.meta.dirname, '../../src/app/main.ts');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command as a process of its own. Not synchronous: the hub it speaks to may live in this process. */
export function runCommand(words: readonly string[], env: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...words], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}
