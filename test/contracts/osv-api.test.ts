import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { buildHttp } from '../../src/app/http.ts';
import { osvRoutes } from '../../src/app/osv.ts';
import { osvShelf } from '../../src/app/osv-shelf.ts';
import { tapRoutes } from '../../src/app/tap.ts';
import { limits } from '../../src/base/limits.ts';
import { mirrorOsv } from '../../src/clearinghouse/releases/osv/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { issueToken } from '../../src/trust/orgs/actions.ts';
import { insertPerson } from '../../src/trust/orgs/store.ts';
import { openCase, publishCase } from '../case.ts';
import { runCommand } from '../equipment/command.ts';
import { osvRecords } from '../equipment/osv-records.ts';
import { zipOf } from '../equipment/zip.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let app: FastifyInstance;
let [desk, second]: Actor[] = [];
let nowMs = 0;
const dir = mkdtempSync(join(tmpdir(), 'bw-osv-'));
const faults: string[] = [];
const records = osvRecords();
interface Mirrored {
  readonly kept: number;
  readonly same: number;
  readonly older: number;
  readonly refused: readonly { readonly index: number; readonly id: string | null; readonly code: string; readonly at?: string }[];
}
const mirror = (list: readonly unknown[], source = 'Elsewhere') => hub.do<Mirrored>(desk!, mirrorOsv, { source, records: list });

