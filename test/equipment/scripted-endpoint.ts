import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the endpoint was sent, as far as a script looks at it (OpenAI chat completions). */
export interface SentMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly tool_call_id?: string;
}

export interface Sent {
  readonly model: string;
  readonly messages: readonly SentMessage[];
  readonly tools: readonly string[];
  readonly maxTokens: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface Call {
  readonly tool: string;
  /** A string goes out as it is, so that a script can send arguments that are not JSON. */
  readonly arguments: object | string;
}

export type Scripted =
  /** Text and no tools: the model is done. `cutOff` = it ran into its token limit. */
  | { readonly say: string; readonly cutOff?: boolean }
  | { readonly call: readonly Call[]; readonly say?: string }
  /** The model declines, in the field that the protocol has for it. */
  | { readonly refuse: string }
  /** A filter between the model and us cuts it off. */
  | { readonly filtered: string }
  /** An HTTP answer of its own, e.g. 429, 500, or 400 with a code. */
  | { readonly status: number; readonly code?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Never answers. */
  | 'silence';

export type Script = (messages: readonly SentMessage[], sent: Sent) => Scripted | Promise<Scripted>;

export interface ScriptedEndpoint {
  readonly origin: string;
  /** What a submission names as its endpoint's URL. */
  readonly url: string;
  readonly sent: readonly Sent[];
  close(): Promise<void>;
}

/** A local OpenAI-compatible chat-completions endpoint whose model is a function: for tests and for the demo, never for a real review. */
export async function scriptedEndpoint(script: Script, port = 0): Promise<ScriptedEndpoint> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    answer(script, sent, request, response).catch((error) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin, url: `${origin}/v1`, sent, close };
}

async function answer(script: Script, sent: Sent[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions')
    return respond(response, 404, { error: { message: 'no such path' } });
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const tools = (body.tools ?? []).map((tool: { function: { name: string } }) => tool.function.name);
  const heard: Sent = {
    model: body.model,
    messages: body.messages,
    tools,
    maxTokens: body.max_completion_tokens,
    headers: request.headers,
  };
  sent.push(heard);
  const reply = await script(heard.messages, heard);
  if (reply === 'silence') return;
  if ('status' in reply)
    return respond(response, reply.status, reply.body ?? { error: { message: 'as scripted', code: reply.code ?? null } }, reply.headers);
  respond(response, 200, completion(heard, reply, sent.length));
}

function respond(response: ServerResponse, status: number, body: object | string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function completion(sent: Sent, reply: Exclude<Scripted, 'silence' | { status: number }>, number: number): object {
  const message = {
    role: 'assistant',
    content: null as string | null,
    refusal: null as string | null,
    tool_calls: undefined as object[] | undefined,
  };
  let finish_reason = 'stop';
  if ('refuse' in reply) message.refusal = reply.refuse;
  else if ('filtered' in reply) [message.content, finish_reason] = [reply.filtered, 'content_filter'];
  else {
    message.content = reply.say ?? null;
    if ('cutOff' in reply && reply.cutOff) finish_reason = 'length';
    if ('call' in reply) {
      finish_reason = 'tool_calls';
      message.tool_calls = reply.call.map((call, i) => {
        const text = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
        return { id: `call_${number}_${i}`, type: 'function', function: { name: call.tool, arguments: text } };
      });
    }
  }
  // Four bytes a token: near enough for budgets to bite.
  const [prompt_tokens, completion_tokens] = [sent.messages, message].map((said) => Math.ceil(JSON.stringify(said).length / 4)) as [
    number,
    number,
  ];
  const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
  return {
    id: `chatcmpl-${number}`,
    object: 'chat.completion',
    created: 0,
    model: sent.model,
    choices: [{ index: 0, message, finish_reason }],
    usage,
  };
}
