import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { flow } from '../../src/app/flow.ts';
import { buildHttp } from '../../src/app/http.ts';
import { taxiiRoutes } from '../../src/app/taxii.ts';
import type { Instant } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { isRefusal } from '../../src/base/refusal.ts';
import { publicCollection } from '../../src/clearinghouse/releases/feeds/feed.ts';
import { addObjects } from '../../src/clearinghouse/releases/feeds/store.ts';
import { readFilter, takesTaxii } from '../../src/clearinghouse/releases/feeds/taxii.ts';
import { openCase, publishCase } from '../case.ts';
import { openHub, type TestHub } from '../hub.ts';

const media = 'application/taxii+json;version=2.1';
let hub: TestHub;
let app: FastifyInstance;
let root: string;
const faults: string[] = [];
const get = (url: string, accept: string | undefined = media) => app.inject({ url, headers: accept === undefined ? {} : { accept } });
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const noteId = (n: number) => `note--${uuid(n)}`;
const first = '2026-01-01T00:00:00.000Z';
const second = '2026-02-01T00:00:00.000Z';
/** As many objects as fill a page, and one more. */
const many = limits.pageRows + 1;

beforeAll(async () => {
  hub = await openHub();
  const [desk, other, finder] = [
    await hub.join('House', 'coordinator'),
    await hub.join('Two', 'coordinator'),
    await hub.join('Lab', 'finder'),
  ];
  const log = (problem: string) => void faults.push(problem);
  app = await buildHttp(hub.doors, { actions, version: '1', deskDir: '/none', publicDir: import.meta.dirname, log });
  taxiiRoutes(app, hub.doors, log);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const of = publicCollection(hub.doors.keys.secret('names'));
  root = `/taxii2/hub/collections/${of.id}`;
  const note = (n: number, version: string) => ({
    id: noteId(n),
    type: 'note',
    version,
    object: JSON.stringify({ type: 'note', spec_version: '2.1', id: noteId(n), created: first, modified: version, content: `${n}` }),
  });
  const add = (notes: ReturnType<typeof note>[]) =>
    hub.doors.db.transaction([], (tx) => addObjects(tx, of.key, 'rel_x', notes, of.label, hub.clock.now() as Instant));
  // All in one moment of the clock: each has a moment of its own all the same.
  await add(Array.from({ length: many }, (_, i) => note(i, first)));
  await add([note(0, second)]);
  const flaw = await openCase(hub, 'pkg:npm/taxii', [finder]);
  await publishCase(hub, flaw, [desk, other], [{ fixed: '1.0.1' }]);
  await hub.settle(flow);
});
afterAll(async () => {
  await app.close();
  await hub.close();
});

interface Envelope {
  readonly more?: boolean;
  readonly next?: string;
  readonly objects?: { id: string; type: string; modified: string }[];
}
const objects = async (query = ''): Promise<Envelope> => (await get(`${root}/objects/${query}`)).json();

