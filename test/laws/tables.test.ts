import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { filesUnder, root } from './tree.ts';

/** Every table without row-level security, and why nobody sees through it what they were not read into. */
const unguarded: Record<string, string> = {
  orgs: 'names and roles; only coordinators list them, others resolve an id they already hold',
  people: 'looked up by id or credential only; no verb lists them',
  agents: 'looked up by id or credential only; no verb lists them',
  credentials: 'keyed digests; looked up by digest before there is an actor whose reads could be set',
  grants: 'decides what an actor reads, so it is read before anything can be; shown by cases.knowers to coordinators only',
  passkeys: 'public keys; looked up by credential id before there is an actor, else the own ones, or for coordinators',
  spent_challenges: 'digests of what was answered',
  log_entries: 'the chain: salted digests and times, for any stranger to verify (docs/decisions/0005)',
  log_head: 'size and head of the chain',
  log_tiles: 'hashes of the chain',
  log_cursors: 'numbers of followers',
  embargo_policies: 'what projects have published about themselves',
  legal_bases: 'laws and until when they hold: public by nature',
  osv_keys: 'digests of names of public records; the records lie in a guarded table',
  osv_head: 'number of changes to public records',
  taxii_heads: 'the last moment that was given in a TAXII collection',
  release_head: 'size and frontier of the public feed',
  release_witnesses: 'keys and cosignatures of witnesses of the public feed; witnesses.list is for coordinators',
  witnessed_forks: 'public checkpoints of logs of others; witnesses.list is for coordinators',
  witnessed_logs: 'public checkpoints of logs of others, shown to anybody',
  release_nodes: 'hashes of the public feed, made when it was published',
  tuf_head: 'the TUF root in force, which is public, and counters',
  blobs: 'sealed bytes; what opens them lies in no database, and only a row that is guarded names one',
  kysely_migration: 'names of migrations',
  kysely_migration_lock: 'one lock',
};

interface Table {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly labelled: boolean;
  readonly policies: readonly string[];
}
let tables: Table[] = [];
let client: pg.Client;
beforeAll(async () => {
  const { host, port, template } = inject('postgres')!;
  // A copy: a template cannot be copied by others while somebody is connected to it.
  const admin = new pg.Client({ host, port, user: 'postgres', database: 'postgres' });
  await admin.connect();
  const database = `t_tables_${process.pid}`;
  await admin.query(`CREATE DATABASE ${database} TEMPLATE ${template} OWNER breakwater STRATEGY FILE_COPY`).finally(() => admin.end());
  client = new pg.Client({ host, port, user: 'breakwater', database });
  await client.connect();
  const { rows } = await client.query<Table>(`
    SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
      EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'compartments' AND NOT a.attisdropped) AS labelled,
      coalesce((SELECT array_agg(format('%s %s %s', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid)))
        FROM pg_policy p WHERE p.polrelid = c.oid), '{}') AS policies
    FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1`);
  tables = rows;
});
afterAll(() => client.end());

test('every labelled table is guarded by the one policy, its owner not excepted', () => {
  const labelled = tables.filter((t) => t.labelled);
  expect(labelled.length).toBeGreaterThan(20);
  const wanted = { enabled: true, forced: true, policies: ['* t cleared(compartments)'] };
  expect(
    labelled.filter(
      (t) => JSON.stringify({ ...wanted }) !== JSON.stringify({ enabled: t.enabled, forced: t.forced, policies: t.policies }),
    ),
  ).toEqual([]);
});

test('where every row lies under one label, it is asked once a statement and stored nowhere', () => {
  const unlabelled = tables.filter((t) => t.forced && !t.labelled).map(({ name, enabled, policies }) => ({ name, enabled, policies }));
  const policy = `* t ( SELECT cleared('{hou_clearinghouse}'::text[]) AS cleared)`;
  expect(unlabelled).toEqual([{ name: 'finding_keys', enabled: true, policies: [policy] }]);
});

test('every table is guarded, or stands in the list with a reason', () => {
  expect(tables.filter((t) => !t.forced).map((t) => t.name)).toEqual(Object.keys(unguarded).sort());
});

test('a label is never missing: neither colour nor compartments may be NULL', async () => {
  const { rows } = await client.query(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name IN ('tlp', 'compartments') AND is_nullable = 'YES'`,
  );
  expect(rows).toEqual([]);
});

test('the database is asked to see what the rows see: no view and no function runs with another role', async () => {
  const { rows: views } = await client.query(
    `SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace`,
  );
  const { rows: definers } = await client.query(`SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace`);
  expect([...views, ...definers]).toEqual([]);
});

test('SQL is never put together from strings', () => {
  const found = filesUnder('src', /\.ts$/)
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return [...text.matchAll(/\bsql\.(raw|lit|id)\b|\.query\(\s*`|\bsql\(/g)].map((m) => `${path}: ${m[0]}`);
    });
  // The migrations' own files, read from disk at start.
  expect(found).toEqual(['src/io/db/postgres.ts: sql.raw']);
});
