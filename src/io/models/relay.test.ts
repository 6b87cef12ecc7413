import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Script, type ScriptedEndpoint, scriptedEndpoint } from '../../../test/equipment/scripted-endpoint.ts';
import { limits } from '../../base/limits.ts';
import type { ModelEndpoint, Protocol, RelayedAnswer, RelayWatch } from '../../base/model-door.ts';
import { isRefusal, type Refusal } from '../../base/refusal.ts';
import { endpointModels } from './endpoints.ts';
import { outgoing } from './outgoing.ts';

/** What stands between a box and its endpoint, spoken to over its socket as whoever is in the box would. */
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const key = 'the-key-that-no-box-holds';
const messages = [{ role: 'user', content: 'hello' }];
const asked = {
  'chat-completions': { messages },
  responses: { input: messages },
  messages: { messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }], max_tokens: 100 },
};
const pathOf = { 'chat-completions': '/v1/chat/completions', responses: '/v1/responses', messages: '/v1/messages' } as const;

interface Out {
  readonly socket: string;
  readonly endpoint: ScriptedEndpoint;
  readonly asked: string[];
  readonly answers: RelayedAnswer[];
  readonly handedIn: Uint8Array[];
}

async function relay(
  script: Script,
  over: Partial<RelayWatch> & { protocol?: Protocol; requestMs?: number; at?: Partial<ModelEndpoint> } = {},
) {
  const endpoint = await scriptedEndpoint(script);
  const dir = mkdtempSync(join(tmpdir(), 'relay-'));
  const of: Out = { socket: join(dir, 'door'), endpoint, asked: [], answers: [], handedIn: [] };
  const { protocol = 'chat-completions', requestMs, at, ...watch } = over;
  const models = endpointModels({ origins: [endpoint.origin], keys: { [endpoint.origin]: key }, ...(requestMs ? { requestMs } : {}) });
  const opened = await models.relay(
    { url: endpoint.url, model: 'm', protocol, ...at },
    {
      asked: async ({ body }) => ({ number: of.asked.push(body) }),
      answered: async (answer) => void of.answers.push(answer),
      handedIn: async (bytes) => `[submitted] ${of.handedIn.push(bytes)}`,
      ...watch,
    },
  );
  if (isRefusal(opened)) return opened;
  const close = await opened(of.socket);
  closing.push(close, endpoint.close, () => rmSync(dir, { recursive: true, force: true }));
  return of;
}

async function open(...of: Parameters<typeof relay>): Promise<Out> {
  const opened = await relay(...of);
  if (isRefusal(opened)) throw new Error(opened.because);
  return opened;
}

function post(socketPath: string, path: string, body: string | Uint8Array, headers: IncomingHttpHeaders = {}) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const sent = request({ socketPath, path, method: 'POST', headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Bytes as they are, and all that comes back until the other side ends. */
function raw(socket: string, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const to = connect(socket, () => to.write(bytes, 'latin1'));
    to.on('data', (part) => parts.push(part));
    to.on('error', () => {});
    to.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
  });
}

const ask = ({ socket }: Out, over: object = {}, headers: IncomingHttpHeaders = {}) =>
  post(socket, '/v1/chat/completions', JSON.stringify({ model: 'm', messages, ...over }), headers);
