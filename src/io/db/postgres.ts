import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely';
import { type MigrationProvider, Migrator } from 'kysely/migration';
import pg from 'pg';
import type { Db, Tx } from '../../base/doors.ts';
import { instantOf } from '../../base/instant.ts';
import { statementNames } from './names.ts';
import { session, single, speaking } from './session.ts';

const migrationsDir = fileURLToPath(new URL('../../../migrations/', import.meta.url));

// 1184 timestamptz → our fixed-width instant; 20 int8 → number (our counters stay far below 2^53).
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === 1184) return (text: string) => instantOf(Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')));
    if (oid === 20) return Number;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

/** Connections of `apart`. */
const besideSize = 2;

export interface OpenDb extends Db {
  /** As `singly`, on connections that no transaction ever takes. */
  apart<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For pg-boss, which brings its own SQL. */
  readonly pool: pg.Pool;
}

interface Opening {
  readonly poolSize?: number | undefined;
  /** Statements said often are planned once a connection. Not through a pooler, which may give every transaction another connection. */
  readonly keepsPlans?: boolean;
}

/** Opens a database by connection string or socket, brings its tables up to date, and refuses a role that row-level security does not bind. */
export async function openDb(config: pg.PoolConfig, { poolSize = 10, keepsPlans = false }: Opening = {}): Promise<OpenDb> {
  // synchronous_commit: a database of one's own may have it off, and then what we have acknowledged could be lost.
  const options = '-c timezone=UTC -c client_min_messages=warning -c synchronous_commit=on';
  const [pool, beside] = [poolSize, besideSize].map((max) => {
    const opened = new pg.Pool({ ...config, max, types, options, pipeline: true });
    // Without handlers, a database that stops would take this process with it: on an idle client, and on one that a transaction holds,
    // whose statement fails as well.
    opened.on('error', () => {});
    opened.on('connect', (client) => client.on('error', () => {}));
    if (keepsPlans) keepPlans(opened);
    return opened;
  }) as [pg.Pool, pg.Pool];
  const dialect = new PostgresDialect({ pool });
  const kysely = new Kysely<Record<never, never>>({ dialect });
  try {
    await mustBeBound(pool);
    await migrate(kysely);
  } catch (error) {
    await kysely.destroy();
    throw error;
  }
  const executor = kysely.getExecutor();
  const sessions = new WeakMap<Tx, ReturnType<typeof session>>();
  return {
    pool,
    async transaction(reads, work, last) {
      const ours = session(pool, reads);
      const tx = speaking(dialect, executor, ours);
      sessions.set(tx, ours);
      let result: Awaited<ReturnType<typeof work>>;
      let statement: CompiledQuery | undefined;
      try {
        result = await work(tx);
        statement = last?.(result)?.compile(tx);
      } catch (error) {
        await ours.rollback();
        throw error;
      }
      await ours.commit(statement);
      return result;
    },
    singly: (work) => work(speaking(dialect, executor, single(pool))),
    apart: (work) => work(speaking(dialect, executor, single(beside))),
    setReads: (tx, reads) => sessions.get(tx)!.mayRead(reads),
    close: () => Promise.all([kysely.destroy(), beside.end()]).then(() => {}),
  };
}

type Query = (text: unknown, values?: unknown[], ...others: unknown[]) => unknown;

function keepPlans(pool: pg.Pool): void {
  const names = statementNames();
  const keep = (client: pg.PoolClient) => {
    // Looked up anew each time: whoever watches what is asked of every client sees these too.
    const query: Query = (...given) => (pg.Client.prototype.query as Query).apply(client, given);
    const keeping: Query = (text, values, ...others) => {
      const name = typeof text === 'string' && values?.length ? names.of(text) : undefined;
      if (name === undefined) return query(text, values, ...others);
      const answer = query({ name, text, values }, ...(others as []));
      // 0A000: another process of ours has migrated, and "*" means more than it did. Whoever acts tries again (trust/act.ts).
      if (answer instanceof Promise) answer.catch((error: { code?: string }) => error.code === '0A000' && names.forget());
      return answer;
    };
    Object.assign(client, { query: keeping });
  };
  pool.on('connect', keep);
}

async function mustBeBound(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query(
    'SELECT rolsuper OR rolbypassrls AS unbound, current_user AS name FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.unbound) {
    throw new Error(
      `the database role "${rows[0].name}" bypasses row-level security. Make one that does not: CREATE ROLE breakwater LOGIN PASSWORD '…'; CREATE DATABASE breakwater OWNER breakwater;`,
    );
  }
}

/** Forward only; two hubs that start at once migrate once (advisory lock). */
async function migrate(kysely: Kysely<Record<never, never>>): Promise<void> {
  const provider: MigrationProvider = {
    async getMigrations() {
      const files = readdirSync(migrationsDir).filter((f) => f.endsWith('.sql'));
      return Object.fromEntries(
        files.map((f) => [f, { up: async (db) => void (await sql.raw(readFileSync(migrationsDir + f, 'utf8')).execute(db)) }]),
      );
    },
  };
  const migrator = new Migrator({ db: kysely, provider, allowUnorderedMigrations: true });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error('migration failed', { cause: error });
}
