import pg from 'pg';
import { type Running, startPostgres } from './embedded.ts';
import { type OpenDb, openDb } from './postgres.ts';

const role = 'breakwater';

/** The embedded database in `dir`: starts it, makes our own unprivileged role and database in it, opens it. */
export async function openEmbedded(dir: string, options: { database?: string; flags?: readonly string[]; poolSize?: number } = {}) {
  const running = await startPostgres(dir, options.flags);
  const database = options.database ?? role;
  await prepare(running, database);
  const db = await openDb({ host: running.host, port: running.port, user: role, database }, options.poolSize);
  return { ...db, running, close: () => db.close().then(() => running.stop()) } satisfies OpenDb & { running: Running };
}

/** A PostgreSQL of your own, by its URL; version 15 or later. */
export function openExternal(url: string): Promise<OpenDb> {
  return openDb({ connectionString: url });
}

async function prepare(running: Running, database: string): Promise<void> {
  const client = new pg.Client({ host: running.host, port: running.port, user: 'postgres', database: 'postgres' });
  client.on('error', () => {});
  await client.connect();
  try {
    // CREATE ROLE has no IF NOT EXISTS, and two hubs may start at once: 42710 and 42P04 say that it is there already.
    for (const statement of [`CREATE ROLE ${role} LOGIN`, `CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${role}`]) {
      await client.query(statement).catch((error: { code?: string }) => {
        if (!['42710', '42P04', '23505'].includes(error.code ?? '')) throw error;
      });
    }
  } finally {
    await client.end();
  }
}
