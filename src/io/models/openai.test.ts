import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Script, type ScriptedEndpoint, scriptedEndpoint } from '../../../test/equipment/scripted-endpoint.ts';
import type { ChatMessage } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { openAiModels } from './openai.ts';

const open: ScriptedEndpoint[] = [];
afterEach(() => Promise.all(open.splice(0).map((endpoint) => endpoint.close())));

const hello: ChatMessage[] = [{ role: 'user', content: 'hello' }];
const tool = { name: 'shell', description: 'runs', parameters: { type: 'object' } };
const soon = { 'retry-after-ms': '1' };

async function ask(script: Script, messages: readonly ChatMessage[] = hello, options: { replyMs?: number; retries?: number } = {}) {
  const endpoint = await scriptedEndpoint(script);
  open.push(endpoint);
  const models = openAiModels({ origins: [endpoint.origin], ...options });
  const reply = await models.chat({ url: endpoint.url, model: 'm-1' }, messages, [tool], 100);
  return { reply, sent: endpoint.sent };
}

test('text, tool calls, a reply cut off, a refusal and a filter are told apart', async () => {
  expect((await ask(() => ({ say: 'hi' }))).reply).toMatchObject({ stop: 'end', message: { content: 'hi' } });
  const called = (await ask(() => ({ call: [{ tool: 'shell', arguments: { command: 'ls' } }] }))).reply;
  expect(called).toMatchObject({ stop: 'tools', message: { toolCalls: [{ name: 'shell', arguments: '{"command":"ls"}' }] } });
  expect((await ask(() => ({ say: 'hal', cutOff: true }))).reply).toMatchObject({ stop: 'length' });
  expect((await ask(() => ({ refuse: 'I will not' }))).reply).toMatchObject({ stop: 'refusal', message: { content: 'I will not' } });
  expect((await ask(() => ({ filtered: 'I wo' }))).reply).toMatchObject({ stop: 'filtered' });
  expect((await ask(() => ({ status: 400, code: 'content_filter' }))).reply).toMatchObject({ stop: 'filtered' });
  expect((await ask(() => ({ status: 400, code: 'context_length_exceeded' }))).reply).toMatchObject({ stop: 'length' });
});

test('a conversation with tools goes out as the protocol wants it', async () => {
  const toolCalls = [{ id: 'call_1', name: 'shell', arguments: '{}' }];
  const said: ChatMessage[] = [
    ...hello,
    { role: 'assistant', content: '', toolCalls },
    { role: 'tool', content: 'out', toolCallId: 'call_1' },
  ];
  const { sent } = await ask(() => ({ say: 'ok' }), said);
  expect(sent[0]).toMatchObject({ model: 'm-1', tools: ['shell'], maxTokens: 100 });
  expect(sent[0]!.messages.slice(1)).toEqual([
    { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'shell', arguments: '{}' } }] },
    { role: 'tool', content: 'out', tool_call_id: 'call_1' },
  ]);
});

test('an endpoint that is not on the list is never called', async () => {
  const stranger = await scriptedEndpoint(() => ({ say: 'hi' }));
  open.push(stranger);
  const models = openAiModels({ origins: ['https://models.example/v1'] });
  const ask = (url: string) => models.chat({ url, model: 'm' }, hello, [], 10);
  expect(await ask(stranger.url)).toMatchObject({ code: 'untrusted' });
  expect(await ask('https://models.example.evil.example/v1')).toMatchObject({ code: 'untrusted' });
  for (const url of ['ftp://models.example', 'https://me:pass@models.example/v1', 'https://models.example/v1?x=1', 'nothing'])
    expect(await ask(url)).toMatchObject({ code: 'malformed' });
  expect(stranger.sent).toHaveLength(0);
});

