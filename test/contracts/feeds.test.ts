import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { feedRoutes } from '../../src/app/feeds.ts';
import { flow } from '../../src/app/flow.ts';
import { buildHttp } from '../../src/app/http.ts';
import { taxiiRoutes } from '../../src/app/taxii.ts';
import { day, epochMs, hour } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { isRefusal } from '../../src/base/refusal.ts';
import { draft } from '../../src/clearinghouse/advisories/actions.ts';
import { validateCsaf } from '../../src/clearinghouse/advisories/csaf/validate.ts';
import { faultsOfStix } from '../../src/clearinghouse/advisories/formats/stix/check.ts';
import type { Case } from '../../src/clearinghouse/cases/case.ts';
import * as readIns from '../../src/clearinghouse/cases/read-ins/actions.ts';
import * as feeds from '../../src/clearinghouse/releases/feeds/actions.ts';
import { decideShare } from '../../src/clearinghouse/releases/feeds/feed.ts';
import { clientBySecret } from '../../src/clearinghouse/releases/feeds/readers/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { approveDraft, openCase } from '../case.ts';
import { openHub, type TestHub } from '../hub.ts';

const taxii = 'application/taxii+json;version=2.1';
let hub: TestHub;
let app: FastifyInstance;
let [desk, second, finder, vendor, bank]: Actor[] = [];
let of: Case;
let advisoryId: string;
let itemId: string;
interface FeedOut {
  readonly id: string;
  readonly collection: string;
}
let [amber, other]: FeedOut[] = [];
interface Client {
  readonly agentId: string;
  readonly secret: string;
}
let [vendorClient, bankClient]: Client[] = [];
const faults: string[] = [];

const addClient = (feed: FeedOut, to: Actor, more: object = {}) =>
  hub.do<Client>(desk!, feeds.addClient, { id: feed.id, orgId: to.orgId, name: `SIEM of ${to.name}`, answerableId: to.id, ...more });
const get = (url: string, secret?: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers: { accept: taxii, ...headers, ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }) } });
const readIn = async (person: Actor, tier: number, ability: string) => {
  const exclusions = { conflict: false, antitrust: false, breach: false, sanctions: false };
  const asked = { id: of.id, personId: person.id, tier, need: 'fixes it', ability, sponsorId: desk!.id, exclusions };
  const { termsDigest } = await hub.do<{ termsDigest: string }>(desk!, readIns.readIn, asked);
  await hub.do(person, readIns.acknowledge, { id: of.id, termsDigest });
};

beforeAll(async () => {
  hub = await openHub();
  desk = await hub.join('House', 'coordinator');
  second = await hub.join('House two', 'coordinator');
  finder = await hub.join('Lab', 'finder');
  vendor = await hub.join('Vendor', 'maintainer');
  bank = await hub.join('Bank', 'operator');
  app = await buildHttp(hub.doors, {
    actions,
    version: '1',
    deskDir: '/none',
    publicDir: import.meta.dirname,
    log: (p) => void faults.push(p),
  });
  feedRoutes(app, hub.doors);
  taxiiRoutes(app, hub.doors, (p) => void faults.push(p));
  await app.ready();
  of = await openCase(hub, 'pkg:npm/secretive', [finder]);
  advisoryId = await approveDraft(hub, of, [desk, second], [{ fixed: '1.0.1' }]);
  amber = await hub.do<FeedOut>(desk, feeds.create, { name: 'Vendors', sharing: 'AMBER' });
  other = await hub.do<FeedOut>(desk, feeds.create, { name: 'Banks', sharing: 'AMBER+STRICT' });
  vendorClient = await addClient(amber, vendor);
});
afterAll(async () => {
  await app.close();
  await hub.close();
});

