import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRefusal } from '../../base/refusal.ts';
import { blocksOf, mayReach } from './address.ts';
import { guardedNet } from './http.ts';

const seen: { method: string | undefined; path: string | undefined; headers: IncomingMessage['headers']; body: string }[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (part: Buffer) => (body += part.toString()));
  request.on('end', () => {
    seen.push({ method: request.method, path: request.url, headers: request.headers, body });
    answer(request.url ?? '', response);
  });
});
function answer(path: string, response: ServerResponse): void {
  if (path === '/away') return void response.writeHead(302, { location: '/ok' }).end();
  if (path === '/never') return;
  if (path === '/slow') return void response.writeHead(200).write('half');
  if (path === '/cut') return void response.writeHead(200, { 'content-length': '9' }).write('half', () => response.destroy());
  if (path.startsWith('/bytes/')) return void response.end('x'.repeat(Number(path.slice(7))));
  response.writeHead(201, { 'x-answer': 'yes' }).end('done');
}

let port: number;
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const asked = { headers: { 'content-type': 'text/plain' }, body: Buffer.from('hello'), timeoutMs: 2000, maxBytes: 100 };
const own = guardedNet({ own: ['127.0.0.1'] });
const post = (path: string, more: Partial<typeof asked> = {}) => own.post(`http://127.0.0.1:${port}${path}`, { ...asked, ...more });

test('what is sent arrives, and the answer comes back', async () => {
  const answered = await post('/ok?a=1');
  expect(answered).toMatchObject({ status: 201, headers: { 'x-answer': 'yes' } });
  expect(isRefusal(answered) || Buffer.from(answered.body).toString()).toBe('done');
  expect(seen.at(-1)).toMatchObject({
    method: 'POST',
    path: '/ok?a=1',
    body: 'hello',
    headers: { 'content-length': '5', 'user-agent': 'breakwater' },
  });
});

test('a redirect is an answer, and nobody goes there', async () => {
  const before = seen.length;
  expect(await post('/away')).toMatchObject({ status: 302, headers: { location: '/ok' } });
  expect(seen.length).toBe(before + 1);
});

test('so many bytes are read, and not one more', async () => {
  expect(await post('/bytes/100')).toMatchObject({ status: 200 });
  expect(await post('/bytes/101')).toMatchObject({ code: 'too_large' });
});

test('who does not answer, stops in the middle or hangs up is not waited for', async () => {
  for (const path of ['/never', '/slow'])
    expect(await post(path, { timeoutMs: 100 })).toMatchObject({ code: 'unavailable', because: /100 ms/ });
  expect(await post('/cut')).toMatchObject({ code: 'unavailable' });
  const nobody = createTcp();
  await new Promise<void>((ready) => nobody.listen(0, '127.0.0.1', ready));
  const closed = (nobody.address() as AddressInfo).port;
  await new Promise((done) => nobody.close(done));
  expect(await own.post(`http://127.0.0.1:${closed}/`, asked)).toMatchObject({ code: 'unavailable', because: /ECONNREFUSED/ });
});

test('an address of one\u2019s own network is called only where it was named', async () => {
  const before = seen.length;
  const guarded = guardedNet({ own: [] });
  for (const host of ['127.0.0.1', 'localhost', '0x7f.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '0', '[::]'])
    expect([host, await guarded.post(`http://${host}:${port}/ok`, asked)]).toMatchObject([host, { code: 'untrusted' }]);
  expect(seen.length).toBe(before);
});

test('a name is asked once, and what it said is dialled', async () => {
  const answers = ['127.0.0.1', '10.0.0.1'];
  let asks = 0;
  const changing = guardedNet({ own: ['127.0.0.0/8'], resolve: async () => [{ address: answers[asks++]!, family: 4 }] });
  expect(await changing.post(`http://rebound.example:${port}/ok`, asked)).toMatchObject({ status: 201 });
  expect(asks).toBe(1);
  expect(await changing.post(`http://rebound.example:${port}/ok`, asked)).toMatchObject({ code: 'untrusted' });
  const half = guardedNet({ own: [], resolve: async () => ['1.1.1.1', '127.0.0.1'].map((address) => ({ address, family: 4 })) });
  expect(await half.post(`https://half.example:${port}/ok`, asked)).toMatchObject({ code: 'untrusted' });
  const mute = guardedNet({ own: [], resolve: () => new Promise(() => {}) });
  expect(await mute.post('https://mute.example/', { ...asked, timeoutMs: 50 })).toMatchObject({ code: 'unavailable' });
});

test('in the open it is HTTPS or nothing', async () => {
  const open = guardedNet({ own: [], resolve: async () => [{ address: '1.1.1.1', family: 4 }] });
  expect(await open.post('http://public.example/', asked)).toMatchObject({ code: 'untrusted', because: /https only/ });
  for (const url of ['ftp://a.example/', 'https://user:secret@a.example/', 'https://a.example/#b', 'no address', 'file:///etc/passwd'])
    expect(await open.post(url, asked)).toMatchObject({ code: 'malformed' });
});

test('a header that is none is no way to write a second request', async () => {
  expect(await post('/ok', { headers: { 'content-type': 'a\r\nx-more: b' } })).toMatchObject({ code: 'unavailable' });
});

test.each([
  ['no', '10.1.2.3 100.64.0.1 169.254.169.254 172.31.0.1 192.168.1.1 192.0.2.1 198.18.0.1 203.0.113.9 224.0.0.1 255.255.255.255 0.0.0.0'],
  [
    'no',
    '::1 :: fe80::1 fe80::1%eth0 fd00::1 ff02::1 64:ff9b::a00:1 2002:a00:1:: 2001:0:a00:1:: 2001:db8::1 ::ffff:10.0.0.1 ::ffff:a00:1 ::10.0.0.1',
  ],
  ['public', '1.1.1.1 9.9.9.9 172.32.0.1 192.169.0.1 2606:4700::1111 2a00:1450::1 ::ffff:1.1.1.1'],
  ['own', '10.9.0.1 ::ffff:10.9.0.1 fd12::5'],
  ['no', 'a.example 1.2.3 10.9.0.1.5'],
])('%s: %s', (reach, addresses) => {
  const named = blocksOf(['10.9.0.0/16', 'fd12::/16']);
  expect(addresses.split(' ').filter((address) => mayReach(address, named) !== reach)).toEqual([]);
});

test('what is no block is said at the start', () => {
  for (const text of ['10.0.0.0/33', 'fd00::/129', 'host', '10.0.0.0/8/8', '10.0.0.0/x', '10.0.0.0/'])
    expect(() => blocksOf([text])).toThrow(RangeError);
});
