import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { buildHttp } from '../../src/app/http.ts';
import { tapRoutes } from '../../src/app/tap.ts';
import { sha256 } from '../../src/base/canonical.ts';
import type { Doors } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import { type RefusalCode, refusalCodes, refusalMapping } from '../../src/base/refusal.ts';
import { diskBlobs } from '../../src/io/blobs/disk.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';
import { legalBasis, terms } from '../review.ts';

let hub: TestHub;
let app: FastifyInstance;
const dir = mkdtempSync(join(tmpdir(), 'bw-refusals-'));
const blobDir = join(dir, 'blobs');
const actors: Record<string, Actor> = {};
const tokens: Record<string, string> = {};
/** Things that were really made, through the same door. */
const made = { claimId: '', findingId: '', attachmentId: '', agreementId: '' };

interface Asked {
  readonly as?: string;
  readonly method?: 'GET' | 'POST';
  readonly url: string;
  readonly body?: unknown;
  readonly key?: string;
}

async function ask({ as, method = 'POST', url, body, key }: Asked) {
  const headers = { ...(as ? { authorization: `Bearer ${tokens[as]}` } : {}), ...(key ? { 'idempotency-key': key } : {}) };
  const request: InjectOptions = { method, url, headers, ...(method === 'POST' ? { payload: (body ?? {}) as object } : {}) };
  return app.inject(request);
}

const file = { filename: 'poc.bin', contentType: 'application/octet-stream', type: 'exploit-proof-of-concept', data: 'AAECAw==' };
const finding = { title: 'A flaw', text: 'It breaks.', purl: 'pkg:npm/minimist@1.2.5', attachments: [file] };
const claim = {
  purl: 'pkg:npm/minimist',
  technique: 'fuzzing',
  contact: 'a',
  startsAt: '2026-11-21T00:00:00Z',
  endsAt: '2026-11-28T00:00:00Z',
};

