import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { unenforced } from '../io/boxes/probe.ts';
import { openReceiver } from '../io/mail/receive.ts';
import { diskTree } from '../io/public/disk.ts';
import { foundingSecret } from '../trust/orgs/actions.ts';
import { countPeople } from '../trust/orgs/store.ts';
import { actions } from './actions.ts';
import { intakeBounds } from './admission.ts';
import { buildDoors } from './build.ts';
import { bulkRoutes } from './bulk.ts';
import type { Config } from './config.ts';
import { eventRoutes } from './events.ts';
import { feedRoutes } from './feeds.ts';
import { flow } from './flow.ts';
import { buildHttp } from './http.ts';
import { startWorker } from './jobs.ts';
import { mailIn } from './mail-in.ts';
import { osvRoutes } from './osv.ts';
import { progressRoutes } from './progress-events.ts';
import { startPublishing } from './public.ts';
import { publisher } from './publisher.ts';
import { writeRepository } from './repository-files.ts';
import { tapRoutes } from './tap.ts';
import { taxiiRoutes } from './taxii.ts';
import { traffic } from './traffic.ts';
import { version } from './version.ts';
import { vinceRoutes } from './vince.ts';
import { startAsking, witnessRoutes } from './witnessing.ts';

interface Hub {
  readonly address: string;
  /** The one-time link that makes the first coordinator; undefined once there is somebody. */
  foundingLink(): Promise<string | undefined>;
  /** The embedded database was started by another process of ours, and ends with it. */
  readonly isGuest: boolean;
  readonly hasDesk: boolean;
  /** Why untrusted code may not run here; undefined = it may. */
  missing(): Promise<string | undefined>;
  stop(): Promise<void>;
}

const deskDir = join(import.meta.dirname, '../../.build/desk');

/** Starts a whole hub in this process: database, doors, HTTP, worker, public tree. */
export async function startHub(config: Config, log: (problem: string, error: unknown) => void): Promise<Hub> {
  const { doors, db } = await buildDoors(config);
  const opened: (() => Promise<unknown>)[] = [() => doors.db.close()];
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const publicDir = join(config.dataDir, 'public');
    mkdirSync(publicDir, { recursive: true });
    const reaped = await doors.box.reap();
    if (reaped) log(`${reaped} boxes of a worker that died were removed`, undefined);
    const app = await buildHttp(doors, { actions, version, deskDir, publicDir, log, proxies: config.proxies });
    await osvRoutes(app, doors, log);
    const handedIn = traffic();
    bulkRoutes(app, doors, log, handedIn);
    tapRoutes(app, doors, log, { ...intakeBounds, traffic: handedIn });
    vinceRoutes(app, doors, log, { ...intakeBounds, traffic: handedIn });
    witnessRoutes(app, doors);
    eventRoutes(app, doors, log);
    progressRoutes(app, doors, log);
    feedRoutes(app, doors);
    taxiiRoutes(app, doors, log);
    const address = await listen(app, config, opened);
    const worker = await startWorker(doors, db.pool, flow, config.boxes, log, handedIn);
    opened.push(() => worker.stop());
    // A guest shares the data directory with its host, whose tree it is.
    if (!db.isGuest) {
      const site = { origin: config.origin, security: config.security };
      const tree = publisher(
        doors,
        diskTree(publicDir),
        site,
        () => performance.now(),
        (to) => writeRepository(doors, to),
      );
      const publishing = startPublishing(doors, tree, log);
      opened.push(() => publishing.stop());
    }
    if (config.mailIn) {
      const receiver = await openReceiver({ ...config.mailIn, name: config.mail?.replyDomain ?? config.origin, ...mailIn(doors), log });
      opened.push(() => receiver.close());
    }
    const asking = startAsking(doors, log);
    opened.push(() => asking.stop());
    return {
      address,
      isGuest: db.isGuest,
      hasDesk: existsSync(join(deskDir, 'index.html')),
      foundingLink: () => foundingLink(doors, config),
      missing: async () => (config.acceptUnenforced ? undefined : unenforced(await doors.box.probe())),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(app: FastifyInstance, { host, port }: Config, opened: (() => Promise<unknown>)[]): Promise<string> {
  opened.push(() => app.close());
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EADDRINUSE')
      throw new Error(`port ${port} of ${host} is in use, perhaps by another hub: stop that one, or set BREAKWATER_PORT to a free port`);
    if (code === 'EACCES') throw new Error(`port ${port} of ${host} is not open to this user: set BREAKWATER_PORT to one above 1023`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Error(`${host} is no address of this machine: set BREAKWATER_HOST to one, for example 127.0.0.1`);
    throw error;
  }
}

async function foundingLink(doors: Doors, { deskUrl }: Config): Promise<string | undefined> {
  const people = await doors.db.transaction([], countPeople);
  return people === 0 ? `${deskUrl}/found#${foundingSecret(doors.keys.secret('tokens'))}` : undefined;
}
