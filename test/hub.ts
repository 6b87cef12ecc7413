import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { settle } from '../src/app/worker.ts';
import type { CveServices } from '../src/base/cve-door.ts';
import type { Box, Doors, Mail, Net, Passkeys, Recipes, Sources } from '../src/base/doors.ts';
import { makeId } from '../src/base/id.ts';
import { epochMs, type Instant } from '../src/base/instant.ts';
import type { Models } from '../src/base/model-door.ts';
import { insist, isRefusal, type Refusal, refuse } from '../src/base/refusal.ts';
import { noPolicy, type TlogPolicy } from '../src/base/tlog-policy.ts';
import { keptBlobs } from '../src/io/blobs/store.ts';
import { handClock } from '../src/io/clock/clock.ts';
import { noCveServices } from '../src/io/cve/program.ts';
import { openDb } from '../src/io/db/postgres.ts';
import { fileKeys } from '../src/io/keys/file.ts';
import { noMail } from '../src/io/mail/send.ts';
import { type Actor, house } from '../src/trust/access.ts';
import { act } from '../src/trust/act.ts';
import type { AnyAction } from '../src/trust/action.ts';
import type { Flow } from '../src/trust/flow.ts';
import type { Role } from '../src/trust/orgs/org.ts';
import { actorById, insertOrg, insertPerson } from '../src/trust/orgs/store.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { host: string; port: number; template: string } | undefined;
  }
}

export const testStart = '2026-11-21T09:00:00.000Z' as Instant;

const absent = (what: string) => () => Promise.resolve(refuse('unavailable', `no ${what} in this test`));
const noBox: Box = {
  id: 'rehearsed',
  probe: async () => ({
    usable: false,
    isolation: 'none',
    enforced: { memory: false, pids: false, cpu: false, disk: false, net: false, seccomp: false },
    missing: [],
  }),
  run: () => Promise.reject(new Error('no box in this test')),
  discard: async () => {},
  reap: async () => 0,
} as unknown as Box;

export interface TestHub {
  readonly doors: Doors;
  /** For another process on the same hub. */
  readonly at: { readonly host: string; readonly port: number; readonly database: string; readonly dir: string };
  readonly clock: ReturnType<typeof handClock>;
  /** Acts and expects it to be done. */
  do<R = unknown>(as: Actor | string, verb: AnyAction, input: unknown, key?: string): Promise<R>;
  /** Acts and returns whatever came, a refusal too. */
  try(as: Actor | string, verb: AnyAction, input: unknown, key?: string): Promise<unknown | Refusal>;
  /** A new organisation with one person in it; call `again(actor)` to see grants given since. */
  join(name: string, ...roles: Role[]): Promise<Actor>;
  again(actor: Actor): Promise<Actor>;
  settle(flow: Flow): Promise<void>;
  close(): Promise<void>;
}

/** A hub on a database of its own (a copy of the migrated template), with a clock turned by hand. */
export async function openHub(
  replace: {
    box?: Box;
    sources?: Sources;
    models?: Models;
    net?: Net;
    mail?: Mail;
    cves?: CveServices;
    witnessing?: TlogPolicy;
    recipes?: Recipes;
    passkeys?: Passkeys;
  } = {},
): Promise<TestHub> {
  const postgres = inject('postgres');
  if (!postgres) throw new Error('no PostgreSQL: the global set-up did not run');
  const database = `t_${randomBytes(6).toString('hex')}`;
  await admin(postgres, `CREATE DATABASE ${database} TEMPLATE ${postgres.template} OWNER breakwater STRATEGY FILE_COPY`);
  const db = await openDb({ host: postgres.host, port: postgres.port, user: 'breakwater', database }, { poolSize: 6, keepsPlans: true });
  const dir = mkdtempSync(join(tmpdir(), 'bw-test-'));
  const keys = fileKeys(join(dir, 'keys.json'), 'test.example');
  const clock = handClock(testStart);
  const doors: Doors = {
    db,
    blobs: keptBlobs(join(dir, 'blobs'), db, keys.wrapping()),
    keys,
    clock,
    chance: (n) => randomBytes(n),
    box: replace.box ?? noBox,
    sources: replace.sources ?? { fetch: absent('registry'), history: absent('registry'), read: absent('registry') },
    models: replace.models ?? { chat: absent('model'), relay: absent('model') },
    net: replace.net ?? { post: absent('network') },
    mail: replace.mail ?? noMail,
    cves: replace.cves ?? noCveServices(),
    witnessing: replace.witnessing ?? noPolicy,
    passkeys: replace.passkeys ?? { rpId: 'localhost', origins: ['http://localhost'], roots: [], needed: 'at-desk' },
    recipes: replace.recipes ?? { all: () => [], observers: () => ({}) },
  };
  const tryAct = (as: Actor | string, verb: AnyAction, input: unknown, key?: string) =>
    act(doors, verb, { who: typeof as === 'string' ? { secret: as } : { actor: as }, input, ...(key === undefined ? {} : { key }) });
  const again = async (actor: Actor) => {
    const found = await db.transaction(house.reads, (tx) => actorById(tx, actor.id, actor.scopes, clock.now()));
    if (!found) throw new Error(`no such actor ${actor.id}`);
    return found;
  };
  return {
    doors,
    at: { host: postgres.host, port: postgres.port, database, dir },
    clock,
    try: tryAct,
    async do<R>(as: Actor | string, verb: AnyAction, input: unknown, key?: string): Promise<R> {
      const outcome = await tryAct(as, verb, input, key);
      if (isRefusal(outcome))
        throw new Error(`${verb.name} refused: ${outcome.code}: ${outcome.because}${outcome.at ? ` at ${outcome.at}` : ''}`);
      return insist(outcome) as R;
    },
    async join(name, ...roles) {
      const id = <K extends 'org' | 'psn'>(kind: K) => makeId(kind, epochMs(clock.now()), randomBytes(10));
      const [orgId, personId] = [id('org'), id('psn')];
      await db.transaction(house.reads, async (tx) => {
        await insertOrg(tx, { id: orgId, name, roles, createdAt: clock.now() });
        await insertPerson(tx, { id: personId, orgId, name: `${name}'s person`, email: `${personId}@example.org`, createdAt: clock.now() });
      });
      return again({ id: personId, scopes: ['*'] } as unknown as Actor);
    },
    again,
    settle: (flow) => settle(doors, flow),
    async close() {
      await db.close();
      await admin(postgres, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function admin(at: { host: string; port: number }, statement: string): Promise<void> {
  const client = new pg.Client({ host: at.host, port: at.port, user: 'postgres', database: 'postgres' });
  client.on('error', () => {});
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