/** Everything under which a feed can be asked for. */
const addressesOf = (feed: FeedOut) => [
  ...['feed.json', 'csaf/index.txt', 'csaf/changes.csv', 'csaf/feed-tlp-amber.json', 'csaf21/index.txt', 'nothing'].map(
    (f) => `/feeds/${feed.id}/${f}`,
  ),
  ...['', 'manifest/', 'objects/', 'objects/report--00000000-0000-4000-8000-000000000000/'].map(
    (f) => `/taxii2/hub/collections/${feed.collection}/${f}`,
  ),
];

describe('before disclosure', () => {
  test('membership opens nothing: it is shared when each recipient is read in by name, close enough', async () => {
    const share = () => hub.try(desk!, feeds.share, { id: amber!.id, advisoryId });
    expect(await hub.try(desk!, feeds.share, { id: other!.id, advisoryId })).toMatchObject({ code: 'wrong_state' });
    expect(await share()).toMatchObject({ code: 'not_permitted', because: /SIEM of Vendor/ });
    await readIn(vendor!, 1, 'test');
    bankClient = await addClient(amber!, bank!);
    expect(await share()).toMatchObject({ code: 'not_permitted', because: /answers for SIEM of Bank/ });
    await readIn(bank!, 2, 'stage');
    expect(await share()).toMatchObject({ code: 'not_permitted', because: /answers for SIEM of Bank/ });
    await hub.do(desk!, feeds.endClient, { id: amber!.id, agentId: bankClient.agentId });
    itemId = (await hub.do<{ id: string }>(desk!, feeds.share, { id: amber!.id, advisoryId })).id;
    // Who joins later is looked at when they read.
    bankClient = await addClient(amber!, bank!);
    expect(await share()).toMatchObject({ code: 'not_permitted' });
  });

  test('who is read in has it in every form, marked as their copy; who is not has an empty feed that tells nothing', async () => {
    const feed = (await get(`/feeds/${amber!.id}/feed.json`, vendorClient!.secret)).json();
    expect(feed.items).toHaveLength(1);
    const index = (await get(`/feeds/${amber!.id}/csaf/index.txt`, vendorClient!.secret)).body.trim();
    for (const [folder, edition] of [
      ['csaf', '2.0'],
      ['csaf21', '2.1'],
    ] as const) {
      const document = (await get(`/feeds/${amber!.id}/${folder}/${index}`, vendorClient!.secret)).json();
      const found = validateCsaf(document, {});
      expect(isRefusal(found) ? found : found.valid).toBe(true);
      expect(document.document).toMatchObject({
        csaf_version: edition,
        distribution: { tlp: { label: 'AMBER' }, text: /^Copy [0-9a-f]{20}: / },
      });
      const [, canary] = /Copy (\w+)/.exec(document.document.distribution.text)!;
      expect(await hub.do(desk!, feeds.trace, { id: amber!.id, canary })).toMatchObject({ agentId: vendorClient!.agentId, itemId });
    }
    const rolie = (await get(`/feeds/${amber!.id}/csaf/feed-tlp-amber.json`, vendorClient!.secret)).json().feed;
    expect(rolie.entry[0].content.src).toBe(`https://test.example/feeds/${amber!.id}/csaf/${index}`);
    const { objects } = (await get(`/taxii2/hub/collections/${amber!.collection}/objects/`, vendorClient!.secret)).json();
    expect(faultsOfStix({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000000', objects })).toEqual([]);
    expect(JSON.stringify(objects)).toContain('marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421');

    const empty = await get(`/feeds/${amber!.id}/feed.json`, bankClient!.secret);
    expect(empty.json().items).toEqual([]);
    expect((await get(`/feeds/${amber!.id}/csaf/${index}`, bankClient!.secret)).json()).toEqual(
      (await get(`/feeds/${amber!.id}/csaf/none`, bankClient!.secret)).json(),
    );
    expect((await get(`/taxii2/hub/collections/${amber!.collection}/objects/`, bankClient!.secret)).json()).toEqual({});
    expect((await get(`/taxii2/hub/collections/${amber!.collection}/manifest/`, bankClient!.secret)).json()).toEqual({});
  });

  test('what was taken is written down, by recipient', async () => {
    const { items } = await hub.do<{ items: { agentId: string; times: number }[] }>(desk!, feeds.downloads, { id: amber!.id, itemId });
    expect(items.map((i) => i.agentId)).toEqual([vendorClient!.agentId]);
    const { items: used } = await hub.do<{ items: { agentId: string; lastUsedAt: string | null; endedAt: string | null }[] }>(
      desk!,
      feeds.clients,
      { id: amber!.id },
    );
    expect(new Set(used.filter((c) => c.lastUsedAt !== null).map((c) => c.agentId))).toEqual(
      new Set([vendorClient!.agentId, bankClient!.agentId]),
    );
  });

  test('a read-in that ends, ends it here at once', async () => {
    await hub.do(desk!, readIns.endReadIn, { id: of.id, personId: vendor!.id, because: 'need-ended' });
    expect((await get(`/feeds/${amber!.id}/feed.json`, vendorClient!.secret)).json().items).toEqual([]);
    await readIn(vendor!, 1, 'test');
    expect((await get(`/feeds/${amber!.id}/feed.json`, vendorClient!.secret)).json().items).toHaveLength(1);
  });
});

describe('without a token that opens it', () => {
  test('every address of a feed reads the same as that of a feed which does not exist, whoever asks', async () => {
    const nowhere: FeedOut = { id: `fed_${'0'.repeat(26)}`, collection: '00000000-0000-4000-8000-000000000000' };
    const token = async (holder: Actor) => (await hub.do<{ secret: string }>(holder, orgs.issueToken, { holderId: holder.id })).secret;
    const strangers: (string | undefined)[] = [undefined, 'bw_tok_nobody'];
    for (const actor of [desk!, finder!, vendor!, bank!]) strangers.push(await token(actor));
    const otherClient = await addClient(other!, bank!);
    strangers.push(otherClient.secret);
    for (const secret of strangers) {
      const [real, fake] = [addressesOf(amber!), addressesOf(nowhere)];
      for (const [i, url] of real.entries()) {
        const [here, there] = [await get(url, secret), await get(fake[i]!, secret)];
        expect([url, here.statusCode, here.body]).toEqual([url, there.statusCode, there.body]);
        expect(here.statusCode).toBeGreaterThanOrEqual(401);
        expect(here.body).not.toMatch(/secretive|Vendors|SHARED/);
      }
    }
    const { collections } = (await get('/taxii2/hub/collections/')).json();
    expect(collections.map((c: { title: string }) => c.title)).toEqual(['Published advisories']);
    const own = (await get('/taxii2/hub/collections/', otherClient.secret)).json();
    expect(own.collections.map((c: { title: string }) => c.title)).toEqual(['Published advisories', 'Banks']);
  });

  test('no verb shows it to anybody but the clearinghouse, and the log of the others says nothing of it', async () => {
    for (const actor of [finder!, vendor!, bank!]) {
      const verbs = [feeds.list, feeds.clients, feeds.items, feeds.downloads, feeds.trace, feeds.share, feeds.unshare, feeds.addClient];
      for (const verb of verbs) {
        const refused = await hub.try(actor, verb, {
          id: amber!.id,
          itemId,
          canary: '0'.repeat(20),
          advisoryId,
          orgId: actor.orgId,
          name: 'x',
          answerableId: actor.id,
        });
        expect([verb.name, refused]).toMatchObject([verb.name, { code: 'not_permitted' }]);
      }
    }
  });

  test('a client\u2019s token opens its feed and nothing else of the hub', async () => {
    for (const url of ['/api/whoami', '/api/cases', '/api/advisories', '/api/feeds', `/api/feeds/${amber!.id}/clients`, '/api/webhooks'])
      expect([url, (await get(url, vendorClient!.secret)).statusCode]).toEqual([url, 403]);
  });

  test('HTTP Basic carries the same token; a wrong one is told so, whatever is asked for', async () => {
    const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`siem:${password}`).toString('base64')}` });
    const url = `/taxii2/hub/collections/${amber!.collection}/`;
    expect((await get(url, undefined, basic(vendorClient!.secret))).statusCode).toBe(200);
    for (const header of [
      basic('wrong'),
      { authorization: 'Basic !' },
      { authorization: 'Bearer ' },
      basic('x'.repeat(limits.secretChars + 1)),
    ]) {
      const reply = await get('/taxii2/hub/collections/', undefined, header);
      expect([reply.statusCode, reply.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic')]);
    }
  });
});

describe('a client', () => {
  test('ends at once, and when its time is over', async () => {
    const ended = await addClient(amber!, vendor!);
    expect((await get(`/feeds/${amber!.id}/feed.json`, ended.secret)).statusCode).toBe(200);
    await hub.do(desk!, feeds.endClient, { id: amber!.id, agentId: ended.agentId });
    expect((await get(`/feeds/${amber!.id}/feed.json`, ended.secret)).statusCode).toBe(401);
    const short = await addClient(amber!, vendor!, { days: 1 });
    hub.clock.advance(day - 1);
    expect((await get(`/feeds/${amber!.id}/feed.json`, short.secret)).statusCode).toBe(200);
    hub.clock.advance(1);
    expect((await get(`/feeds/${amber!.id}/feed.json`, short.secret)).statusCode).toBe(401);
  });

  test('of an organisation that was disabled is let in no more, and again when that is', async () => {
    const status = async () => (await get(`/feeds/${amber!.id}/feed.json`, bankClient!.secret)).statusCode;
    await hub.do(desk!, orgs.disable, { id: bank!.orgId, because: 'a breach' });
    expect(await status()).toBe(401);
    await hub.do(desk!, orgs.disable, { id: bank!.orgId, disabled: false, because: 'settled' });
    expect(await status()).toBe(200);
  });

  test('of the clearinghouse itself reads its one feed, not all that the clearinghouse reads', async () => {
    const own = await addClient(other!, desk!);
    expect((await get('/taxii2/hub/collections/', own.secret)).json().collections).toHaveLength(2);
    expect((await get(`/feeds/${amber!.id}/feed.json`, own.secret)).statusCode).toBe(404);
  });

  test('asks so often in an hour of the clock, and no oftener', async () => {
    hub.clock.advance(hour - (epochMs(hub.clock.now()) % hour));
    const eager = await addClient(other!, bank!);
    await clientBySecret(hub.doors, eager.secret);
    await hub.doors.db.transaction([], (tx) =>
      tx
        .withTables<{ credentials: { holder_id: string; hour_requests: number } }>()
        .updateTable('credentials')
        .set({ hour_requests: limits.feedRequestsPerHour - 1 })
        .where('holder_id', '=', eager.agentId)
        .execute(),
    );
    expect((await get(`/feeds/${other!.id}/feed.json`, eager.secret)).statusCode).toBe(200);
    expect((await get(`/feeds/${other!.id}/feed.json`, eager.secret)).statusCode).toBe(429);
    expect((await get('/taxii2/', eager.secret)).statusCode).toBe(429);
    hub.clock.advance(hour);
    expect((await get(`/feeds/${other!.id}/feed.json`, eager.secret)).statusCode).toBe(200);
  });
});

test('once the case is public, every client of the feed has it, those too who had read past it', async () => {
  const url = `/taxii2/hub/collections/${amber!.collection}/objects/`;
  const before = (await get(url, vendorClient!.secret)).headers['x-taxii-date-added-last'] as string;
  hub.clock.advance(30 * day);
  await hub.settle(flow);
  vendorClient = await addClient(amber!, vendor!);
  bankClient = await addClient(amber!, bank!);
  expect((await get(`/feeds/${amber!.id}/feed.json`, bankClient.secret)).json().items).toHaveLength(1);
  const anew = (await get(`${url}?added_after=${before}`, bankClient.secret)).json();
  expect(anew.objects.length).toBeGreaterThan(3);
  await hub.do(desk!, feeds.unshare, { id: amber!.id, itemId });
  expect((await get(url, bankClient.secret)).json()).toEqual({});
  expect((await get(`/feeds/${amber!.id}/feed.json`, bankClient.secret)).json().items).toEqual([]);
});

test('an advisory goes to no feed that its label forbids, and none goes out that one person approved', async () => {
  const gate = { advisory: { state: 'approved', tlp: 'AMBER' as const }, sharing: 'AMBER' as const, isOver: true, recipients: [] };
  expect(decideShare(gate)).toBeUndefined();
  expect(decideShare({ ...gate, sharing: 'GREEN' })).toMatchObject({ code: 'not_permitted' });
  expect(decideShare({ ...gate, advisory: { state: 'draft', tlp: 'CLEAR' } })).toMatchObject({ code: 'wrong_state' });
  const clear = { ...gate, advisory: { state: 'approved', tlp: 'CLEAR' as const } };
  expect(decideShare({ ...clear, sharing: 'GREEN' })).toBeUndefined();
  expect(decideShare({ ...clear, sharing: 'GREEN', isOver: false, recipients: [{ name: 'a', tier: 0 }] })).toMatchObject({
    code: 'not_permitted',
  });
});

test('a later revision takes the place of the earlier one', async () => {
  const shared = await hub.do<{ id: string; version: number; trackingId: string }>(desk!, feeds.share, { id: other!.id, advisoryId });
  const again = { caseId: of.id, title: 'Corrected', summary: 'Better said.', affected: [{ fixed: '1.0.2' }] };
  await hub.do(desk!, draft, again);
  expect(await hub.try(desk!, feeds.share, { id: other!.id, advisoryId })).toMatchObject({ code: 'wrong_state' });
  await approveDraft(hub, of, [desk!, second!], [{ fixed: '1.0.3' }]);
  hub.clock.advance(1000);
  expect(await hub.do(desk!, feeds.share, { id: other!.id, advisoryId })).toMatchObject({
    id: shared.id,
    version: 2,
    trackingId: shared.trackingId,
  });
  const { secret } = await addClient(other!, bank!);
  const url = `/taxii2/hub/collections/${other!.collection}/objects/?match[type]=report`;
  const reports = async (versions: string) => (await get(`${url}&match[version]=${versions}`, secret)).json().objects;
  expect([(await reports('last')).length, (await reports('all')).length]).toEqual([1, 2]);
  expect((await reports('first'))[0].modified < (await reports('last'))[0].modified).toBe(true);
});

test('a feed has so many clients and holds so many advisories', async () => {
  const busy = await hub.do<FeedOut>(desk!, feeds.create, { name: 'Busy', sharing: 'RED' });
  for (let i = 0; i < limits.clientsPerFeed; i++) await addClient(busy, vendor!);
  const more = { id: busy.id, orgId: bank!.orgId, name: 'one more', answerableId: bank!.id };
  expect(await hub.try(desk!, feeds.addClient, more)).toMatchObject({ code: 'too_many' });
  const full = await hub.do<FeedOut>(desk!, feeds.create, { name: 'Full', sharing: 'RED' });
  const fill = (from: number, to: number) =>
    hub.doors.db.transaction(house.reads, (tx) =>
      sql`INSERT INTO feed_items (id, feed_id, advisory_id, case_id, digest, bulletin, shared_by, shared_at, tlp, compartments)
        SELECT 'shr_' || n, ${full.id}, 'adv_' || n, 'cas_' || n, '', '{}', 'x', '2026-01-01Z', 'RED', '{}' FROM generate_series(${from}::int, ${to}::int) AS n`.execute(
        tx,
      ),
    );
  await fill(2, limits.itemsPerFeed);
  const { id } = await hub.do<{ id: string }>(desk!, feeds.share, { id: full.id, advisoryId });
  await hub.do(desk!, feeds.unshare, { id: full.id, itemId: id });
  await fill(1, 1);
  expect(await hub.try(desk!, feeds.share, { id: full.id, advisoryId })).toMatchObject({ code: 'too_many' });
});

test('nothing went wrong on the way', () => expect(faults).toEqual([]));
