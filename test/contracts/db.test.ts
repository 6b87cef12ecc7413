import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db, Tx } from '../../src/base/doors.ts';
import { openEmbedded, openExternal } from '../../src/io/db/open.ts';
import { type External, externalPostgres } from '../equipment/external-postgres.ts';

const external = await externalPostgres();
if (typeof external === 'string') console.warn(`external PostgreSQL skipped: ${external}`);
afterAll(() => (typeof external === 'string' ? undefined : external.stop()));

const scratch = mkdtempSync(join(tmpdir(), 'bw-db-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const kinds: [string, boolean, () => Promise<Db>][] = [
  ['embedded', true, () => openEmbedded(join(scratch, 'cluster'))],
  ['external', typeof external !== 'string', () => openExternal((external as External).url)],
];

for (const [name, isThere, open] of kinds) {
  describe.skipIf(!isThere)(`the database door: ${name}`, () => {
    let db: Db;
    beforeAll(async () => {
      db = await open();
    });
    afterAll(() => db.close());

    const insert = (tx: Tx, id: string, compartments: string[]) =>
      sql`INSERT INTO claims VALUES (${id}, 'org_x', 'p', 'p', '{}', 'fuzzing', 'c', ${at}, ${at}, 'held', 'RED', ${compartments}, ${at})`.execute(
        tx,
      );
    const at = '2026-11-21T09:00:00.123Z';
    const seen = async (reads: string[]) =>
      db.transaction(reads, async (tx) => (await sql<{ id: string }>`SELECT id FROM claims ORDER BY id`.execute(tx)).rows.map((r) => r.id));

    test('a connection that is lost in a transaction fails that one, and not the process', async () => {
      const uncaught: unknown[] = [];
      const hear = (cause: unknown) => void uncaught.push(cause);
      process.on('uncaughtException', hear);
      const lose = (pid: number) => db.singly((tx) => sql`SELECT pg_terminate_backend(${pid})`.execute(tx));
      for (const speaksOn of [true, false]) {
        const lost = db.transaction([], async (tx) => {
          const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
          const losing = wait(100).then(() => lose(rows[0]!.pid));
          await Promise.all([losing, speaksOn ? sql`SELECT pg_sleep(20)`.execute(tx) : wait(500)]);
        });
        await expect(lost).rejects.toThrow(speaksOn ? 'terminating connection' : 'not queryable');
      }
      await wait(100);
      process.off('uncaughtException', hear);
      expect(uncaught).toEqual([]);
      expect(await db.singly(async (tx) => (await sql<{ n: number }>`SELECT 1 AS n`.execute(tx)).rows)).toEqual([{ n: 1 }]);
    });

    test('a table that changes under a statement said often fails it once at most', async () => {
      const table = (text: string) => db.transaction([], (tx) => sql.raw(text).execute(tx));
      const ask = () => db.transaction([], async (tx) => (await sql`SELECT * FROM changing WHERE id = ${1}`.execute(tx)).rows);
      await table('CREATE TABLE changing (id integer)');
      await table('INSERT INTO changing VALUES (1)');
      for (let i = 0; i < 30; i++) expect(await ask()).toEqual([{ id: 1 }]);
      await table('ALTER TABLE changing ADD COLUMN more integer DEFAULT 2');
      if (name === 'embedded') await expect(ask()).rejects.toMatchObject({ code: '0A000' });
      for (let i = 0; i < 30; i++) expect(await ask()).toEqual([{ id: 1, more: 2 }]);
      await table('DROP TABLE changing');
    });

    test('keeps what was committed and nothing of what was not', async () => {
      await db.transaction(['org_*'], async (tx) => {
        await sql`INSERT INTO orgs VALUES ('org_x', 'X', '{finder}', ${at}) ON CONFLICT DO NOTHING`.execute(tx);
        await insert(tx, 'a', ['org_x']);
        await insert(tx, 'b', ['org_x', 'cas_y']);
        await insert(tx, 'c', []);
      });
      const broken = db.transaction(['org_*'], async (tx) => {
        await insert(tx, 'd', []);
        throw new Error('no');
      });
      await expect(broken).rejects.toThrow('no');
      expect(await seen(['org_*', 'cas_*'])).toEqual(['a', 'b', 'c']);
    });

    test('says the last statement with the commit, and keeps nothing when it fails', async () => {
      const ids = () => seen(['org_*', 'cas_*']);
      const before = await ids();
      const inserting = (text: string) =>
        db.transaction(
          ['org_x'],
          (tx) => insert(tx, 'e', []).then(() => text),
          (said) => sql`SELECT ${said}::int`,
        );
      await expect(inserting('no number')).rejects.toMatchObject({ code: '22P02' });
      expect(await ids()).toEqual(before);
      expect(await inserting('7')).toBe('7');
      expect(await ids()).toEqual([...before, 'e']);
      await db.transaction(
        [],
        async () => {},
        () => sql`DELETE FROM claims WHERE id = 'e'`,
      );
      expect(await ids()).toEqual(before);
    });

    test('does not end well after a statement that failed, whoever kept silent about it', async () => {
      const silent = db.transaction([], async (tx) => {
        await insert(tx, 'f', []);
        await sql`SELECT 1 / 0`.execute(tx).catch(() => {});
      });
      await expect(silent).rejects.toThrow('rolled the transaction back');
      expect(await seen([])).toEqual(['c']);
    });

    test('lets a transaction read more and less from its next statement on, and no other one', async () => {
      await db.transaction(['org_x'], async (tx) => {
        const ids = async () => (await sql<{ id: string }>`SELECT id FROM claims ORDER BY id`.execute(tx)).rows.map((r) => r.id);
        expect(await ids()).toEqual(['a', 'c']);
        db.setReads(tx, ['org_x', 'cas_y']);
        expect(await ids()).toEqual(['a', 'b', 'c']);
        db.setReads(tx, []);
        expect(await ids()).toEqual(['c']);
        db.setReads(tx, ["x', true); DROP TABLE claims; --"]);
        expect(await ids()).toEqual(['c']);
      });
      expect(await seen([])).toEqual(['c']);
    });

    test('needs no connection for a transaction that has said nothing yet, and none for one that never does', async () => {
      let goOn = () => {};
      const gate = new Promise<void>((resolve) => (goOn = resolve));
      const waiting = Array.from({ length: 40 }, () => db.transaction([], () => gate.then(() => 'nothing')));
      expect(await seen([])).toEqual(['c']);
      goOn();
      expect(new Set(await Promise.all(waiting))).toEqual(new Set(['nothing']));
    });

    test('is no way to say something when it is over', async () => {
      const over = await db.transaction([], async (tx) => tx);
      await expect(sql`SELECT 1`.execute(over)).rejects.toThrow('over');
    });

    test('shows what is public to a statement by itself, which is kept or not by itself', async () => {
      const ids = (tx: Tx) => sql<{ id: string }>`SELECT id FROM claims`.execute(tx).then(({ rows }) => rows.map((r) => r.id));
      expect(await db.singly(ids)).toEqual(['c']);
      const broken = db.singly(async (tx) => {
        await insert(tx, 'g', []);
        throw new Error('no');
      });
      await expect(broken).rejects.toThrow('no');
      expect(await db.singly(ids)).toEqual(['c', 'g']);
      await db.singly((tx) => sql`DELETE FROM claims WHERE id = 'g'`.execute(tx));
    });

    test('shows a row only to who reads every compartment of it', async () => {
      expect(await seen([])).toEqual(['c']);
      expect(await seen(['org_x'])).toEqual(['a', 'c']);
      expect(await seen(['org_x', 'cas_y'])).toEqual(['a', 'b', 'c']);
      expect(await seen(['org_*'])).toEqual(['a', 'c']);
      expect(await seen(['cas_*', 'org_z'])).toEqual(['c']);
    });

    test('shows nothing but the public on a fresh connection that was told nothing', async () => {
      const fresh = await open();
      const rows = await fresh.transaction([], async (tx) => (await sql<{ id: string }>`SELECT id FROM claims`.execute(tx)).rows);
      await fresh.close();
      expect(rows.map((r) => r.id)).toEqual(['c']);
    });

    test('shows the keys of findings to who reads the clearinghouse, also where another looked just before', async () => {
      await db.transaction([], (tx) => sql`INSERT INTO finding_keys VALUES (7, 1)`.execute(tx));
      const keys = (...reads: string[]) =>
        db.transaction(reads, async (tx) => (await sql`SELECT finding_no FROM finding_keys WHERE key = 7`.execute(tx)).rows.length);
      expect(await keys('hou_*')).toBe(1);
      expect(await keys()).toBe(0);
      expect(await keys('org_*', 'own_*', 'cas_*', 'hub_*', 'hou_other', 'hou_clearinghous')).toBe(0);
      expect(await keys('hou_clearinghouse')).toBe(1);
      await db.transaction(['org_*'], (tx) => sql`DELETE FROM finding_keys`.execute(tx));
      expect(await keys('hou_*')).toBe(1);
    });

    test('forgets what a transaction could read when it ends', async () => {
      await seen(['org_*', 'cas_*']);
      expect(await seen([])).toEqual(['c']);
    });

    test('cannot change or delete what it does not see', async () => {
      await db.transaction([], async (tx) => {
        await sql`UPDATE claims SET contact = 'changed'`.execute(tx);
        await sql`DELETE FROM claims WHERE id = 'a'`.execute(tx);
      });
      const contacts = await db.transaction(
        ['org_*', 'cas_*'],
        async (tx) => (await sql<{ contact: string }>`SELECT contact FROM claims ORDER BY id`.execute(tx)).rows,
      );
      expect(contacts.map((r) => r.contact)).toEqual(['c', 'c', 'changed']);
    });

    test('gives instants in UTC with milliseconds', async () => {
      const rows = await db.transaction(
        [],
        async (tx) => (await sql<{ starts_at: string }>`SELECT starts_at FROM claims`.execute(tx)).rows,
      );
      expect(rows[0]?.starts_at).toBe(at);
    });

    test('is brought up to date once, whoever comes second', async () => {
      const second = await open();
      expect(await second.transaction([], async (tx) => (await sql<{ id: string }>`SELECT id FROM claims`.execute(tx)).rows.length)).toBe(
        1,
      );
      await second.close();
    });
  });
}

test.skipIf(typeof external === 'string')('a role that row-level security does not bind is refused', async () => {
  await expect(openExternal((external as External).superUrl)).rejects.toThrow(/bypasses row-level security.*CREATE ROLE/s);
});

test('nothing acknowledged is lost to kill -9 of the hub in the middle of writing', { timeout: 60_000 }, async () => {
  const dir = join(scratch, 'killed');
  const acknowledged: number[] = [];
  for (let round = 0; round < 3; round++) {
    const writer = spawn(process.execPath, [join(import.meta.dirname, '../equipment/writer.ts'), dir, String(acknowledged.at(-1) ?? 0)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve) => {
      writer.stdout.on('data', (data: Buffer) => {
        for (const line of data.toString().split('\n').filter(Boolean)) acknowledged.push(Number(line));
        if (acknowledged.length > 60 * (round + 1)) writer.kill('SIGKILL');
      });
      writer.on('close', () => resolve());
    });
  }
  const db = await openEmbedded(dir);
  const kept = await db.transaction([], async (tx) =>
    (await sql<{ seq: number }>`SELECT seq FROM log_entries`.execute(tx)).rows.map((r) => r.seq),
  );
  await db.close();
  expect(acknowledged.length).toBeGreaterThan(150);
  expect(acknowledged.filter((seq) => !kept.includes(seq))).toEqual([]);
});
