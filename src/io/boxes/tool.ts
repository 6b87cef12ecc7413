import { execFile } from 'node:child_process';

export interface ToolEnd {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the host's own programs: arguments as an array, never a shell, an environment in English, output and time bounded. */
export function tool(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number; signal?: AbortSignal | undefined } = {},
) {
  const env = { ...(options.env ?? { PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin' }), LC_ALL: 'C.UTF-8' };
  const settings = { env, timeout: options.timeoutMs ?? 120_000, maxBuffer: 32 << 20, ...(options.cwd ? { cwd: options.cwd } : {}) };
  const stopping = options.signal ? { signal: options.signal } : {};
  return new Promise<ToolEnd>((done) => {
    execFile(program, args, { ...settings, ...stopping }, (failure, stdout, stderr) => {
      done({ ok: failure === null, stdout, stderr: stderr || (failure?.message ?? '') });
    });
  });
}

/** The same, for what cannot fail on a sound machine. */
export async function insistOnTool(program: string, args: readonly string[]): Promise<void> {
  const end = await tool(program, args);
  if (!end.ok) throw new Error(`${program}: ${end.stderr.trim().slice(0, 500)}`);
}
