import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { tapRoutes } from '../../src/app/tap.ts';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let app: FastifyInstance;
let lab: Actor;
let token: string;
const report = {
  purl: 'pkg:npm/example-lib@1.0.1',
  attachments: [{ filename: 'exploit.txt', data: 'Overlong header', content_type: 'text/plain', type: 'exploit-proof-of-concept' }],
};

beforeAll(async () => {
  hub = await openHub();
  lab = await hub.join('North Lab', 'finder');
  token = (await hub.do<{ secret: string }>(lab, orgs.issueToken, { holderId: lab.id, scopes: ['findings.*'] })).secret;
  app = Fastify({ bodyLimit: limits.requestBytes });
  tapRoutes(app, hub.doors);
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await hub.close();
});

const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/v1/reports',
    payload,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
  });
const json = (value: unknown) => post(JSON.stringify(value));
const multipart = (parts: (string | Buffer)[][]) => {
  const body = parts.flatMap(([head, bytes]) => [Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(bytes!), Buffer.from('\r\n')]);
  return post(Buffer.concat([...body, Buffer.from('--b--\r\n')]), { 'content-type': 'multipart/mixed; boundary=b' });
};
const reportHead = 'Content-Disposition: attachment; name="report"; filename="r.json"\r\nContent-Type: application/json';
const fileHead = (name: string) =>
  `Content-Disposition: attachment; name="attachment"; filename="${name}"\r\nContent-Type: application/octet-stream\r\nContent-Akrites-Type: reproducer`;

test('a JSON report is accepted, and its status is found by the receipt', async () => {
  const reply = await json(report);
  expect(reply.statusCode).toBe(202);
  const { receipt, ...rest } = reply.json();
  expect(rest).toEqual({ message: 'accepted; poll /v1/submissions/{receipt} for status' });
  expect(reply.headers.link).toBe(`</v1/submissions/${receipt}>; rel="monitor"`);
  const status = await app.inject(`/v1/submissions/${receipt}`);
  expect([status.statusCode, status.json()]).toEqual([200, { receipt, status: 'queued', at: '2026-11-21T09:00:00Z' }]);
  for (const unknown of ['SUB-aaaaaaaaaaaaaaaaaa', 'x', `${receipt}a`]) {
    const missing = await app.inject(`/v1/submissions/${unknown}`);
    expect([missing.statusCode, missing.headers['content-type']]).toEqual([404, 'application/problem+json']);
  }
});

test('a multipart report carries the bytes themselves', async () => {
  hub.clock.advance(1000);
  const bytes = Buffer.from([0, 1, 2, 13, 10, 45, 45, 255]);
  const reply = await multipart([
    [fileHead('pocé.bin'), bytes],
    [reportHead, JSON.stringify({ purl: report.purl })],
    ['Content-Disposition: attachment; name="raw"', ''],
  ]);
  expect([reply.statusCode, reply.body]).toMatchObject([202, expect.not.stringContaining('warnings')]);
  const { items } = await hub.do<{ items: { id: string }[] }>(lab, findings.list, {});
  const { attachments } = await hub.do<{ attachments: { id: string; filename: string; type: string }[] }>(lab, findings.get, {
    id: items.at(-1)!.id,
  });
  expect(attachments).toMatchObject([{ filename: 'pocé.bin', type: 'reproducer' }]);
  const file = await hub.do<{ data: string }>(lab, findings.attachment, { id: items.at(-1)!.id, attachmentId: attachments[0]!.id });
  expect(Buffer.from(file.data, 'base64')).toEqual(bytes);
});

test('multipart attachments hold a full MiB, and not a byte more', async () => {
  const sized = (n: number) =>
    multipart([
      [reportHead, JSON.stringify({ purl: report.purl })],
      [fileHead('a.bin'), Buffer.alloc(n, 1)],
    ]);
  expect((await sized(limits.attachmentBytes)).statusCode).toBe(202);
  const refused = await sized(limits.attachmentBytes + 1);
  expect([refused.statusCode, refused.json().errors[0]]).toMatchObject([413, { code: 'field_too_large', field: 'attachments[0].data' }]);
  const many = (n: number) =>
    multipart([[reportHead, JSON.stringify({ purl: report.purl })], ...Array.from({ length: n }, (_, i) => [fileHead(`${i}`), 'x'])]);
  expect((await many(16)).statusCode).toBe(202);
  expect((await many(17)).json()).toMatchObject({ status: 413, errors: [{ code: 'too_many_items', field: 'attachments' }] });
});

test('a deprecated payload is accepted with a warning', async () => {
  const reply = await json({ purl: report.purl, exploit: 'x', exploit_content_type: 'text/plain' });
  expect([reply.statusCode, reply.json().warnings]).toEqual([
    202,
    [{ code: 'deprecated_field', field: 'exploit', reason: 'exploit is deprecated; send it as an attachment instead' }],
  ]);
});

test('violations and malformed documents are problems of their own types', async () => {
  const invalid = await json({ purl: report.purl, ecosystem: 'PyPI', references: ['x'] });
  expect(invalid.headers['content-type']).toContain('application/problem+json');
  expect([invalid.statusCode, invalid.json()]).toEqual([
    400,
    {
      type: 'tag:akrites.dev,2026-07:problem/validation',
      title: 'Report failed validation',
      status: 400,
      detail: '2 violations; see errors',
      errors: [
        { code: 'purl_ecosystem_mismatch', field: 'purl', also_field: 'ecosystem', reason: 'names another ecosystem than "PyPI"' },
        { code: 'invalid_reference', field: 'references[0]', reason: 'must be an absolute http or https URL' },
      ],
    },
  ]);
  for (const text of ['{', '{"purl":"pkg:npm/a","purl":"pkg:npm/b"}', '{"purl":"pkg:npm/a","nope":1}', '{"purl":7}', '{"malformed":"x"}']) {
    const malformed = await post(text);
    expect([malformed.statusCode, malformed.json().type], text).toEqual([400, 'tag:akrites.dev,2026-07:problem/malformed-json']);
  }
  const broken = await post('x', { 'content-type': 'multipart/mixed; boundary=b' });
  expect([broken.statusCode, broken.json().type]).toEqual([400, 'about:blank']);
});