describe('what there is', () => {
  test('discovery, root and collections say it, in TAXII\u2019s own media type', async () => {
    const discovery = await get('/taxii2/');
    expect([discovery.statusCode, discovery.headers['content-type']]).toEqual([200, media]);
    expect(discovery.json()).toMatchObject({ title: 'Breakwater', default: '/taxii2/hub/', api_roots: ['/taxii2/hub/'] });
    expect((await get('/taxii2/hub/')).json()).toMatchObject({ versions: [media], max_content_length: 1 });
    const [collection] = (await get('/taxii2/hub/collections/')).json().collections;
    expect(collection).toMatchObject({ can_read: true, can_write: false, media_types: ['application/stix+json;version=2.1'] });
    expect(collection.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await get(`/taxii2/hub/collections/${collection.id}/`)).json()).toEqual(collection);
  });

  test.each([
    '/taxii2',
    '/taxii2/hub',
    '/taxii2/api/',
    '/taxii2/hub/collections',
    `/taxii2/hub/collections/${uuid(7)}/`,
    `/taxii2/hub/status/${uuid(7)}/`,
  ])('%s is not there, and an error of TAXII says so', async (url) => {
    const reply = await get(url);
    expect([reply.statusCode, reply.headers['content-type'], reply.json().http_status]).toEqual([404, media, '404']);
  });

  test.each([
    ['application/taxii+json', true],
    ['application/taxii+json; version=2.1', true],
    ['APPLICATION/TAXII+JSON;VERSION="2.1"', true],
    ['text/html, application/taxii+json;version=2.1;q=0.5', true],
    ['application/taxii+json;version=2.0', false],
    ['application/taxii+json;version=2.1;q=0', false],
    ['application/vnd.oasis.taxii+json', false],
    ['application/json', false],
    ['*/*', false],
    ['', false],
  ])('Accept: %s', async (accept, takes) => {
    expect(takesTaxii(accept)).toBe(takes);
    expect((await get('/taxii2/', accept)).statusCode).toBe(takes ? 200 : 406);
  });

  test('nothing is taken', async () => {
    const send = (method: 'POST' | 'DELETE', url: string, type: string) =>
      app.inject({ method, url, headers: { accept: media, 'content-type': type }, payload: '{"objects":[]}' });
    expect((await send('POST', `${root}/objects/`, media)).statusCode).toBe(403);
    expect((await send('POST', `${root}/objects/`, 'application/json')).statusCode).toBe(415);
    expect((await send('POST', `/taxii2/hub/collections/${uuid(7)}/objects/`, media)).statusCode).toBe(404);
    expect((await send('DELETE', `${root}/objects/${noteId(1)}/`, media)).statusCode).toBe(403);
  });
});

describe('paging', () => {
  test('a page is full at the limit, and says where to go on', async () => {
    const notes = 'match[type]=note';
    const page = await objects(`?${notes}`);
    expect([page.objects!.length, page.more]).toEqual([limits.pageRows, true]);
    const rest = await objects(`?${notes}&next=${page.next}`);
    // The first note stands last: its newest version was added then.
    expect([rest.objects!.length, rest.more, rest.next, rest.objects!.at(-1)!.id]).toEqual([1, undefined, undefined, noteId(0)]);
    expect(new Set([...page.objects!, ...rest.objects!].map((o) => o.id)).size).toBe(many);
    expect((await objects(`?${notes}&limit=${limits.pageRows + 1}`)).objects).toHaveLength(limits.pageRows);
    expect((await objects(`?${notes}&limit=${many - limits.pageRows}`)).objects).toHaveLength(1);
  });

  test('one at a time, by next and by the date of the last, nothing twice and nothing missing', async () => {
    for (const by of ['next', 'added_after'] as const) {
      const ids: string[] = [];
      let query = '';
      for (let i = 0; i < 20; i++) {
        const reply = await get(`${root}/objects/?limit=7${query}`);
        const page = reply.json() as Envelope;
        ids.push(...page.objects!.map((o) => o.id));
        const last = reply.headers['x-taxii-date-added-last'] as string;
        expect(last).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        if (!page.more) break;
        query = by === 'next' ? `&next=${page.next}` : `&added_after=${last}`;
      }
      expect(ids).toEqual([...new Set(ids)]);
      expect(ids.length).toBeGreaterThan(many);
    }
  });

  test('what a release brings is there, and nothing is after the last', async () => {
    const found = (await objects('?match[type]=report,vulnerability')).objects!;
    expect(found.map((o) => o.type).sort()).toEqual(['report', 'vulnerability']);
    const all = await get(`${root}/manifest/?match[type]=report`);
    const [record] = all.json().objects;
    expect(record).toEqual({
      id: found.find((o) => o.type === 'report')!.id,
      date_added: all.headers['x-taxii-date-added-first'],
      version: found.find((o) => o.type === 'report')!.modified,
      media_type: 'application/stix+json;version=2.1',
    });
    const none = await get(`${root}/objects/?added_after=2100-01-01T00:00:00.000000Z`);
    expect([none.statusCode, none.json(), none.headers['x-taxii-date-added-last']]).toEqual([200, {}, undefined]);
  });
});

