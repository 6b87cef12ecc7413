import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Script, type Scripted, type ScriptedEndpoint, scriptedEndpoint } from '../../../test/equipment/scripted-endpoint.ts';
import { limits } from '../../base/limits.ts';
import { type BrokenCall, type ChatMessage, type ChatReply, type Protocol, protocols } from '../../base/model-door.ts';
import type { Refusal } from '../../base/refusal.ts';
import { endpointModels } from './endpoints.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((endpoint) => endpoint.close())));

const hello: ChatMessage[] = [{ role: 'user', content: 'hello' }];
const tool = { name: 'shell', description: 'runs', parameters: { type: 'object' } };
const soon = { 'retry-after-ms': '1' };
type Options = Partial<Parameters<typeof endpointModels>[0]>;

async function ask(
  protocol: Protocol,
  script: Script,
  messages: readonly ChatMessage[] = hello,
  options: Options = {},
  signal?: AbortSignal,
): Promise<{ reply: ChatReply | Refusal; sent: ScriptedEndpoint['sent']; broken: BrokenCall[] }> {
  const endpoint = await scriptedEndpoint(script);
  open.push(endpoint);
  const broken: BrokenCall[] = [];
  const watch = { broken: (call: BrokenCall) => void broken.push(call), ...(signal ? { signal } : {}) };
  const models = endpointModels({ origins: [endpoint.origin], pauseMs: 1, ...options });
  const reply = await models.chat({ url: endpoint.url, model: 'm-1', protocol }, messages, [tool], 100, watch);
  return { reply, sent: endpoint.sent, broken };
}

