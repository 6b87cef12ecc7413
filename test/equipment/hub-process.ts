import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../../src/app/main.ts');

export interface HubProcess {
  readonly url: string;
  /** Of the one-time link it printed; undefined once there is somebody. */
  readonly foundingSecret: string | undefined;
  readonly child: ChildProcess;
  /** Ends it with this signal and waits until it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** A whole hub in a process of its own, on this data directory and a free port. */
export function startHubProcess(dataDir: string, more: NodeJS.ProcessEnv = {}): Promise<HubProcess> {
  const env = { ...process.env, BREAKWATER_DATA: dataDir, BREAKWATER_PORT: '0', ...more };
  const child = spawn(process.execPath, [main, 'start'], { env });
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the hub ended with ${code}: ${said}`)));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /is at (\S+)\n[^\n]+\n/.exec(said)?.[1];
      if (url === undefined) return;
      const end = (signal: 'SIGKILL' | 'SIGTERM') => {
        const gone = child.exitCode === null ? new Promise<void>((done) => child.once('exit', () => done())) : Promise.resolve();
        child.kill(signal);
        return gone;
      };
      resolve({ url, foundingSecret: /\/found#(\S+)/.exec(said)?.[1], child, end });
    });
  });
}

/** Founds the hub and returns a token for submitting. */
export async function foundHub({ url, foundingSecret }: HubProcess): Promise<string> {
  const post = async <T>(path: string, body: object, secret?: string): Promise<T> => {
    const headers = { 'content-type': 'application/json', ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }) };
    const reply = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
    return (await reply.json()) as T;
  };
  const who = { secret: foundingSecret, org: 'House', name: 'Ada', email: 'ada@example.org' };
  const founded = await post<{ person: { id: string }; session: { secret: string } }>('/api/orgs/found', who);
  const asked = { holderId: founded.person.id, scopes: ['findings.*'] };
  return (await post<{ secret: string }>('/api/tokens', asked, founded.session.secret)).secret;
}