describe('matching', () => {
  const matched = async (query: string) => (await objects(`?match[id]=${noteId(0)}&${query}`)).objects?.map((o) => o.modified);
  test('versions: the last where nothing is said, the first, all, or exactly one', async () => {
    expect(await matched('')).toEqual([second]);
    expect(await matched('match[version]=first')).toEqual([first]);
    expect(await matched('match[version]=all')).toEqual([first, second]);
    expect(await matched('match[version]=last,first')).toEqual([first, second]);
    expect(await matched(`match[version]=${first}`)).toEqual([first]);
    expect(await matched('match[version]=2026-01-01T00:00:00Z')).toEqual([first]);
    expect(await matched('match[version]=2026-01-01T00:00:00.0001Z')).toBeUndefined();
    expect((await get(`${root}/objects/${noteId(0)}/versions/`)).json()).toEqual({ versions: [first, second] });
    expect((await get(`${root}/objects/${noteId(0)}/?match[version]=first`)).json().objects[0].modified).toBe(first);
  });

  test('ids, types, versions of the standard; what is not known is let be', async () => {
    expect((await objects(`?match[id]=${noteId(3)},${noteId(4)}`)).objects!.map((o) => o.id)).toEqual([noteId(3), noteId(4)]);
    expect(await objects('?match[type]=malware')).toEqual({});
    expect(await objects('?match[spec_version]=2.0')).toEqual({});
    expect((await objects('?match[spec_version]=2.0,2.1&limit=1')).objects).toHaveLength(1);
    expect((await objects('?match[colour]=red&limit=1')).objects).toHaveLength(1);
  });

  test('one object, and one that is not there', async () => {
    expect((await get(`${root}/objects/${noteId(5)}/`)).json().objects[0].id).toBe(noteId(5));
    for (const path of ['', 'versions/']) expect((await get(`${root}/objects/${noteId(9999)}/${path}`)).statusCode).toBe(404);
    expect((await get(`${root}/objects/${noteId(5)}/?match[version]=2020-01-01T00:00:00.000Z`)).json()).toEqual({});
  });

  test.each([
    ...['added_after=yesterday', 'added_after=2026-01-01', 'added_after=2026-01-01T00:00:00%2B01:00', 'added_after=a&added_after=b'],
    ...['limit=0', 'limit=-1', 'limit=x', 'limit=1.5', 'limit=1&limit=2', 'next=x', 'next=-1'],
    ...[
      'match[version]=all,last',
      'match[version]=last,last',
      'match[version]=1',
      'match[type]=',
      'match[type]=a,,b',
      'match[id]=a&match[id]=b',
    ],
  ])('%s is malformed', async (query) => {
    const reply = await get(`${root}/objects/?${query}`);
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([400, media]);
  });

  test('a filter is so long, and no longer', () => {
    const asked = (chars: number) => isRefusal(readFilter({ 'match[id]': 'a'.repeat(chars) }, ['id']));
    expect([asked(limits.taxiiMatchChars), asked(limits.taxiiMatchChars + 1)]).toEqual([false, true]);
  });
});

const run = promisify(execFile);
const hasClient = await run('python3', ['-c', 'import taxii2client, stix2']).then(
  () => true,
  () => false,
);
if (!hasClient) console.log('skipped: Python with taxii2-client and stix2 is not here (python3 -m pip install taxii2-client stix2)');
// Written by others, from the standard: it pages, checks every resource that it is given, and parses every object.
test.skipIf(!hasClient)('OASIS\u2019s own client reads all of it', async () => {
  const port = (app.server.address() as AddressInfo).port;
  const program = `
import json, stix2
from taxii2client.v21 import Server, as_pages
server = Server("http://127.0.0.1:${port}/taxii2/")
[collection] = server.api_roots[0].collections
ids = []
for page in as_pages(collection.get_objects, per_request=30):
    for object in page["objects"]:
        if object["type"] != "note":
            stix2.parse(object, allow_custom=False)
        ids.append(object["id"])
manifest = [o["id"] for p in as_pages(collection.get_manifest, per_request=50) for o in p["objects"]]
versions = collection.object_versions("${noteId(0)}")["versions"]
print(json.dumps({"ids": len(ids), "same": ids == manifest, "versions": versions, "title": collection.title}))`;
  const { stdout } = await run('python3', ['-c', program]);
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({ same: true, versions: [first, second], title: 'Published advisories' });
  expect(told.ids).toBeGreaterThan(many);
});

test('nothing went wrong on the way', () => expect(faults).toEqual([]));