/** Plays these one after the other. */
const inTurn = (...replies: Scripted[]): Script => {
  let at = 0;
  return () => replies[at++] ?? { say: 'no more' };
};
/** A server that answers every request with these bytes. */
async function rawServer(status: number, type: string, body: string): Promise<string> {
  const server = createServer(
    (request, response) => void request.resume().on('end', () => response.writeHead(status, { 'content-type': type }).end(body)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((done) => void server.close(() => done())) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(protocols)('%s', (protocol) => {
  const say = (script: Script, ...of: [messages?: readonly ChatMessage[], options?: Options, signal?: AbortSignal]) =>
    ask(protocol, script, ...of);

  test('text, tool calls, a reply cut off and a refusal are told apart', async () => {
    expect((await say(() => ({ say: 'hi' }))).reply).toMatchObject({ stop: 'end', message: { content: 'hi' } });
    const called = (await say(() => ({ call: [{ tool: 'shell', arguments: { command: 'ls' } }] }))).reply;
    expect(called).toMatchObject({ stop: 'tools', message: { toolCalls: [{ name: 'shell', arguments: '{"command":"ls"}' }] } });
    expect((await say(() => ({ say: 'hal', cutOff: true }))).reply).toMatchObject({ stop: 'length', message: { content: 'hal' } });
    expect((await say(() => ({ refuse: 'I will not' }))).reply).toMatchObject({ stop: 'refusal', message: { content: 'I will not' } });
    const filtered = (await say(() => ({ filtered: 'I wo' }))).reply;
    // Messages has one word for both.
    expect(filtered).toMatchObject({ stop: protocol === 'messages' ? 'refusal' : 'filtered' });
  });

  test('what it cost is told by class, and no token twice', async () => {
    const { reply } = await say(() => ({ say: 'hi', use: { input: 100, cached: 60, output: 50, reasoning: 20 } }));
    expect((reply as ChatReply).use).toEqual({ input: 40, cacheRead: 60, cacheWrite: 0, output: 30, reasoning: 20 });
  });

  test('a conversation goes out as it was had: ids of calls, their answers, and what the protocol wants carried', async () => {
    const first = await say(() => ({ call: [{ tool: 'shell', arguments: { command: 'ls' } }], say: 'I look', think: 'hm' }));
    const { message } = first.reply as ChatReply;
    const said: ChatMessage[] = [...hello, message, { role: 'tool', content: 'out', toolCallId: message.toolCalls![0]!.id }];
    const { sent } = await say(() => ({ say: 'ok' }), said);
    const heard = sent[0]!.messages;
    expect(sent[0]).toMatchObject({ protocol, model: 'm-1', tools: ['shell'], maxTokens: 100 });
    expect(heard.at(-1)).toMatchObject({ role: 'tool', content: 'out', tool_call_id: 'call_1_0' });
    expect(JSON.stringify(heard)).toContain('call_1_0');
    expect(heard.some((m) => m.content === 'I look')).toBe(true);
    const raw = JSON.stringify(sent[0]!.body);
    if (protocol === 'messages') expect(raw).toContain('"signature":"signed hm"');
    if (protocol === 'responses') expect(raw).toContain('"encrypted_content":"sealed hm"');
  });

  test('an endpoint that does not stream is read as well', async () => {
    const { spoken } = await import('../../../test/equipment/scripted-protocols.ts');
    const whole = spoken[protocol].whole(
      { say: 'all at once' },
      { model: 'm', number: 1, use: { input: 1, cached: 0, output: 1, reasoning: 0 } },
    );
    const { reply } = await say(() => ({ status: 200, body: JSON.stringify(whole) }));
    expect(reply).toMatchObject({ stop: 'end', message: { content: 'all at once' } });
  });

  test('an answer cut short is never half believed: it is asked for again, and what may have been paid is told', async () => {
    for (const how of [{ cutAfter: 2 }, { brokenAfter: 2 }]) {
      const { reply, broken, sent } = await say(inTurn({ say: 'half of it', ...how }, { say: 'whole' }));
      expect(reply).toMatchObject({ stop: 'end', message: { content: 'whole' } });
      expect(broken).toMatchObject([{ billed: 'unknown' }]);
      expect(sent).toHaveLength(2);
    }
  }, 10_000);

  test('answers cut short are asked for again limits.modelCutShortRetries times, not once more', async () => {
    const cut: Scripted = { say: 'half', cutAfter: 1 };
    const upTo = (n: number) => say(inTurn(...Array.from({ length: n }, () => cut), { say: 'whole' }));
    expect((await upTo(limits.modelCutShortRetries)).reply).toMatchObject({ stop: 'end' });
    const given = await upTo(limits.modelCutShortRetries + 1);
    expect(given.reply).toMatchObject({ code: 'unavailable' });
    expect([given.sent.length, given.broken.length]).toEqual([limits.modelCutShortRetries + 1, limits.modelCutShortRetries + 1]);
  }, 20_000);

  test('429, 500 and 529 are tried again up to limits.modelRetries times; being turned away costs nothing', async () => {
    for (const status of [429, 500, 529]) {
      const upTo = (n: number) => say(inTurn(...Array.from({ length: n }, () => ({ status, headers: soon })), { say: 'at last' }));
      expect((await upTo(limits.modelRetries)).reply).toMatchObject({ stop: 'end' });
      const given = await upTo(limits.modelRetries + 1);
      expect(given.reply).toMatchObject({ code: 'unavailable' });
      expect(given.sent).toHaveLength(limits.modelRetries + 1);
      expect(given.broken.map((b) => b.billed)).toEqual(given.broken.map(() => (status === 500 ? 'unknown' : 'no')));
    }
  });

  test('a wait of limits.modelRetryAfterMs is longer than we wait for nothing; one second more is not waited', async () => {
    const over = { 'retry-after': String(limits.modelRetryAfterMs / 1000 + 1) };
    expect((await say(() => ({ status: 429, headers: over }))).sent).toHaveLength(1);
    const stop = new AbortController();
    const waiting = say(
      () => {
        setTimeout(() => stop.abort(), 50);
        return { status: 429, headers: { 'retry-after': String(limits.modelRetryAfterMs / 1000) } };
      },
      hello,
      {},
      stop.signal,
    );
    // It waits until it is stopped.
    expect((await waiting).reply).toMatchObject({ code: 'unavailable' });
  });

  test('calls and waits for one answer take no longer than limits.modelCallMs', async () => {
    expect(limits.modelCallMs).toBeGreaterThan(limits.modelReplyMs + limits.modelRetryAfterMs);
    const busy: Script = () => ({ status: 429 });
    expect((await say(busy, hello, { pauseMs: 50, callMs: 20 })).sent).toHaveLength(1);
    expect((await say(busy, hello, { pauseMs: 1, callMs: 10_000, retries: 2 })).sent).toHaveLength(3);
  });

  test('401 is not tried again; an endpoint that never answers is given up, at once when it is stopped', async () => {
    const refused = await say(() => ({ status: 401 }));
    expect([refused.reply, refused.sent.length]).toEqual([expect.objectContaining({ code: 'unavailable' }), 1]);
    expect((await say(() => 'silence', hello, { replyMs: 20, retries: 0 })).reply).toMatchObject({ code: 'unavailable' });
    expect((await say(() => 'silence', hello, {}, AbortSignal.timeout(20))).reply).toMatchObject({ code: 'unavailable' });
  });

  test('a slow drip is waited for while something comes, and not longer than for a whole answer', async () => {
    expect(limits.modelSilenceMs).toBeLessThan(limits.modelReplyMs);
    const drip: Script = () => ({ say: 'a long tale', dripMs: 15 });
    expect((await say(drip, hello, { silenceMs: 400, retries: 0 })).reply).toMatchObject({ stop: 'end' });
    expect((await say(drip, hello, { silenceMs: 400, replyMs: 40, retries: 0 })).reply).toMatchObject({ code: 'unavailable' });
    expect((await say(drip, hello, { silenceMs: 5, retries: 0 })).reply).toMatchObject({ code: 'unavailable' });
  });

  test('two calls with one id, calls without one and arguments that are no JSON', async () => {
    const twice: Script = () => ({ call: [0, 1].map(() => ({ tool: 'shell', arguments: {}, id: 'same' })) });
    expect(await say(twice)).toMatchObject({ reply: { code: 'unavailable' }, broken: [{ billed: 'unknown' }] });
    expect((await say(() => ({ call: [{ tool: 'shell', arguments: {}, id: '' }] }))).reply).toMatchObject({ code: 'unavailable' });
    // That is the model's doing, and goes back to it.
    const { reply } = await say(() => ({ call: [{ tool: 'shell', arguments: '{"command":' }] }));
    expect(reply).toMatchObject({ stop: 'tools', message: { toolCalls: [{ arguments: '{"command":' }] } });
  });

  test('limits.modelCallsPerReply calls are read of one reply, not one more', async () => {
    const many = (n: number) => say(() => ({ call: Array.from({ length: n }, () => ({ tool: 'shell', arguments: {} })) }));
    const { reply } = await many(limits.modelCallsPerReply);
    expect((reply as ChatReply).message.toolCalls).toHaveLength(limits.modelCallsPerReply);
    expect((await many(limits.modelCallsPerReply + 1)).reply).toMatchObject({ code: 'unavailable' });
  });

  test('how long a call that broke took is told, and how long is waited before the next', async () => {
    const { broken } = await say(inTurn({ status: 429, headers: { 'retry-after-ms': '30' } }, { status: 400 }));
    expect(broken).toMatchObject([{ waitsMs: 30 }, { waitsMs: 0 }]);
    expect(broken.every((call) => Number.isInteger(call.tookMs))).toBe(true);
  });

  test('what is no answer is the endpoint\u2019s failure, and not asked for again', async () => {
    for (const body of ['no json', '{}', '[]', '{"choices":[]}', '{"type":"message","content":[]}', '{"status":"completed","output":[]}']) {
      const origin = await rawServer(200, 'application/json', body);
      const models = endpointModels({ origins: [origin] });
      expect(await models.chat({ url: `${origin}/v1`, model: 'm', protocol }, hello, [], 10)).toMatchObject({ code: 'unavailable' });
    }
    const stream = 'data: {"type":"nothing known"}\n\ndata: nonsense\n\n';
    const origin = await rawServer(200, 'text/event-stream', stream);
    const models = endpointModels({ origins: [origin] });
    expect(await models.chat({ url: `${origin}/v1`, model: 'm', protocol }, hello, [], 10)).toMatchObject({ code: 'unavailable' });
  });

  test('an answer of limits.modelReplyBytes is read, one byte more is not', async () => {
    const { spoken } = await import('../../../test/equipment/scripted-protocols.ts');
    const bodyOf = (bytes: number) => {
      const of = { model: 'm', number: 1, use: { input: 1, cached: 0, output: 1, reasoning: 0 } };
      const empty = JSON.stringify(spoken[protocol].whole({ say: 'x' }, of));
      return JSON.stringify(spoken[protocol].whole({ say: 'x'.repeat(1 + bytes - empty.length) }, of));
    };
    const answered = (bytes: number) => say(() => ({ status: 200, body: bodyOf(bytes) }), hello, { retries: 0 });
    expect((await answered(limits.modelReplyBytes)).reply).toMatchObject({ stop: 'end' });
    expect((await answered(limits.modelReplyBytes + 1)).reply).toMatchObject({ code: 'unavailable' });
  });

  test("nothing of the hub's own environment reaches the endpoint; a lent key goes to its own origin", async () => {
    const before = { ...process.env };
    const own = { OPENAI_API_KEY: 'sk-own', OPENAI_ORG_ID: 'org-own', OPENAI_CUSTOM_HEADERS: 'x-own: yes', ANTHROPIC_API_KEY: 'sk-own' };
    const also = { ANTHROPIC_AUTH_TOKEN: 'sk-own', ANTHROPIC_CUSTOM_HEADERS: 'x-own: yes', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' };
    Object.assign(process.env, own, also);
    try {
      const { sent } = await say(() => ({ say: 'hi' }));
      expect(JSON.stringify(sent[0]!.headers)).not.toMatch(/own|stainless/);
      const endpoint = await scriptedEndpoint(() => ({ say: 'hi' }));
      open.push(endpoint);
      const models = endpointModels({
        origins: [endpoint.origin],
        keys: { [endpoint.origin]: 'lent', 'https://other.example': 'not yours' },
      });
      await models.chat({ url: endpoint.url, model: 'm', protocol }, hello, [], 10);
      expect(endpoint.sent[0]!.headers.authorization).toBe('Bearer lent');
    } finally {
      for (const name of Object.keys({ ...own, ...also })) delete process.env[name];
      Object.assign(process.env, before);
    }
  });

  test('a redirect does not lead around the list', async () => {
    const stranger = await scriptedEndpoint(() => ({ say: 'hi' }));
    open.push(stranger);
    const { sent, reply } = await say(() => ({ status: 307, headers: { location: stranger.url } }), hello, { retries: 0 });
    expect(reply).toMatchObject({ code: 'unavailable' });
    expect([sent.length, stranger.sent.length]).toEqual([1, 0]);
  });
});

test('filters and full contexts that are told by an error are no failures of the endpoint', async () => {
  for (const protocol of ['chat-completions', 'responses'] as const) {
    expect((await ask(protocol, () => ({ status: 400, code: 'content_filter' }))).reply).toMatchObject({ stop: 'filtered' });
    expect((await ask(protocol, () => ({ status: 400, code: 'context_length_exceeded' }))).reply).toMatchObject({ stop: 'context-full' });
  }
  const body = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens' } });
  expect((await ask('messages', () => ({ status: 400, body }))).reply).toMatchObject({ stop: 'context-full' });
});

test('an endpoint that is not on the list is never called', async () => {
  const stranger = await scriptedEndpoint(() => ({ say: 'hi' }));
  open.push(stranger);
  const models = endpointModels({ origins: ['https://models.example/v1'] });
  const ask = (url: string) => models.chat({ url, model: 'm', protocol: 'messages' }, hello, [], 10);
  expect(await ask(stranger.url)).toMatchObject({ code: 'untrusted' });
  expect(await ask('https://models.example.evil.example/v1')).toMatchObject({ code: 'untrusted' });
  for (const url of ['ftp://models.example', 'https://me:pass@models.example/v1', 'https://models.example/v1?x=1', 'nothing'])
    expect(await ask(url)).toMatchObject({ code: 'malformed' });
  expect(stranger.sent).toHaveLength(0);
});

test('a seed goes out where the protocol has one, and once without it to whom takes none', async () => {
  const seeded = async (protocol: Protocol, script: Script) => {
    const endpoint = await scriptedEndpoint(script);
    open.push(endpoint);
    const models = endpointModels({ origins: [endpoint.origin], pauseMs: 1 });
    const broken: BrokenCall[] = [];
    const watch = { seed: 7, broken: (call: BrokenCall) => void broken.push(call) };
    const reply = await models.chat({ url: endpoint.url, model: 'm-1', protocol }, hello, [tool], 100, watch);
    return { reply, seeds: endpoint.sent.map(({ body }) => (body as { seed?: number }).seed), broken };
  };
  const says = () => ({ say: 'hi' });
  expect((await seeded('chat-completions', says)).seeds).toEqual([7]);
  expect((await seeded('responses', says)).seeds).toEqual([undefined]);
  expect((await seeded('messages', says)).seeds).toEqual([undefined]);
  const refusing =
    (text: string): Script =>
    (_, { body }) =>
      (body as { seed?: number }).seed === undefined ? says() : { status: 400, body: JSON.stringify({ error: { message: text } }) };
  expect(await seeded('chat-completions', refusing('Unsupported parameter: seed'))).toMatchObject({
    ...{ seeds: [7, undefined], broken: [] },
    reply: { message: { content: 'hi' } },
  });
  expect((await seeded('chat-completions', refusing('no such model'))).seeds).toEqual([7]);
});