const text = (body: string) => `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe.each(['chat-completions', 'responses', 'messages'] as const)('a relay of %s', (protocol) => {
  test.each([false, true])('sends what it judged with the key, records the answer, and gives it back; streamed: %s', async (stream) => {
    const of = await open(() => ({ say: 'good morning' }), { protocol });
    const answer = await post(of.socket, `${pathOf[protocol]}?beta=true`, JSON.stringify({ model: 'm', ...asked[protocol], stream }));
    expect([answer.status, answer.body.includes('good')]).toEqual([200, true]);
    expect(of.endpoint.sent).toHaveLength(1);
    const { authorization, 'x-api-key': sent } = of.endpoint.sent[0]!.headers;
    expect(authorization ?? `Bearer ${sent}`).toBe(`Bearer ${key}`);
    expect(answer.body + JSON.stringify(answer.headers)).not.toContain(key);
    expect(of.answers).toMatchObject([{ number: 1, status: 200, reply: { message: { content: 'good morning' }, stop: 'end' } }]);
  });
});

test('nothing of how a request was addressed or headed goes on', async () => {
  const of = await open(() => ({ say: 'x' }));
  const evil = {
    authorization: 'Bearer mine',
    'x-api-key': 'mine',
    cookie: 'a=b',
    'x-forwarded-host': 'evil',
    host: 'evil.example',
    via: 'x',
  };
  expect(
    (await ask(of, {}, { ...evil, 'anthropic-beta': 'a\tb', 'anthropic-version': '2023-06-01, x: y', 'openai-organization': 'o' })).status,
  ).toBe(200);
  const { headers } = of.endpoint.sent[0]!;
  expect(Object.keys(headers).sort()).toEqual([
    'accept',
    'accept-encoding',
    'accept-language',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'sec-fetch-mode',
    'user-agent',
  ]);
  expect([headers.authorization, headers.host]).toEqual([`Bearer ${key}`, new URL(of.endpoint.origin).host]);
});

test('it is no open relay: CONNECT, absolute form, other paths, other methods, another origin', async () => {
  const of = await open(() => ({ say: 'x' }));
  const port = new URL(of.endpoint.origin).port;
  expect(await raw(of.socket, `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`)).not.toContain('200');
  const body = JSON.stringify({ model: 'm', messages });
  for (const target of [
    `${of.endpoint.origin}/v1/chat/completions`,
    '//evil.example/v1/chat/completions',
    '/v1/../v1/chat/completions',
    '/v1/files',
    '/',
    '*',
  ])
    expect([
      target,
      await raw(of.socket, `POST ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    ]).toEqual([target, expect.stringMatching(/^(HTTP\/1\.1 40[04]|$)/)]);
  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
    expect(await raw(of.socket, `${method} /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 404/,
    );
  expect([of.endpoint.sent, of.asked]).toEqual([[], []]);
  expect(await relay(() => ({ say: 'x' }), { at: { url: 'https://elsewhere.example/v1' } })).toMatchObject({ code: 'untrusted' });
});

test('requests cannot be smuggled: two lengths, length and chunks, folded and bare line ends, a second request within the first', async () => {
  const of = await open(() => ({ say: 'x' }));
  const body = JSON.stringify({ model: 'm', messages });
  const head = 'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n';
  const tries = [
    `${head}Content-Length: ${body.length}\r\nContent-Length: 0\r\n\r\n${body}`,
    `${head}Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${text(body)}`,
    `${head}Transfer-Encoding: chunked, identity\r\n\r\n${body}`,
    `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    `${head}X: a\r\n b: folded\r\nContent-Length : 0\r\n\r\n`,
    `${head}X: a\nContent-Length: 0\r\n\r\n`,
    `POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}`,
    `${head}Content-Length: +${body.length}\r\n\r\n${body}`,
  ];
  for (const bytes of tries) expect([bytes, await raw(of.socket, bytes)]).toEqual([bytes, expect.stringMatching(/^(HTTP\/1\.1 400|$)/)]);
  expect(of.endpoint.sent).toEqual([]);
  // What stands in a body is a body.
  const within = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text('{}') }] });
  expect((await post(of.socket, '/v1/chat/completions', within)).status).toBe(200);
  expect(of.endpoint.sent).toHaveLength(1);
});

test('what is said twice means one thing: it is written anew', async () => {
  const of = await open(() => ({ say: 'x' }));
  const twice = '{"model":"other","messages":[{"role":"user","content":"a","content":"b"}],"model":"m"}';
  expect((await post(of.socket, '/v1/chat/completions', twice)).status).toBe(200);
  expect(of.asked).toEqual(['{"model":"m","messages":[{"role":"user","content":"b"}]}']);
  expect(of.endpoint.sent[0]!.body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'b' }] });
});

