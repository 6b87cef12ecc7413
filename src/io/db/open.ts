import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Running, startPostgres } from './embedded.ts';
import { type OpenDb, openDb } from './postgres.ts';

const role = 'breakwater';
const startAttempts = 100;
const startPauseMs = 100;
/** 57P01 and 57P03: shutting down or starting up. The others: it hung up or is gone. */
const passing = ['57P01', '57P03', 'ECONNRESET', 'ECONNREFUSED', 'ENOENT', 'EPIPE'];

/** The embedded database in `dir`: starts it, makes our own unprivileged role and database in it, opens it. */
export async function openEmbedded(dir: string, options: { database?: string; flags?: readonly string[]; poolSize?: number } = {}) {
  const database = options.database ?? role;
  const running = await startPrepared(dir, database, options.flags);
  const opening = { poolSize: options.poolSize, keepsPlans: true };
  const db = await openDb({ host: running.host, port: running.port, user: role, database }, opening).catch(async (error) => {
    await running.stop();
    throw error;
  });
  return { ...db, running, close: () => db.close().then(() => running.stop()) } satisfies OpenDb & { running: Running };
}

/** One that is shutting down after a kill -9 of its hub still answers on its socket, and then hangs up: wait for it to be gone. */
async function startPrepared(dir: string, database: string, flags: readonly string[] | undefined): Promise<Running> {
  let running = await startPostgres(dir, flags);
  for (let attempt = 1; ; attempt++) {
    try {
      await prepare(running, database);
      return running;
    } catch (error) {
      if (!passing.includes((error as { code?: string }).code ?? '') || attempt >= startAttempts) throw error;
      await sleep(startPauseMs);
      // Our own is only starting up; joining it anew would make us forget that it is ours to stop.
      if (running.attached || running.hasEnded()) running = await startPostgres(dir, flags);
    }
  }
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
