import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { foundingSecret } from '../trust/orgs/actions.ts';
import { countPeople } from '../trust/orgs/store.ts';
import { actions } from './actions.ts';
import { buildDoors } from './build.ts';
import type { Config } from './config.ts';
import { flow } from './flow.ts';
import { buildHttp } from './http.ts';
import { startWorker } from './jobs.ts';
import { startPublishing } from './public.ts';
import { tapRoutes } from './tap.ts';
import { version } from './version.ts';

interface Hub {
  readonly address: string;
  /** The one-time link that makes the first coordinator; undefined once there is somebody. */
  foundingLink(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** Starts a whole hub in this process: database, doors, HTTP, worker, public tree. */
export async function startHub(config: Config, log: (problem: string, error: unknown) => void): Promise<Hub> {
  const { doors, db } = await buildDoors(config);
  const publicDir = join(config.dataDir, 'public');
  mkdirSync(publicDir, { recursive: true });
  const reaped = await doors.box.reap();
  if (reaped) log(`${reaped} boxes of a worker that died were removed`, undefined);
  const deskDir = join(import.meta.dirname, '../../.build/desk');
  const app = await buildHttp(doors, { actions, version, deskDir, publicDir, log, proxies: config.proxies });
  tapRoutes(app, doors, log);
  const worker = await startWorker(doors, db.pool, flow, config.boxes, log);
  const publishing = startPublishing(doors, publicDir, log);
  const address = await app.listen({ host: config.host, port: config.port });
  return {
    address,
    async foundingLink() {
      const people = await doors.db.transaction([], countPeople);
      return people === 0 ? `${address}/found#${foundingSecret(doors.keys.secret('tokens'))}` : undefined;
    },
    async stop() {
      await app.close();
      await publishing.stop();
      await worker.stop();
      await doors.db.close();
    },
  };
}