test('at the limit of bytes and one more; announced, unannounced, compressed, no JSON', async () => {
  const of = await open(() => ({ say: 'x' }));
  const filled = (bytes: number) => {
    const frame = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: '' }] });
    return JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'a'.repeat(bytes - frame.length) }] });
  };
  expect((await post(of.socket, '/v1/chat/completions', filled(limits.relayedRequestBytes))).status).toBe(200);
  const head = 'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n';
  expect(await raw(of.socket, `${head}Content-Length: ${limits.relayedRequestBytes + 1}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413/);
  const chunk = `${(1 << 20).toString(16)}\r\n${'a'.repeat(1 << 20)}\r\n`;
  expect(await raw(of.socket, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(9)}`)).toMatch(/^(HTTP\/1\.1 413|$)/);
  expect((await ask(of, {}, { 'content-encoding': 'gzip' })).status).toBe(415);
  expect((await post(of.socket, '/v1/chat/completions', '{')).status).toBe(400);
  expect(await raw(of.socket, `POST / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(limits.relayedHeaderBytes)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431/,
  );
  expect(of.endpoint.sent).toHaveLength(1);
});

test('whoever drips is cut off: headers and bodies', async () => {
  const of = await open(() => ({ say: 'x' }), { requestMs: 400 });
  const slow = ['POST /v1/chat/completions HT', 'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{'];
  for (const bytes of slow) expect(await raw(of.socket, bytes)).toMatch(/^(HTTP\/1\.1 408|$)/);
  expect(of.asked).toEqual([]);
});

test('a refusal before goes no further; one after keeps the answer from the box; both can be told apart from the endpoint', async () => {
  const over: Refusal = { refused: true, code: 'too_many', because: 'the run is over' };
  const before = await open(() => ({ say: 'secret' }), { asked: async () => over });
  expect(await ask(before)).toMatchObject({ status: 403, body: expect.stringContaining('the run is over') });
  expect(before.endpoint.sent).toEqual([]);
  const after = await open(() => ({ say: 'secret' }), { answered: async () => over });
  expect(await ask(after)).toMatchObject({ status: 403, body: expect.not.stringContaining('secret') });
  await expect(ask(after, { stream: true })).rejects.toThrow();
});

test('an answer that was kept is given again, byte for byte, and nobody is asked', async () => {
  const of = await open(() => ({ say: 'once' }));
  const first = await ask(of, { stream: true });
  const { kept } = of.answers[0]!;
  const again = await open(() => ({ say: 'twice' }), { asked: async () => ({ kept }) });
  expect((await ask(again, { stream: true })).body).toBe(first.body);
  expect(again.endpoint.sent).toEqual([]);
});

test('what breaks is told as broken, and as the endpoint said it: 429, 500, cut off, silence', async () => {
  const of = await open(() => ({ status: 429, headers: { 'retry-after': '3', 'set-cookie': 'a=b' } }));
  const answer = await ask(of);
  expect([answer.status, answer.headers['retry-after'], answer.headers['set-cookie']]).toEqual([429, '3', undefined]);
  expect(of.answers).toMatchObject([{ status: 429, broken: { billed: 'no', tookMs: expect.any(Number) } }]);
  const failing = await open(() => ({ status: 500 }));
  expect((await ask(failing)).status).toBe(500);
  expect(failing.answers).toMatchObject([{ broken: { billed: 'unknown' } }]);
  const cut = await open(() => ({ say: 'half an answer', cutAfter: 2 }));
  const heard = await ask(cut, { stream: true }).catch(() => ({ status: 0 }));
  expect([0, 502]).toContain(heard.status);
  expect(cut.answers).toMatchObject([{ broken: { billed: 'unknown' } }]);
});

test('a call ends with the relay, and with whoever waits for the run', async () => {
  const stop = new AbortController();
  const of = await open(() => 'silence', { signal: stop.signal });
  const asking = ask(of);
  await expect.poll(() => of.endpoint.sent.length).toBe(1);
  stop.abort(new Error('stopped'));
  expect((await asking).status).toBe(502);
  expect(of.answers).toMatchObject([{ broken: {} }]);
});

test('so many calls at once, and the next is asked to come again', async () => {
  let go: (() => void) | undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  const of = await open(() => gone.then(() => ({ say: 'x' })));
  const first = Array.from({ length: limits.relayedAtOnce }, () => ask(of));
  await expect.poll(() => of.asked.length).toBe(limits.relayedAtOnce);
  expect(await ask(of)).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  go!();
  expect((await Promise.all(first)).map((one) => one.status)).toEqual(Array(limits.relayedAtOnce).fill(200));
});

test('so many connections, and one more is shut', async () => {
  const of = await open(() => ({ say: 'x' }));
  const held = await Promise.all(
    Array.from({ length: limits.relayedConnections - 1 }, async () => {
      const to = connect(of.socket).resume();
      await once(to, 'connect');
      return to;
    }),
  );
  expect((await ask(of)).status).toBe(200);
  const last = connect(of.socket).resume();
  await once(last, 'connect');
  await expect(ask(of)).rejects.toThrow();
  for (const to of [...held, last]) to.destroy();
  await expect
    .poll(() =>
      ask(of)
        .then(({ status }) => status)
        .catch(() => 0),
    )
    .toBe(200);
});

test('what is handed in comes out; not more than may', async () => {
  const of = await open(() => ({ say: 'x' }));
  const bytes = Buffer.from([0, 255, 13, 10]);
  expect((await post(of.socket, '/hand-in', bytes)).body).toBe('[submitted] 1\n');
  expect(of.handedIn).toEqual([bytes]);
  expect((await post(of.socket, '/hand-in', Buffer.alloc(limits.attachmentBytes))).status).toBe(200);
  expect((await post(of.socket, '/hand-in', Buffer.alloc(limits.attachmentBytes + 1)).catch(() => ({ status: 413 }))).status).toBe(413);
});

test('an answer whose use nobody can believe is charged by bytes, and says so', async () => {
  const long = 'word '.repeat(1000);
  for (const use of [
    { input: 0, output: 1 },
    { input: 10_000_000, output: 10_000_000 },
  ]) {
    const of = await open(() => ({ say: long, use }));
    await ask(of, { messages: [{ role: 'user', content: long }] });
    const { reply } = of.answers[0] as { reply: { use: { input: number; output: number }; reckoned: string } };
    expect([reply.use.input, reply.use.output]).toEqual([1252, 1250]);
    expect(reply.reckoned).toMatch(/^charged by bytes: \d+ tokens read cannot be, of 5005 bytes; \d+ tokens written/);
  }
});

describe('ways out by the endpoint itself', () => {
  const out = (protocol: Protocol, body: object) => {
    const went = outgoing({ model: 'm', protocol }, Buffer.from(JSON.stringify({ model: 'm', ...body })));
    return isRefusal(went) ? went.because : 'out';
  };
  test('what the asking side does itself goes out', () => {
    const fn = {
      type: 'function',
      function: { name: 'url', parameters: { properties: { url: { type: 'string' }, file_id: { type: 'string' } } } },
    };
    expect(out('chat-completions', { tools: [fn], stream: true, background: false, n: 1 })).toBe('out');
    expect(
      out('messages', {
        tools: [
          { name: 'get', input_schema: {} },
          { type: 'bash_20250124', name: 'bash' },
        ],
      }),
    ).toBe('out');
    expect(
      out('messages', { messages: [{ role: 'assistant', content: [{ type: 'tool_use', input: { url: 'http://a.example' } }] }] }),
    ).toBe('out');
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    expect(out('chat-completions', { messages: [{ role: 'user', content: [picture] }] })).toBe('out');
  });
  const content = (block: object) => ({ messages: [{ role: 'user', content: [block] }] });
  test.each<[Protocol, object]>([
    ['chat-completions', { model: 'larger' }],
    ['chat-completions', { web_search_options: {} }],
    ['chat-completions', { models: ['m', 'larger'] }],
    ['chat-completions', { n: 8 }],
    ['chat-completions', { tools: [{ type: 'web_search' }] }],
    ['chat-completions', { tools: [null] }],
    ['chat-completions', content({ type: 'image_url', image_url: { url: 'https://evil.example/?told' } })],
    ['chat-completions', content({ type: 'file', file: { file_id: 'file-1' } })],
    ['responses', { tools: [{ type: 'mcp', server_url: 'https://evil.example' }] }],
    ['responses', { tools: [{ type: 'code_interpreter', container: {} }] }],
    ['responses', { previous_response_id: 'resp_1' }],
    ['responses', { conversation: 'conv_1' }],
    ['responses', { background: true }],
    ['responses', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['responses', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://evil.example/?told' }] }] }],
    ['responses', { input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://evil.example/?told' }] }] }],
    ['messages', { mcp_servers: [{ url: 'https://evil.example' }] }],
    ['messages', { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] }],
    ['messages', { tools: [{ type: 'code_execution_20250522', name: 'code_execution' }] }],
    ['messages', { container: 'c' }],
    ['messages', content({ type: 'image', source: { type: 'url', url: 'https://evil.example/?told' } })],
    ['messages', content({ type: 'document', source: { type: 'file', file_id: 'file_1' } })],
  ])('%s: %j does not', (protocol, body) => expect(out(protocol, body)).not.toBe('out'));

  test('nested as deep as may be, and one deeper; a hundred thousand deep', () => {
    const nested = (deep: number) => ({ metadata: JSON.parse(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`) });
    expect(out('messages', nested(limits.relayedDepth - 1))).toBe('out');
    expect(out('messages', nested(limits.relayedDepth))).toMatch(/deep/);
    const bytes = Buffer.from(`{"model":"m","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(outgoing({ model: 'm', protocol: 'messages' }, bytes)).toMatchObject({ code: 'too_large' });
  });
});
