import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { intakeBounds } from '../../src/app/admission.ts';
import { vinceRoutes } from '../../src/app/vince.ts';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';

// VINCE's report door, by CERTCC/VINCE `vinny/forms.py` CaseRequestForm and `vinny/views.py` CommVulReportAPIView.

let hub: TestHub;
let app: FastifyInstance;
let lab: Actor;
let token: string;
const url = '/vince/comm/api/vulreport/';

beforeAll(async () => {
  hub = await openHub();
  lab = await hub.join('North Lab', 'finder');
  token = await tokenOf(lab);
  app = Fastify();
  vinceRoutes(app, hub.doors);
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await hub.close();
});

const tokenOf = async (who: Actor, scopes = ['findings.*']) =>
  (await hub.do<{ secret: string }>(who, orgs.issueToken, { holderId: who.id, scopes })).secret;

const form = {
  product_name: 'FooSoft Office',
  product_version: '1.2.4, 1.3',
  vendor_name: 'FooSoft',
  vul_description: 'A header longer than 8 KiB overflows the buffer.\nMore.',
  vul_exploit: 'Send one.',
  vul_impact: 'Code runs.',
  vul_discovery: 'With a fuzzer.',
  share_release: 'True',
  credit_release: 'True',
  comm_attempt: 'False',
  multiplevendors: 'False',
  vul_public: 'False',
  vul_exploited: 'False',
  vul_disclose: 'False',
};
type Fields = Record<string, string | readonly string[] | undefined>;
const file = (bytes: string | Buffer, name = 'filename="poc.bin"', type = 'application/octet-stream') =>
  [`Content-Disposition: form-data; name="user_file"; ${name}\r\nContent-Type: ${type}`, bytes] as const;
const bodyOf = (fields: Fields, ...files: (readonly [string, string | Buffer])[]) => {
  const texts = Object.entries(fields).flatMap(([name, given]) =>
    (given === undefined ? [] : typeof given === 'string' ? [given] : given).map(
      (value) => [`Content-Disposition: form-data; name="${name}"`, value] as const,
    ),
  );
  const parts = [...texts, ...files].flatMap(([head, bytes]) => [
    Buffer.from(`--b\r\n${head}\r\n\r\n`),
    Buffer.from(bytes),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from('--b--\r\n')]);
};
/** Ids sort by age, to the millisecond. */
const send = (payload: Buffer, headers: Record<string, string> = {}) => {
  hub.clock.advance(1);
  return app.inject({
    method: 'POST',
    url,
    payload,
    headers: { authorization: `Token ${token}`, 'content-type': 'multipart/form-data; boundary=b', ...headers },
  });
};
const post = (over: Fields = {}, ...files: (readonly [string, string | Buffer])[]) => send(bodyOf({ ...form, ...over }, ...files));
const errorsOf = async (over: Fields, ...files: (readonly [string, string | Buffer])[]) => {
  const reply = await post(over, ...files);
  return reply.statusCode === 201 ? {} : (reply.json() as { errors: Record<string, string[]> }).errors;
};
const newest = async () => {
  let [after, items]: [string, { id: string }[]] = ['', []];
  for (;;) {
    const page = (await hub.do<{ items: { id: string }[] }>(lab, findings.list, { after, limit: 100 })).items;
    items = [...items, ...page];
    if (page.length < 100) break;
    after = page.at(-1)!.id;
  }
  return { count: items.length, finding: await hub.do<Record<string, unknown>>(lab, findings.get, { id: items.at(-1)!.id }) };
};