test('a redirect does not lead around the list', async () => {
  const stranger = await scriptedEndpoint(() => ({ say: 'hi' }));
  open.push(stranger);
  const location = `${stranger.url}/chat/completions`;
  const { sent, reply } = await ask(() => ({ status: 307, headers: { location } }), hello, { retries: 0 });
  expect(reply).toMatchObject({ code: 'unavailable' });
  expect([sent.length, stranger.sent.length]).toEqual([1, 0]);
});

test('429 and 500 are tried again, up to limits.modelRetries times', async () => {
  for (const status of [429, 500]) {
    const upTo = (failures: number) => {
      let tries = 0;
      return ask(() => (tries++ < failures ? { status, headers: soon } : { say: 'at last' }));
    };
    expect((await upTo(limits.modelRetries)).reply).toMatchObject({ stop: 'end' });
    const given = await upTo(limits.modelRetries + 1);
    expect(given.reply).toMatchObject({ code: 'unavailable' });
    expect(given.sent).toHaveLength(limits.modelRetries + 1);
  }
});

test('401 is not tried again; an endpoint that is not there is unavailable', async () => {
  const refused = await ask(() => ({ status: 401 }));
  expect([refused.reply, refused.sent.length]).toEqual([expect.objectContaining({ code: 'unavailable' }), 1]);
});

test('an endpoint that never answers is given up, not waited for', async () => {
  expect(limits.modelReplyMs).toBeGreaterThan(1000);
  expect((await ask(() => 'silence', hello, { replyMs: 20, retries: 1 })).reply).toMatchObject({ code: 'unavailable' });
});

test("answers that cannot be read are the endpoint's failure", async () => {
  const answers = [
    'no json',
    '{"choices":[]}',
    JSON.stringify({ choices: [{ finish_reason: 'stop', message: { content: 'free of charge' } }] }),
    JSON.stringify({ choices: [{ finish_reason: 'bored', message: { content: '' } }], usage: { prompt_tokens: 1, completion_tokens: 1 } }),
    JSON.stringify({ choices: [{ finish_reason: 'stop', message: {} }], usage: { prompt_tokens: -1, completion_tokens: 1 } }),
  ];
  for (const body of answers) expect((await ask(() => ({ status: 200, body }))).reply).toMatchObject({ code: 'unavailable' });
});

test('an answer of limits.modelReplyBytes is read, one byte more is not', async () => {
  const body = (bytes: number) => {
    const empty = JSON.stringify({
      choices: [{ finish_reason: 'stop', message: { content: '' } }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    });
    return empty.replace('"content":""', `"content":"${'x'.repeat(bytes - empty.length)}"`);
  };
  expect((await ask(() => ({ status: 200, body: body(limits.modelReplyBytes) }))).reply).toMatchObject({ stop: 'end' });
  const over = await ask(() => ({ status: 200, body: body(limits.modelReplyBytes + 1) }), hello, { retries: 0 });
  expect(over.reply).toMatchObject({ code: 'unavailable' });
});

test("nothing of the hub's own environment reaches the endpoint", async () => {
  const before = { ...process.env };
  Object.assign(process.env, { OPENAI_API_KEY: 'sk-own', OPENAI_ORG_ID: 'org-own', OPENAI_CUSTOM_HEADERS: 'x-own: yes' });
  try {
    const { sent } = await ask(() => ({ say: 'hi' }));
    expect(Object.keys(sent[0]!.headers).filter((name) => name.startsWith('x-') || name.startsWith('openai'))).toEqual([]);
    expect(sent[0]!.headers.authorization).toBe('Bearer none');
  } finally {
    for (const name of ['OPENAI_API_KEY', 'OPENAI_ORG_ID', 'OPENAI_CUSTOM_HEADERS']) delete process.env[name];
    Object.assign(process.env, before);
  }
});

test('a lent key goes to its own origin only', async () => {
  const heard: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.writeHead(401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const models = openAiModels({ origins: [origin], keys: { [origin]: 'lent', 'https://other.example': 'not yours' } });
  await models.chat({ url: `${origin}/v1`, model: 'm' }, hello, [], 10);
  server.close();
  expect(heard).toEqual(['Bearer lent']);
});