beforeAll(async () => {
  hub = await openHub();
  desk = await hub.join('Clearinghouse', 'coordinator');
  const id = 'psn_00000000000000000000000001';
  await hub.doors.db.transaction(house.reads, (tx) =>
    insertPerson(tx, {
      id,
      orgId: desk!.orgId as `org_${string}`,
      name: 'Second',
      email: 'second@example.org',
      createdAt: hub.clock.now(),
    }),
  );
  second = await hub.again({ id, scopes: ['*'] } as unknown as Actor);
  const served = {
    actions,
    version: '1',
    deskDir: join(dir, 'none'),
    publicDir: dir,
    log: (p: string) => faults.push(p),
    nowMs: () => nowMs,
  };
  app = await buildHttp(hub.doors, served);
  await osvRoutes(app, hub.doors, served.log);
  tapRoutes(app, hub.doors, served.log);
  for (let i = 0; i < records.length; i += limits.osvRecordsAtOnce)
    expect(await mirror(records.slice(i, i + limits.osvRecordsAtOnce))).toMatchObject({ refused: [] });
}, 300_000);
afterAll(async () => {
  await app.close();
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: {
    vulns?: { id: string; modified: string }[];
    results?: Answer['body'][];
    next_page_token?: string;
    code?: number;
    message?: string;
  };
}
/** As curl -d sends it; each from another minute, so that a stranger may ask on. */
async function post(path: string, body: unknown, type = 'application/x-www-form-urlencoded'): Promise<Answer> {
  nowMs += 1000;
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await app.inject({ method: 'POST', url: path, headers: { 'content-type': type }, payload });
  return { status: reply.statusCode, body: reply.json() };
}
const ask = (query: object) => post('/v1/query', query);
const idsOf = ({ body }: Answer) => (body.vulns ?? []).map((v) => v.id);
const entry = (ecosystem: string, name: string, more: object) => ({ package: { ecosystem, name }, ...more });
const record = (id: string, ...affected: object[]) => ({ id, modified: '2026-01-01T00:00:00Z', affected });
const events = (type: string, ...list: object[]) => ({
  ranges: [{ type, events: list, ...(type === 'GIT' ? { repo: 'https://code.example/r.git' } : {}) }],
});

describe.skipIf(records.length === 0)('with all the records that were handed over', () => {
  test('a version in a semantic range, one before and one after it', async () => {
    const of = (version: string) => ask({ package: { ecosystem: 'crates.io', name: 'http' }, version });
    expect(idsOf(await of('0.1.19'))).toContain('RUSTSEC-2019-0033');
    expect(idsOf(await of('0.1.20'))).not.toContain('RUSTSEC-2019-0033');
    const go = (version: string) => ask({ package: { ecosystem: 'Go', name: 'github.com/gin-gonic/gin' }, version });
    expect(idsOf(await go('v1.5.0'))).toContain('GO-2020-0001');
    expect(idsOf(await go('1.6.0'))).not.toContain('GO-2020-0001');
  });

  test('PyPI by any spelling of name and version, by purl too', async () => {
    const plain = idsOf(await ask({ package: { ecosystem: 'PyPI', name: 'jinja2' }, version: '2.4.1' }));
    expect(plain.length).toBeGreaterThan(2);
    expect(idsOf(await ask({ package: { ecosystem: 'PyPI', name: 'Jinja2' }, version: '2.4.1' }))).toEqual(plain);
    expect(idsOf(await ask({ package: { purl: 'pkg:pypi/jinja2@2.4.1' } }))).toEqual(plain);
    expect(idsOf(await ask({ package: { purl: 'pkg:pypi/Jinja2' }, version: '2.4.1' }))).toEqual(plain);
    expect(idsOf(await ask({ package: { purl: 'pkg:pypi/jinja2' } }))).toEqual(expect.arrayContaining(plain));
  });

  test('a commit as the record lists it, tags however they are written, a name alone with its version', async () => {
    expect(idsOf(await ask({ commit: '1df58f77820b5feb747d34cc6aff26276db8b6dd' }))).toEqual(['OSV-2022-667']);
    expect(idsOf(await ask({ commit: '14703f21b5802e880da8c3afe80824ab651aee07' }))).toEqual([]);
    const tagged = idsOf(await ask({ package: { name: 'apache-commons-codec' }, version: '1.16.1_rc1' }));
    expect(tagged).toContain('OSV-2023-1195');
    expect(
      idsOf(
        await ask({
          package: { name: 'https://gitbox.apache.org/repos/asf/commons-codec', ecosystem: 'GIT' },
          version: 'rel/commons-codec-1.16.1',
        }),
      ),
    ).toContain('OSV-2023-1195');
  });

  test('every record is there by its id as it was handed over, withdrawn ones too, and those only there', async () => {
    for (const of of records.filter((r, i) => i % 100 === 0 || r.withdrawn)) {
      nowMs += 1000;
      const reply = await app.inject({ url: `/v1/vulns/${of.id}` });
      expect(reply.json()).toEqual(of);
    }
    const withdrawn = records.filter((r) => r.withdrawn !== undefined);
    expect(withdrawn.length).toBeGreaterThan(50);
    for (const { id, affected } of withdrawn.slice(0, 20)) {
      const [{ package: named }] = affected as { package: object }[] as [{ package: object }];
      expect(idsOf(await ask({ package: named }))).not.toContain(id);
    }
  });

  test('a batch: in order, ids and times only', async () => {
    const queries = [
      { package: { purl: 'pkg:pypi/mlflow@0.4.0' } },
      { commit: '1df58f77820b5feb747d34cc6aff26276db8b6dd' },
      { package: { ecosystem: 'npm', name: 'nobody-has-this' }, version: '1' },
      { package: { ecosystem: 'PyPI', name: 'jinja2' }, version: '2.4.1' },
    ];
    const { status, body } = await post('/v1/querybatch', { queries });
    expect(status).toBe(200);
    expect(body.results).toHaveLength(4);
    expect(body.results![1]!.vulns).toEqual([{ id: 'OSV-2022-667', modified: '2023-02-24T01:27:48.502253Z' }]);
    expect(body.results![2]).toEqual({});
    expect(body.results![3]!.vulns!.length).toBeGreaterThan(2);
  });

  test('an alias says under which ids to look', async () => {
    const reply = await app.inject({ url: '/v1/vulns/CVE-2016-10931' });
    expect([reply.statusCode, reply.json()]).toEqual([
      404,
      { code: 5, message: 'Bug not found, but the following aliases were: RUSTSEC-2016-0001' },
    ]);
    expect((await app.inject({ url: '/v1/vulns/CVE-1999-1' })).json()).toEqual({ code: 5, message: 'Bug not found.' });
  });
});

describe('what is mirrored', () => {
  test('by id and time: once, the newer instead of the older, the older not at all', async () => {
    const at = (modified: string) => ({ ...record('x_M-1', entry('npm', 'm', { versions: ['1'] })), modified });
    expect(await mirror([at('2026-01-01T00:00:00.1Z')])).toMatchObject({ kept: 1 });
    expect(await mirror([at('2026-01-01T00:00:00.100Z')])).toMatchObject({ kept: 0, same: 1 });
    expect(await mirror([at('2026-01-01T00:00:00Z'), at('2026-01-01T00:00:00.11Z')])).toMatchObject({ kept: 1, older: 1 });
    expect((await app.inject({ url: '/v1/vulns/x_M-1' })).json().modified).toBe('2026-01-01T00:00:00.11Z');
  });

  test('a newer version is found by what it says now, and no more by what it said', async () => {
    await mirror([record('x_M-2', entry('npm', 'before', { versions: ['1'] }))]);
    const of = (name: string) => ask({ package: { ecosystem: 'npm', name } });
    expect([idsOf(await of('before')), idsOf(await of('after'))]).toEqual([['x_M-2'], []]);
    await mirror([{ ...record('x_M-2', entry('npm', 'after', { versions: ['1'] })), modified: '2026-02-01T00:00:00Z' }]);
    expect([idsOf(await of('before')), idsOf(await of('after'))]).toEqual([[], ['x_M-2']]);
  });

  test('each that cannot be read is told, the others are kept', async () => {
    const result = await mirror([record('x_M-3'), { id: 'nobody' }, 'x', record('x_M-4')]);
    expect(result).toMatchObject({ kept: 2 });
    expect(result.refused).toMatchObject([
      { index: 1, id: 'nobody', code: 'malformed' },
      { index: 2, id: null },
    ]);
  });

  test('only the staff mirrors', async () => {
    const finder = await hub.join('Lab', 'finder');
    expect(await hub.try(finder, mirrorOsv, { source: 'a', records: [record('x_M-5')] })).toMatchObject({ code: 'not_permitted' });
  });

  test('bounds: of a request, an id, a record, its names', async () => {
    const many = (n: number) => Array.from({ length: n }, () => record('x_M-6'));
    expect(await hub.try(desk!, mirrorOsv, { source: 'a', records: many(limits.osvRecordsAtOnce) })).toMatchObject({ kept: 1 });
    expect(await hub.try(desk!, mirrorOsv, { source: 'a', records: many(limits.osvRecordsAtOnce + 1) })).toMatchObject({
      code: 'malformed',
    });
    const id = (n: number) => record(`x_${'a'.repeat(n - 2)}`);
    expect(await mirror([id(limits.osvIdChars), id(limits.osvIdChars + 1)])).toMatchObject({ kept: 1, refused: [{ index: 1, at: '/id' }] });
    const empty = JSON.stringify({ ...record('x_M-7'), details: '' }).length;
    const long = (bytes: number, to: string) => ({ ...record(to), details: 'a'.repeat(bytes - empty) });
    expect(await mirror([long(limits.osvRecordBytes, 'x_M-7'), long(limits.osvRecordBytes + 1, 'x_M-8')])).toMatchObject({
      kept: 1,
      refused: [{ index: 1, code: 'too_large' }],
    });
    // Its own id is a name too.
    const named = (names: number, to: string) => ({ ...record(to), aliases: Array.from({ length: names - 1 }, (_, i) => `CVE-${i}`) });
    expect(await mirror([named(limits.osvKeysPerRecord, 'x_M-9'), named(limits.osvKeysPerRecord + 1, 'x_M-10')])).toMatchObject({
      kept: 1,
      refused: [{ index: 1, code: 'too_many' }],
    });
  }, 60_000);
});

describe('our own releases', () => {
  test('are found at the moment they are public, and nobody else can have their place', async () => {
    const of = await openCase(hub, 'pkg:npm/merge-things@2.0.0', [await hub.join('North Lab', 'finder')]);
    const query = { package: { purl: 'pkg:npm/merge-things@2.0.0' } };
    expect(idsOf(await ask(query))).toEqual([]);
    await publishCase(hub, of, [desk!, second!], [{ fixed: '2.0.1' }]);
    const [id] = idsOf(await ask(query));
    expect(id).toMatch(/^x_BW-2026-/);
    expect(idsOf(await ask({ package: { ecosystem: 'npm', name: 'merge-things' }, version: '2.0.1' }))).toEqual([]);
    const ours = (await app.inject({ url: `/v1/vulns/${id}` })).json();
    const later = { ...ours, modified: '2099-01-01T00:00:00Z' };
    expect(await mirror([later])).toMatchObject({ kept: 0, refused: [{ code: 'conflict' }] });
  });

  test('what another process wrote is seen at once', async () => {
    const other = osvShelf(hub.doors);
    const { keyFor } = await import('../../src/clearinghouse/releases/osv/record.ts');
    const key = keyFor.package('npm', 'seen');
    expect(await other.under([key])).toEqual([[]]);
    await mirror([record('x_S-1', entry('npm', 'seen', { versions: ['1'] }))]);
    expect((await other.under([key]))[0]!.map((r) => r.id)).toEqual(['x_S-1']);
  });

  test('with no room at hand the answers are the same; more changes than are followed are all seen', async () => {
    const { keyFor } = await import('../../src/clearinghouse/releases/osv/record.ts');
    const keys = [keyFor.id('x_S-1'), keyFor.package('npm', 'seen'), keyFor.id('nobody')];
    const wide = await osvShelf(hub.doors, limits.osvShelfBytes).under(keys);
    const narrow = osvShelf(hub.doors, 1);
    for (let i = 0; i < 2; i++) expect(await narrow.under(keys)).toEqual(wide);
    expect(wide.map((r) => r.length)).toEqual([1, 1, 0]);
  });

  test('what there is room for is at hand before anybody asks', async () => {
    const { keyFor } = await import('../../src/clearinghouse/releases/osv/record.ts');
    const names = Array.from({ length: limits.osvWarmedAtOnce + 1 }, (_, i) => `warm-${i}`);
    const fresh = await openHub();
    const given = names.map((name, i) => record(`x_W-${i}`, entry('npm', name, { versions: ['1'] })));
    await fresh.do(await fresh.join('Clearinghouse', 'coordinator'), mirrorOsv, { source: 'Elsewhere', records: given });
    const [asked, keys] = [vi.spyOn(fresh.doors.db, 'transaction'), names.map((name) => keyFor.package('npm', name))];
    const transactionsOf = async (shelf: ReturnType<typeof osvShelf>) => {
      asked.mockClear();
      expect((await shelf.under(keys)).map((records) => records.length)).toEqual(names.map(() => 1));
      return asked.mock.calls.length;
    };
    const [warmed, cold, full] = [osvShelf(fresh.doors), osvShelf(fresh.doors), osvShelf(fresh.doors, 1)];
    await warmed.warm(() => false);
    await full.warm(() => false);
    // To look whether anything has changed takes none; to read takes one.
    expect([await transactionsOf(warmed), await transactionsOf(cold), await transactionsOf(full)]).toEqual([0, 1, 1]);
    await fresh.close();
  });

  test('a record that many keys lead to takes the room of one, and is seen anew under each of them', async () => {
    const { keyFor } = await import('../../src/clearinghouse/releases/osv/record.ts');
    const aliases = Array.from({ length: 8 }, (_, i) => `ALIAS-${i}`);
    const of = (summary: string) => ({
      ...record('x_A-1', entry('npm', 'aliased', { versions: ['1'] })),
      modified: `2026-01-0${summary.length}T00:00:00Z`,
      aliases,
      details: summary.repeat(10_000 / summary.length),
    });
    await mirror([of('a')]);
    const keys = aliases.map((alias) => keyFor.alias(alias));
    const shelf = osvShelf(hub.doors, 100_000);
    await shelf.under(keys);
    const asked = vi.spyOn(hub.doors.db, 'transaction');
    expect((await shelf.under(keys)).map((records) => records.length)).toEqual(aliases.map(() => 1));
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
    await mirror([of('bb')]);
    for (const [found] of await shelf.under(keys)) expect(found!.text).toContain('bbbb');
  });

  test('more changes than are followed one by one are seen as well', async () => {
    const { keyFor } = await import('../../src/clearinghouse/releases/osv/record.ts');
    const shelf = osvShelf(hub.doors);
    const key = keyFor.package('npm', 'many');
    expect(await shelf.under([key])).toEqual([[]]);
    for (let i = 0; i <= limits.osvFollowed; i += 500)
      await mirror(Array.from({ length: 500 }, (_, n) => record(`x_F-${i + n}`, entry('npm', 'many', { versions: ['1'] }))));
    expect((await shelf.under([key]))[0]!.length).toBeGreaterThan(limits.osvFollowed);
  }, 120_000);
});

describe('versions', () => {
  beforeAll(() =>
    mirror([
      record('x_V-1', entry('Debian:12', 'curl', events('ECOSYSTEM', { introduced: '0' }, { fixed: '7.88.1-10+deb12u5' }))),
      record('x_V-2', entry('Debian:11', 'curl', events('ECOSYSTEM', { introduced: '0' }, { fixed: '7.74.0-1.3+deb11u11' }))),
      record('x_V-3', entry('Debian', 'curl', { versions: ['7.88.1-10'] })),
      record('x_V-4', entry('Ubuntu:22.04:LTS', 'curl', { versions: ['7.81.0-1'] })),
      record(
        'x_V-5',
        entry('npm', 'v', events('SEMVER', { introduced: '3.0.0' }, { fixed: '3.2.5' }, { introduced: '1.0.0' }, { fixed: '1.0.2' })),
      ),
      record('x_V-6', entry('npm', 'v', events('SEMVER', { introduced: '0' }, { last_affected: '2.0.0' }))),
      record('x_V-7', entry('npm', 'v', events('SEMVER', { introduced: '0' }, { limit: '0.5.0' }))),
      record('x_V-8', entry('Maven:https://maven.example', 'a:b', { versions: ['1'] })),
      record('x_V-9', entry('PyPI', 'norm', { versions: ['1.0'] })),
    ]),
  );

  test.each<[string, object, string[]]>([
    ['all releases', { package: { ecosystem: 'Debian', name: 'curl' } }, ['x_V-1', 'x_V-2', 'x_V-3']],
    ['one release, and what is said of none', { package: { ecosystem: 'Debian:12', name: 'curl' } }, ['x_V-1', 'x_V-3']],
    ['its versions in its order', { package: { ecosystem: 'Debian:12', name: 'curl' }, version: '7.88.1-10+deb12u4' }, ['x_V-1']],
    ['the version that fixed it', { package: { ecosystem: 'Debian:12', name: 'curl' }, version: '7.88.1-10+deb12u5' }, []],
    ['a distribution by purl', { package: { purl: 'pkg:deb/debian/curl@7.74.0-1.3?arch=source' } }, ['x_V-1', 'x_V-2']],
    ['without the LTS', { package: { ecosystem: 'Ubuntu:22.04', name: 'curl' } }, ['x_V-4']],
    ['ranges in any order', { package: { ecosystem: 'npm', name: 'v' }, version: '3.1.0' }, ['x_V-5']],
    ['between two ranges, up to the last', { package: { ecosystem: 'npm', name: 'v' }, version: '2.0.0' }, ['x_V-6']],
    ['after the last', { package: { ecosystem: 'npm', name: 'v' }, version: '2.0.1' }, []],
    ['before the limit', { package: { ecosystem: 'npm', name: 'v' }, version: '0.4.9' }, ['x_V-6', 'x_V-7']],
    ['no version at all', { package: { ecosystem: 'npm', name: 'v' }, version: 'main' }, []],
    ['another repository of Maven', { package: { ecosystem: 'Maven:https://else.example', name: 'a:b' } }, []],
    ['a version spelled otherwise', { package: { ecosystem: 'PyPI', name: 'norm' }, version: '1.0.0' }, ['x_V-9']],
    ['a purl type that OSV does not know', { package: { purl: 'pkg:huggingface/a/b@1' } }, []],
  ])('%s', async (_name, query, found) => {
    const answer = await ask(query);
    expect([answer.status, idsOf(answer)]).toEqual([200, found]);
  });
});

describe('pages', () => {
  const all = Array.from({ length: limits.osvPageRecords + 1 }, (_, i) =>
    record(`x_P-${String(i).padStart(5, '0')}`, entry('npm', 'paged', { versions: ['1'] })),
  );
  beforeAll(async () => {
    for (let i = 0; i < all.length; i += 500) await mirror(all.slice(i, i + 500));
  });

  test('so many records, then a token for the rest; in a batch too', async () => {
    const query = { package: { ecosystem: 'npm', name: 'paged' } };
    const first = await ask(query);
    expect(first.body.vulns).toHaveLength(limits.osvPageRecords);
    const rest = await ask({ ...query, page_token: first.body.next_page_token });
    expect([rest.body.vulns!.length, rest.body.next_page_token]).toEqual([1, undefined]);
    const batch = await post('/v1/querybatch', { queries: [{ ...query, page_token: first.body.next_page_token }, query] });
    expect(batch.body.results!.map((r) => [r.vulns!.length, r.next_page_token !== undefined])).toEqual([
      [1, false],
      [limits.osvPageRecords, true],
    ]);
  });

  test('an answer holds so many bytes and looks at so much; what is left is on the next page', async () => {
    const text = 'a'.repeat(1024 * 1024);
    await mirror(
      Array.from({ length: 10 }, (_, i) => ({ ...record(`x_B-${i}`, entry('npm', 'big', { versions: ['1'] })), details: text })),
    );
    const big = await ask({ package: { ecosystem: 'npm', name: 'big' } });
    expect(big.body.vulns!.length).toBe(Math.ceil(limits.osvPageBytes / text.length));
    const versions = Array.from({ length: 60_000 }, (_, i) => `1.${i}`);
    await mirror(Array.from({ length: 3 }, (_, i) => record(`x_C-${i}`, entry('npm', 'costly', { versions }))));
    const query = { package: { ecosystem: 'npm', name: 'costly' }, version: '1.59999' };
    const costly = await ask(query);
    expect(idsOf(costly)).toHaveLength(Math.ceil(limits.osvComparisons / versions.length));
    expect(idsOf(await ask({ ...query, page_token: costly.body.next_page_token }))).toEqual(['x_C-2']);
    const starved = await post('/v1/querybatch', { queries: [query, query, query] });
    const tokens = starved.body.results!.map((r) => r.next_page_token);
    expect(starved.body.results![2]).toEqual({ next_page_token: tokens[2] });
    expect(idsOf(await ask({ ...query, page_token: tokens[2] }))).toEqual(['x_C-0', 'x_C-1']);
  }, 60_000);

  test('a token that nobody gave is refused', async () => {
    for (const token of ['x', '*', 'MA', '====', 'a'.repeat(5000), Buffer.from('1\n').toString('base64url')])
      expect(await ask({ package: { ecosystem: 'npm', name: 'paged' }, page_token: token })).toEqual({
        status: 400,
        body: { code: 3, message: 'Invalid page token.' },
      });
  });
});

describe('what is no question', () => {
  test.each<[string, unknown, string]>([
    ['no JSON', '{"a":', 'Invalid query.'],
    ['a list', [], 'Invalid query.'],
    ['nothing', {}, 'Invalid query.'],
    ['a name alone', { package: { name: 'a' } }, 'Invalid query.'],
    ['a version alone', { version: '1' }, 'Invalid query.'],
    ['no ecosystem', { package: { name: 'a', ecosystem: 'nowhere' } }, 'Invalid ecosystem.'],
    ['no commit', { commit: 'zz' }, 'Invalid hash.'],
    ['half a commit', { commit: 'abc' }, 'Invalid hash.'],
    ['a purl and a name', { package: { purl: 'pkg:npm/a', name: 'a' } }, 'name specified in a PURL query'],
    ['a purl and an ecosystem', { package: { purl: 'pkg:npm/a', ecosystem: 'npm' } }, 'ecosystem specified in a PURL query'],
    ['two versions', { package: { purl: 'pkg:npm/a@1' }, version: '1' }, 'version specified in params and PURL query'],
    ['deep', '['.repeat(500_000), 'Invalid query.'],
  ])('%s', async (_name, body, message) => expect(await post('/v1/query', body)).toEqual({ status: 400, body: { code: 3, message } }));

  test('a purl that is none', async () => {
    expect((await ask({ package: { purl: 'npm/a' } })).body).toMatchObject({ code: 3, message: expect.stringContaining('Invalid PURL') });
  });

  test('a batch has so many questions; one that is not understood is named, and nothing is answered', async () => {
    const queries = (n: number) => Array.from({ length: n }, () => ({ package: { ecosystem: 'npm', name: 'a' } }));
    expect((await post('/v1/querybatch', { queries: queries(limits.osvQueries) })).body.results).toHaveLength(limits.osvQueries);
    expect((await post('/v1/querybatch', { queries: queries(limits.osvQueries + 1) })).body).toEqual({
      code: 3,
      message: 'Too many queries.',
    });
    expect((await post('/v1/querybatch', { queries: [...queries(1), {}] })).body).toEqual({
      code: 3,
      message: 'error in query at index 1: Invalid query.',
    });
    expect((await post('/v1/querybatch', {})).body).toEqual({ results: [] });
    expect((await post('/v1/querybatch', { queries: {} })).body.code).toBe(3);
  });

  test('a body of the largest size is read, one byte more is not', async () => {
    const of = (bytes: number) => post('/v1/query', `{"a":"${'x'.repeat(bytes - 8)}"}`, 'application/json');
    expect((await of(limits.osvQueryBytes)).body.message).toBe('Invalid query.');
    expect((await of(limits.osvQueryBytes + 1)).body).toMatchObject({ code: 3, message: expect.stringContaining('bytes') });
  });

  test('an id of the greatest length is looked up, a longer one is not', async () => {
    const of = (chars: number) => app.inject({ url: `/v1/vulns/${'a'.repeat(chars)}` });
    expect((await of(limits.osvIdChars)).json()).toMatchObject({ code: 5 });
    expect((await of(limits.osvIdChars + 1)).json()).toMatchObject({ code: 3 });
  });
});

describe('breakwater osv import', () => {
  test('takes an all.zip, JSON lines, a list and one record; again, it takes nothing', async () => {
    const { secret } = await hub.do<{ secret: string }>(desk!, issueToken, { holderId: desk!.id });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const [zip, lines, list] = [join(dir, 'all.zip'), join(dir, 'a.jsonl'), join(dir, 'b.json')];
    const of = (n: number) => JSON.stringify(record(`x_I-${n}`, entry('npm', 'imported', { versions: ['1'] })));
    writeFileSync(
      zip,
      zipOf([
        { name: 'x_I-1.json', bytes: Buffer.from(of(1)) },
        { name: 'x_I-2.json', bytes: Buffer.from(of(2)) },
        { name: 'readme.txt', bytes: Buffer.from('no record') },
      ]),
    );
    writeFileSync(lines, `${of(3)}\n\nno JSON\n`);
    writeFileSync(list, `[${of(4)},${of(1)},{"id":"nobody"}]`);
    const env = { PATH: process.env.PATH ?? '', BREAKWATER_URL: url, BREAKWATER_TOKEN: secret };
    const run = () => runCommand(['--json', 'osv', 'import', zip, lines, list, '--source', 'Elsewhere'], env);
    const first = await run();
    expect([first.code, first.err]).toEqual([0, '']);
    expect(JSON.parse(first.out)).toMatchObject({
      kept: 4,
      same: 1,
      refused: [{ record: 'line 3', because: 'is no JSON' }, { record: 'nobody' }],
    });
    expect(JSON.parse((await run()).out)).toMatchObject({ kept: 0, same: 5 });
    expect(idsOf(await ask({ package: { ecosystem: 'npm', name: 'imported' } }))).toEqual(['x_I-1', 'x_I-2', 'x_I-3', 'x_I-4']);
  });
});

describe('the door', () => {
  test('a record has an ETag and may be kept a while; answers to questions may not', async () => {
    await mirror([record('x_E-1')]);
    const first = await app.inject({ url: '/v1/vulns/x_E-1' });
    expect(first.headers).toMatchObject({ etag: expect.stringMatching(/^"[0-9a-f]{32}"$/), 'cache-control': 'public, max-age=60' });
    const again = await app.inject({ url: '/v1/vulns/x_E-1', headers: { 'if-none-match': `W/${first.headers.etag}` } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    const asked = await app.inject({ method: 'POST', url: '/v1/query', payload: { package: { ecosystem: 'npm', name: 'a' } } });
    expect(asked.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' });
  });

  test('strangers have their share, a made-up credential gives no more; TAP goes on under the same prefix', async () => {
    nowMs += 120_000;
    const one = (headers: Record<string, string> = {}) =>
      app.inject({
        method: 'POST',
        url: '/v1/query',
        headers: { ...headers, 'content-type': 'application/json' },
        payload: '{}',
        remoteAddress: '192.0.2.7',
      });
    for (let i = 0; i < limits.strangerRequestsPerMinute; i++) await one(i % 2 ? { authorization: 'Bearer nobody' } : {});
    const refused = await one({ authorization: 'Bearer nobody' });
    expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([429, 8, '60']);
    const tap = await app.inject({ method: 'POST', url: '/v1/reports', payload: {} });
    expect([tap.statusCode, tap.headers['content-type']]).toEqual([401, 'application/problem+json']);
    expect((await app.inject({ url: '/v1/nothing' })).json()).toMatchObject({ status: 404, detail: 'there is no such path' });
  });

  test('nothing broke', () => expect(faults).toEqual([]));
});