beforeAll(async () => {
  hub = await openHub();
  mkdirSync(blobDir);
  mkdirSync(join(dir, 'public'));
  const doors: Doors = { ...hub.doors, blobs: diskBlobs(blobDir, hub.doors.keys.wrapping()) };
  const served = { actions, version: '0', deskDir: join(dir, 'none'), publicDir: join(dir, 'public'), log: () => {}, nowMs: () => 0 };
  app = await buildHttp(doors, served);
  tapRoutes(app, doors, () => {});
  const roles = {
    finder: 'finder',
    other: 'finder',
    desk: 'coordinator',
    operator: 'operator',
    developer: 'developer',
    evaluator: 'evaluator',
  } as const;
  for (const [name, role] of Object.entries(roles)) {
    const actor = await hub.join(name, role);
    actors[name] = actor;
    tokens[name] = (await hub.do<{ secret: string }>(actor, orgs.issueToken, { holderId: actor.id })).secret;
  }
  made.claimId = (await ask({ as: 'finder', url: '/api/claims', body: claim, key: 'claim' })).json().claim.id;
  made.findingId = (await ask({ as: 'finder', url: '/api/findings', body: finding })).json().id;
  made.attachmentId = (await ask({ as: 'finder', method: 'GET', url: `/api/findings/${made.findingId}` })).json().attachments[0].id;
  const parties = [actors.developer!.orgId, actors.evaluator!.orgId];
  made.agreementId = (await ask({ as: 'developer', url: '/api/agreements', body: { parties, terms, legalBasis } })).json().id;
});
afterAll(async () => {
  await app.close();
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Every table's rows, by number and by content, and every blob: what must be the same after a refusal as before. */
async function everything(): Promise<Record<string, string>> {
  const rows = await hub.doors.db.transaction(house.reads, async (tx) => {
    const tables = await sql<{ name: string }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`.execute(tx);
    const found: Record<string, string> = {};
    for (const { name } of tables.rows) {
      const counted = await sql<{ n: number; sum: string | null }>`
        SELECT count(*) AS n, md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) AS sum FROM ${sql.table(name)} AS t`.execute(tx);
      found[name] = `${counted.rows[0]!.n} ${counted.rows[0]!.sum}`;
    }
    return found;
  });
  const blobs = readdirSync(blobDir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const names = blobs.map((e) => `${e.name} ${sha256(readFileSync(join(e.parentPath, e.name)))}`).sort();
  return { ...rows, blobs: names.join('\n') };
}

const cases: Record<
  RefusalCode,
  { readonly because: RegExp; readonly at?: string; prepare?(): Promise<unknown> | unknown; asked(): Asked }
> = {
  malformed: {
    because: /a package URL begins with pkg:/,
    at: '/purl',
    asked: () => ({ as: 'finder', url: '/api/findings', body: { ...finding, purl: 'no purl' } }),
  },
  unsupported: {
    because: /CycloneDX 1\.4.* are read/,
    at: '/document/specVersion',
    asked: () => ({
      as: 'operator',
      url: '/api/inventories',
      body: { name: 'ward', document: JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '9.9', components: [] }) },
    }),
  },
  too_large: {
    because: new RegExp(`at most ${limits.requestBytes} bytes`),
    asked: () => ({ as: 'finder', url: '/api/findings', body: { ...finding, text: 'x'.repeat(limits.requestBytes) } }),
  },
  too_many: {
    because: new RegExp(`at most ${limits.strangerRequestsPerMinute} requests a minute`),
    async prepare() {
      for (let i = 0; i < limits.strangerRequestsPerMinute; i++) await ask({ method: 'GET', url: '/health' });
    },
    asked: () => ({ url: '/api/sessions', body: { secret: 'bw_lnk_guessed' } }),
  },
  not_found: {
    because: /no such thing/,
    asked: () => ({ as: 'other', url: `/api/claims/${made.claimId}/release` }),
  },
  not_permitted: {
    because: /orgs\.create is not among what this credential may do/,
    asked: () => ({ as: 'finder', url: '/api/orgs', body: { name: 'Mine', roles: ['coordinator'] } }),
  },
  wrong_state: {
    because: /cannot release while released; this is a final state/,
    prepare: () => ask({ as: 'finder', url: `/api/claims/${made.claimId}/release` }),
    asked: () => ({ as: 'finder', url: `/api/claims/${made.claimId}/release` }),
  },
  stale: {
    because: /not the agreement you have read/,
    at: '/digest',
    asked: () => ({ as: 'developer', url: `/api/agreements/${made.agreementId}/sign`, body: { digest: 'f'.repeat(64) } }),
  },
  conflict: {
    because: /used for another request/,
    at: 'Idempotency-Key',
    asked: () => ({ as: 'finder', url: '/api/claims', key: 'claim', body: { ...claim, contact: 'b' } }),
  },
  expired: {
    because: /the window lies in the past/,
    at: '/endsAt',
    asked: () => ({
      as: 'finder',
      url: '/api/claims',
      body: { ...claim, startsAt: '2026-11-01T00:00:00Z', endsAt: '2026-11-02T00:00:00Z' },
    }),
  },
  untrusted: {
    because: /altered where it lies/,
    prepare() {
      const path = join(blobDir, made.attachmentId.slice(4, 11), made.attachmentId);
      const bytes = readFileSync(path);
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(path, bytes);
    },
    asked: () => ({ as: 'finder', method: 'GET', url: `/api/findings/${made.findingId}/attachments/${made.attachmentId}` }),
  },
  unavailable: {
    because: /cannot check authorisations .* scan a copy instead/,
    at: '/authorisation',
    async prepare() {
      made.claimId = (await ask({ as: 'finder', url: '/api/claims', body: claim })).json().claim.id;
    },
    asked: () => ({
      as: 'finder',
      url: '/api/scans',
      body: {
        ...{ claimId: made.claimId, tool: 'fuzzer', toolVersion: '1', results: 0, live: true, authorisation: 'signed' },
        ...{ startedAt: '2026-11-21T01:00:00Z', endedAt: '2026-11-21T02:00:00Z' },
      },
    }),
  },
};

test('there is a case for every code', () => expect(Object.keys(cases).sort()).toEqual([...refusalCodes].sort()));

test('what the cases rest on was really made', () => {
  expect(made).toMatchObject({ claimId: /^clm_/, findingId: /^fnd_/, attachmentId: /^blb_/, agreementId: /^agr_/ });
});

// The flood comes last: it uses up what strangers have at this address.
test.each([...refusalCodes].sort((a, b) => Number(a === 'too_many') - Number(b === 'too_many')))(
  '%s: its status, its reason, and nothing stored',
  async (code) => {
    const { because, at, prepare, asked } = cases[code];
    await prepare?.();
    const before = await everything();
    const response = await ask(asked());
    expect(response.json()).toMatchObject({
      code,
      status: refusalMapping[code].status,
      detail: expect.stringMatching(because),
      ...(at ? { at } : {}),
    });
    expect(response.statusCode).toBe(refusalMapping[code].status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(await everything()).toEqual(before);
  },
);

test('what the database itself refuses, after part of the work was done, leaves nothing either', async () => {
  const before = await everything();
  const response = await ask({ as: 'desk', url: '/api/orgs', body: { name: 'FINDER', roles: ['finder'] }, key: 'twice' });
  expect(response.json()).toMatchObject({ code: 'conflict', detail: 'this already exists' });
  expect(await everything()).toEqual(before);
});

test('a refusal through the TAP door stores nothing either, but that this token has asked', async () => {
  const uncounted = async () => ({ ...(await everything()), credentials: undefined });
  const before = await uncounted();
  const headers = { authorization: `Bearer ${tokens.finder}`, 'content-type': 'application/json' };
  for (const payload of ['{"__proto__":{}}', '{"a":1,"a":2}', '[]', '{', JSON.stringify({ title: 'x' })]) {
    const response = await app.inject({ method: 'POST', url: '/v1/reports', headers, payload });
    expect([payload, response.statusCode]).toEqual([payload, 400]);
  }
  expect(await uncounted()).toEqual(before);
});

test('a hostile JSON body is malformed and pollutes nothing', async () => {
  const before = await everything();
  const headers = { authorization: `Bearer ${tokens.finder}`, 'content-type': 'application/json' };
  const deep = `{"sarif":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)},"purl":"pkg:npm/a"}`;
  for (const payload of ['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', deep]) {
    const response = await app.inject({ method: 'POST', url: '/api/findings/sarif', headers, payload });
    expect(response.json()).toMatchObject({ code: 'malformed' });
  }
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect(await everything()).toEqual(before);
});

test('a path out of the public tree leads nowhere', async () => {
  writeFileSync(join(dir, 'secret'), 'keys');
  for (const path of [
    '/public/../secret',
    '/public/%2e%2e/secret',
    '/public/..%2fsecret',
    '/public/%2e%2e%2fsecret',
    '/public/..%5csecret',
    '/public//etc/passwd',
    '/public/%00',
  ]) {
    const response = await app.inject({ url: path, headers: { authorization: `Bearer ${tokens.finder}` } });
    expect([path, response.statusCode >= 400, response.body.includes('keys')]).toEqual([path, true, false]);
  }
});