test('tokens: both headers, neither, another’s, one that may not submit', async () => {
  const payload = JSON.stringify(report);
  const send = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/v1/reports', payload, headers: { 'content-type': 'application/json', ...headers } });
  expect((await send({ 'tap-submission-token': token })).statusCode).toBe(202);
  expect((await send({ 'tap-submission-token': token, authorization: `Bearer ${token}` })).statusCode).toBe(202);
  expect((await send({ 'tap-submission-token': 'x', authorization: `Bearer ${token}` })).statusCode).toBe(400);
  const narrow = (await hub.do<{ secret: string }>(lab, orgs.issueToken, { holderId: lab.id, scopes: ['claims.*'] })).secret;
  const refused = await Promise.all([
    send({}),
    send({ authorization: 'Bearer nobody' }),
    send({ authorization: 'Basic x' }),
    send({ authorization: `Bearer ${narrow}` }),
  ]);
  expect(refused.map((r) => r.statusCode)).toEqual([401, 401, 401, 401]);
  expect(new Set(refused.map((r) => r.body)).size).toBe(1);
});

test('methods, media types, origins and sizes', async () => {
  const wrong = await app.inject({ method: 'GET', url: '/v1/reports' });
  expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, 'POST']);
  const put = await app.inject({ method: 'PUT', url: '/v1/submissions/SUB-x', payload: 'x', headers: { 'content-type': 'text/plain' } });
  expect([put.statusCode, put.headers.allow]).toEqual([405, 'GET, HEAD']);
  for (const type of ['text/plain', 'multipart/form-data; boundary=b', 'application/jsonx', ''])
    expect((await post('{}', { 'content-type': type })).statusCode, type).toBe(415);
  for (const type of ['multipart/mixed', 'application/json; charset', 'multipart/mixed; boundary=a; boundary=b'])
    expect((await post('{}', { 'content-type': type })).statusCode, type).toBe(400);
  expect((await post(JSON.stringify(report), { 'content-type': 'Application/JSON; charset=utf-8' })).statusCode).toBe(202);
  expect((await post('{}', { origin: 'https://elsewhere.example' })).statusCode).toBe(403);
  expect((await post('{}', { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
  const padded = (n: number) => post(JSON.stringify(report).padEnd(n, ' '));
  expect((await padded(limits.tapBodyBytes)).statusCode).toBe(202);
  const large = await padded(limits.tapBodyBytes + 1);
  expect([large.statusCode, large.json().type]).toEqual([413, 'about:blank']);
});

test('the same Idempotency-Key gives the same receipt; for another report it is refused', async () => {
  const keyed = (value: object) => post(JSON.stringify(value), { 'idempotency-key': 'once' });
  const first = await keyed(report);
  expect((await keyed(report)).json()).toEqual(first.json());
  expect((await keyed({ purl: 'pkg:npm/other' })).statusCode).toBe(409);
  expect((await post(JSON.stringify(report), { 'idempotency-key': 'x'.repeat(limits.idempotencyKeyChars + 1) })).statusCode).toBe(400);
});

test('when it cannot be stored, it says so and what to do', async () => {
  const logged: string[] = [];
  const broken = Fastify();
  tapRoutes(
    broken,
    { ...hub.doors, blobs: { ...hub.doors.blobs, put: () => Promise.reject(new Error('disk full')) } },
    (problem) => void logged.push(problem),
  );
  const reply = await broken.inject({
    method: 'POST',
    url: '/v1/reports',
    payload: JSON.stringify(report),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  expect([reply.statusCode, reply.headers['retry-after'], logged.length]).toEqual([503, '30', 1]);
  await broken.close();
});

test('the member that sent a report hears what became of it; everybody else, whatever their token, what TAP tells everybody', async () => {
  const other = await hub.join('Other member', 'finder');
  const foreign = (await hub.do<{ secret: string }>(other, orgs.issueToken, { holderId: other.id, scopes: ['findings.*'] })).secret;
  const { receipt } = (await json({ ...report, purl: 'pkg:npm/outcome@1.0.1' })).json() as { receipt: string };
  const status = async (secret?: string) =>
    (
      await app.inject({ url: `/v1/submissions/${receipt}`, ...(secret ? { headers: { authorization: `Bearer ${secret}` } } : {}) })
    ).json() as Record<string, unknown>;
  expect(Object.keys(await status())).toEqual(['receipt', 'status', 'at']);
  for (const stranger of [foreign, 'unknown']) expect(await status(stranger)).toEqual(await status());
  expect(await status(token)).toEqual({ ...(await status()), dedupe: 'pending', vuln: null });
  const { items } = await hub.do<{ items: { id: string; purl: string }[] }>(lab, findings.list, { limit: 100 });
  const { id } = items.find((item) => item.purl.includes('outcome'))!;
  await hub.do(house, findings.judge, { id, verdict: 'reproduced', because: 'seen', crashState: 'f\ng\n' });
  await hub.settle(flow);
  expect(await status(token)).toMatchObject({ dedupe: 'new', vuln: expect.stringMatching(/^V-/) });
  expect(Object.keys(await status(foreign))).toEqual(['receipt', 'status', 'at']);
});