test('a report is accepted as VINCE accepts it, and becomes a finding', async () => {
  const reply = await post(
    { contact_name: ' Ada ', coord_status: ['1', '2'], vul_exploited: 'True', public_references: 'see https://a.example/1, x' },
    file('\u0000'),
  );
  expect([reply.statusCode, reply.json()]).toEqual([
    201,
    {
      message: 'Vulnerability report submitted successfully',
      vrf_id: expect.stringMatching(/^VRF#26-11-[BCDFGHJKLMNPQRSTVWXYZ]{5}$/),
      status: 'success',
    },
  ]);
  const { finding } = await newest();
  expect(finding).toMatchObject({
    format: 'vince',
    title: 'FooSoft FooSoft Office: A header longer than 8 KiB overflows the buffer.',
    purl: 'pkg:generic/FooSoft/FooSoft%20Office',
    versions: ['1.2.4', '1.3'],
    answerable: 'Ada',
    exploited: true,
    references: ['https://a.example/1'],
    attachments: [{ filename: 'poc.bin', contentType: 'application/octet-stream', type: 'other', bytes: 1 }],
    original: { contact_name: 'Ada', coord_status: ['1', '2'], share_release: true, vul_disclose: false, ics_impact: false },
  });
  expect(finding.text).toMatch(/^A header[\s\S]*Send one\.[\s\S]*Code runs\.[\s\S]*With a fuzzer\.$/);
});

describe('the same content again', () => {
  test('gives the same VRF id and stores nothing, also from a colleague and all at once; other content does not', async () => {
    const [colleague, others] = [await hub.do<{ id: string }>(lab, orgs.whoami, {}), await hub.join('South Lab', 'finder')];
    expect(colleague.id).toBe(lab.id);
    const before = (await newest()).count;
    const replies = await Promise.all(Array.from({ length: 6 }, () => post({ vul_impact: 'Once.' }, file('a'))));
    expect(new Set(replies.map((r) => r.json().vrf_id)).size).toBe(1);
    expect((await newest()).count).toBe(before + 1);
    const again = await send(bodyOf({ csrfmiddlewaretoken: 'x', ...form, vul_impact: ' Once. ' }, file('a')), {
      authorization: `Token ${await tokenOf(lab)}`,
    });
    expect(again.json()).toEqual(replies[0]!.json());
    const differing = [
      await post({ vul_impact: 'Once.' }),
      await post({ vul_impact: 'Once.' }, file('b')),
      await post({ vul_impact: 'Twice.' }, file('a')),
    ];
    const foreign = await send(bodyOf({ ...form, vul_impact: 'Once.' }, file('a')), { authorization: `Token ${await tokenOf(others)}` });
    expect(new Set([...replies, ...differing, foreign].map((r) => r.json().vrf_id)).size).toBe(5);
    expect((await newest()).count).toBe(before + 4);
  });

  test(`for ${limits.vinceRepeatDays} days`, async () => {
    const first = await post({ vul_impact: 'Window.' });
    hub.clock.advance(limits.vinceRepeatDays * 86_400_000 - 2);
    expect((await post({ vul_impact: 'Window.' })).json()).toEqual(first.json());
    expect((await post({ vul_impact: 'Window.' })).json()).not.toEqual(first.json());
  });

  test('what was taken back and is sent again is a report again', async () => {
    const first = (await post({ vul_impact: 'Taken back.' })).json().vrf_id;
    await hub.do(lab, findings.withdraw, { id: (await newest()).finding.id, because: 'x' });
    expect((await post({ vul_impact: 'Taken back.' })).json().vrf_id).not.toBe(first);
    expect((await newest()).finding.state).toBe('received');
  });
});

test('every field that is wrong is told, in Django’s words', async () => {
  const blank = Object.fromEntries(Object.keys(form).map((name) => [name, '  ']));
  const missing = ['This field is required.'];
  const required = { vendor_name: undefined, share_release: undefined };
  expect(await errorsOf(Object.fromEntries(Object.keys(form).map((name) => [name, undefined])))).toEqual(
    Object.fromEntries(
      Object.keys({ ...form, ...required })
        .filter((name) => name !== 'vendor_name')
        .map((name) => [name, missing]),
    ),
  );
  expect((await errorsOf(blank)).product_name).toEqual(missing);
  expect(
    await errorsOf({
      vul_public: 'true',
      coord_status: ['1', '6'],
      why_no_attempt: '4',
      contact_email: 'a b',
      contact_phone: '+1 (412) abc',
      first_contact: '2026-02-30',
      comments: 'a\u0000',
    }),
  ).toEqual({
    vul_public: ['Select a valid choice. true is not one of the available choices.'],
    coord_status: ['Select a valid choice. 6 is not one of the available choices.'],
    why_no_attempt: ['Select a valid choice. 4 is not one of the available choices.'],
    contact_email: ['Enter a valid email address.'],
    contact_phone: ['+1 (412) abc contains non-telephone characters'],
    first_contact: ['Enter a valid date.'],
    comments: ['Null characters are not allowed.'],
  });
  expect(await errorsOf({ first_contact: '2999-01-01' })).toEqual({ first_contact: ['2999-01-01 is a future date'] });
  expect(
    await errorsOf({ first_contact: '2026-1-5', why_no_attempt: '3', contact_email: 'a@b.example', contact_phone: '+1 412-268-7090' }),
  ).toEqual({});
  expect(await errorsOf({ vul_impact: ['a', 'b'] })).toEqual({ vul_impact: ['This field was sent more than once.'] });
});

const lengths: readonly (readonly [string, number])[] = [
  ['contact_name', 100],
  ['contact_org', 100],
  ['reporter_pgp', limits.vinceKeyChars],
  ['please_explain', 20_000],
  ['vendor_name', 100],
  ['other_vendors', 1000],
  ['vendor_communication', 20_000],
  ['product_name', 200],
  ['product_version', 100],
  ['vul_description', 20_000],
  ['vul_exploit', 20_000],
  ['vul_impact', 20_000],
  ['vul_discovery', 20_000],
  ['public_references', 1000],
  ['exploit_references', 20_000],
  ['disclosure_plans', 1000],
  ['tracking', 100],
  ['comments', 1000],
];
test.each(lengths)('%s holds %i characters, and not one more', async (field, max) => {
  expect(await errorsOf({ [field]: '\u{1F41B}'.repeat(max) })).toEqual({});
  expect(await errorsOf({ [field]: 'x'.repeat(max + 1) })).toEqual({
    [field]: [`Ensure this value has at most ${max} characters (it has ${max + 1}).`],
  });
});

test('the lengths that have a form too', async () => {
  expect(await errorsOf({ contact_phone: '1'.repeat(60), contact_email: `a@${'b'.repeat(252)}` })).toEqual({});
  expect(Object.keys(await errorsOf({ contact_phone: '1'.repeat(61), contact_email: `a@${'b'.repeat(253)}` }))).toEqual([
    'contact_email',
    'contact_phone',
  ]);
});

describe('the one file', () => {
  test('holds 10 MiB, and not one byte more', async () => {
    const of = (bytes: number) => post({ tracking: String(bytes) }, file(Buffer.alloc(bytes, 1)));
    expect((await of(limits.vinceFileBytes)).statusCode).toBe(201);
    const refused = await of(limits.vinceFileBytes + 1);
    expect([refused.statusCode, Object.keys(refused.json().errors)]).toEqual([400, ['user_file']]);
  });

  test('is one, has a name that is none of a path, and something in it', async () => {
    expect((await post({ tracking: '2' }, file('a'), file('b'))).json()).toEqual({
      detail: 'Multipart form parse error - one file may be sent',
    });
    expect(await errorsOf({ tracking: '3' }, file(''))).toEqual({ user_file: ['The submitted file is empty.'] });
    expect(await errorsOf({ tracking: '4' }, file('x', 'filename="a\u202Eb"'))).toHaveProperty('user_file');
    expect(await errorsOf({ tracking: '5' }, file('x', `filename="${'x'.repeat(256)}"`))).toHaveProperty('user_file');
    expect((await post({ tracking: '6' }, file('x', 'filename="C:\\dir\\..\\é.txt"', 'text/plain; charset=x'))).statusCode).toBe(201);
    expect((await newest()).finding).toMatchObject({ attachments: [{ filename: 'é.txt', contentType: 'text/plain' }] });
    await post({ tracking: '7' }, file('x', "filename*=utf-8''%c3%a9%2f.sh", 'image/png'));
    expect((await newest()).finding).toMatchObject({ attachments: [{ filename: '.sh', contentType: 'application/octet-stream' }] });
    await post({ tracking: '8' }, file('', 'filename=""'));
    expect((await newest()).finding).toMatchObject({ attachments: [] });
  });
});

test('a product that is a package URL is that package; a name that none takes is still a report', async () => {
  await post({ product_name: 'pkg:npm/lodash@4.17.20', product_version: 'unknown', vendor_name: '' });
  expect((await newest()).finding).toMatchObject({ purl: 'pkg:npm/lodash@4.17.20', versions: ['4.17.20'] });
  await post({ product_name: '/', product_version: 'unknown', vendor_name: '..' });
  expect((await newest()).finding).toMatchObject({ versions: [], title: expect.stringContaining('.. /:') });
});

describe('who may, and what is no report', () => {
  const status = async (headers: Record<string, string>) => {
    const reply = await app.inject({ method: 'POST', url, headers: { 'content-length': '1000000', ...headers } });
    return [reply.statusCode, reply.json().detail, reply.headers['www-authenticate']];
  };
  test('401 and 403 in the words of Django REST framework, before the body', async () => {
    expect(await status({})).toEqual([401, 'Authentication credentials were not provided.', 'Token']);
    expect(await status({ authorization: `Bearer ${token}` })).toEqual([401, 'Authentication credentials were not provided.', 'Token']);
    expect(await status({ authorization: 'Token' })).toEqual([401, 'Invalid token header. No credentials provided.', 'Token']);
    expect(await status({ authorization: 'Token a b' })).toEqual([
      401,
      'Invalid token header. Token string should not contain spaces.',
      'Token',
    ]);
    expect(await status({ authorization: 'token nobody' })).toEqual([401, 'Invalid token.', 'Token']);
    const narrow = await tokenOf(lab, ['claims.*']);
    expect(await status({ authorization: `Token ${narrow}` })).toEqual([
      403,
      'You do not have permission to perform this action.',
      undefined,
    ]);
  });
  test('405, 404, 415, and a body that is no form', async () => {
    const got = await app.inject({ method: 'GET', url });
    expect([got.statusCode, got.headers.allow, got.json()]).toEqual([405, 'POST', { detail: 'Method "GET" not allowed.' }]);
    expect((await app.inject({ method: 'POST', url: '/vince/comm/api/cases/' })).json()).toEqual({ detail: 'Not found.' });
    const text = await send(Buffer.from('{}'), { 'content-type': 'application/json' });
    expect([text.statusCode, text.json()]).toEqual([415, { detail: 'Unsupported media type "application/json" in request.' }]);
    for (const payload of ['', 'x', '--b\r\n\r\nx\r\n--b--', '--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--']) {
      const reply = await send(Buffer.from(payload));
      expect([reply.statusCode, reply.json().detail], payload).toEqual([400, expect.stringContaining('Multipart form parse error')]);
    }
    expect((await send(Buffer.alloc(0), { 'content-type': 'multipart/form-data' })).statusCode).toBe(400);
    expect(
      (await send(bodyOf({ ...form, comments: '' }, [`Content-Disposition: form-data; name="tracking"`, Buffer.from([0xff])]))).statusCode,
    ).toBe(400);
  });
  test('413 above the limit of a request, 429 above that of an hour, 503 when it cannot be stored', async () => {
    expect((await send(Buffer.alloc(limits.vinceBodyBytes + 1))).statusCode).toBe(413);
    expect((await send(Buffer.alloc(limits.vinceBodyBytes))).statusCode).toBe(400);
    const other = Fastify();
    const broken = { ...hub.doors, blobs: { ...hub.doors.blobs, put: () => Promise.reject(new Error('disk full')) } };
    vinceRoutes(other, broken, () => {}, { ...intakeBounds, perHour: 1 });
    const headers = { authorization: `Token ${await tokenOf(lab)}`, 'content-type': 'multipart/form-data; boundary=b' };
    const ask = () => other.inject({ method: 'POST', url, headers, payload: bodyOf({ ...form, tracking: '9' }, file('x')) });
    const failed = await ask();
    expect([failed.statusCode, failed.headers['retry-after']]).toEqual([503, '30']);
    const throttled = await ask();
    expect([throttled.statusCode, throttled.json().detail]).toEqual([
      429,
      expect.stringMatching(/^Request was throttled\. Expected available in \d+ seconds\.$/),
    ]);
    await other.close();
  });
});
