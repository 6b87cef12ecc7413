import Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import { type ChatMessage, type ChatReply, noTokens, type TokenUse } from '../../base/model-door.ts';
import type { Read } from './charged.ts';
import { type Asked, CutShort, callId, count, type Driver, insistOnCalls, readAs, toolName, without } from './driver.ts';

const cached = { cache_control: { type: 'ephemeral' as const } };

/** Anthropic Messages. What has been said before is cached there between turns, or every turn would pay for all of them. */
export const messages: Driver = {
  path: '/v1/messages',
  ask({ endpoint, messages, tools, maxTokens, ...of }) {
    const system = messages.filter((m) => m.role === 'system').map((m) => ({ type: 'text' as const, text: m.content, ...cached }));
    return clientOf(endpoint, of)
      .messages.create({
        model: endpoint.model,
        max_tokens: maxTokens,
        ...(system.length ? { system } : {}),
        messages: sentMessages(messages),
        tools: tools.map((t) => ({ name: t.name, description: t.description, input_schema: { ...t.parameters, type: 'object' as const } })),
        stream: true,
      })
      .asResponse();
  },
  said(error) {
    const body = (error as { error?: { error?: { type?: string; message?: string } } }).error?.error;
    const text = body?.message ?? '';
    // The protocol has no code for it.
    return { code: /^prompt is too long/.test(text) ? 'context_length_exceeded' : body?.type, text };
  },
  whole: (answer) => replyOf(readAs(wholeMessage, answer)),
  streamed,
};

function clientOf({ url, key }: Asked['endpoint'], { fetch, replyMs }: Pick<Asked, 'fetch' | 'replyMs'>): Anthropic {
  // What is not said here, the client would read from the hub's own environment, or from a file of whoever runs it.
  const own = { authToken: null, webhookKey: null, logLevel: 'off' as const };
  // The client adds /v1 by itself.
  return new Anthropic({ ...own, timeout: replyMs, maxRetries: 0, baseURL: url.replace(/\/v1\/?$/, ''), apiKey: key ?? 'none', fetch });
}

type Block = Anthropic.ContentBlockParam;

function sentMessages(messages: readonly ChatMessage[]): Anthropic.MessageParam[] {
  const sent: { role: 'user' | 'assistant'; content: Block[] }[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = sentBlocks(message);
    if (blocks.length === 0) continue;
    const last = sent.at(-1);
    // All answers to one reply's calls stand in one message.
    if (last?.role === role) last.content.push(...blocks);
    else sent.push({ role, content: blocks });
  }
  const last = sent.at(-1)?.content;
  if (last?.length) last[last.length - 1] = { ...last.at(-1)!, ...cached } as Block;
  return sent;
}

function sentBlocks({ role, content, toolCalls, toolCallId, carried }: ChatMessage): Block[] {
  if (role === 'tool') return [{ type: 'tool_result', tool_use_id: toolCallId ?? '', content }];
  if (carried) return carried as Block[];
  const said: Block[] = content.trim() ? [{ type: 'text', text: content }] : [];
  return [...said, ...(toolCalls ?? []).map((c): Block => ({ type: 'tool_use', id: c.id, name: c.name, input: objectOf(c.arguments) }))];
}

/** The protocol takes objects only. What else a model wrote was refused as a call, and is not needed again. */
function objectOf(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

const text = z.object({ type: z.literal('text'), text: z.string() });
const thinking = z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() });
const redacted = z.object({ type: z.literal('redacted_thinking'), data: z.string() });
const toolUse = { type: z.literal('tool_use'), id: callId, name: toolName };
const usage = z.object({
  input_tokens: count.nullish(),
  output_tokens: count,
  cache_read_input_tokens: count.nullish(),
  cache_creation_input_tokens: count.nullish(),
  output_tokens_details: z.object({ thinking_tokens: count.nullish() }).nullish(),
});
type Usage = z.infer<typeof usage>;
const stopReason = z.enum(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal', 'model_context_window_exceeded']);
const wholeMessage = z.object({
  content: z.array(
    z.discriminatedUnion('type', [
      text,
      thinking,
      redacted,
      z.object({ ...toolUse, input: z.looseObject({}) }).transform(({ input, ...of }) => ({ ...of, json: JSON.stringify(input) })),
    ]),
  ),
  stop_reason: stopReason,
  usage: usage.nullish().catch(null),
});
type Whole = z.infer<typeof wholeMessage>;

function tokensOf(said: Usage | null | undefined): TokenUse {
  if (!said) return noTokens;
  const reasoning = Math.min(said.output_tokens_details?.thinking_tokens ?? 0, said.output_tokens);
  return {
    input: said.input_tokens ?? 0,
    cacheRead: said.cache_read_input_tokens ?? 0,
    cacheWrite: said.cache_creation_input_tokens ?? 0,
    output: without(said.output_tokens, reasoning),
    reasoning,
  };
}

function replyOf({ content, stop_reason, usage }: Whole): Read {
  const use = usage && typeof usage.input_tokens === 'number' ? tokensOf(usage) : undefined;
  const calls = content.flatMap((b) => (b.type === 'tool_use' ? [{ id: b.id, name: b.name, arguments: b.json }] : []));
  insistOnCalls(calls, tokensOf(usage));
  const said = content.flatMap((b) => (b.type === 'text' ? [b.text] : [])).join('\n');
  const carried = content.flatMap((b): object[] => {
    if (b.type === 'tool_use') return [{ type: b.type, id: b.id, name: b.name, input: objectOf(b.json) }];
    // The protocol does not take back what it sends: a text of nothing.
    return b.type === 'text' && !b.text.trim() ? [] : [b];
  });
  const message: ChatMessage = { role: 'assistant', content: said.toWellFormed(), ...(calls.length ? { toolCalls: calls } : {}), carried };
  return { message, stop: stopOf(stop_reason, calls.length > 0), use };
}

function stopOf(reason: Whole['stop_reason'], calls: boolean): ChatReply['stop'] {
  if (reason === 'refusal') return 'refusal';
  if (reason === 'max_tokens') return 'length';
  if (reason === 'model_context_window_exceeded') return 'context-full';
  return calls ? 'tools' : 'end';
}

const index = count.max(1024);
const started = z.discriminatedUnion('type', [
  text,
  z.object({ type: z.literal('thinking'), thinking: z.string().default(''), signature: z.string().default('') }),
  redacted,
  z.object(toolUse),
]);
const delta = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text_delta'), text: z.string() }),
  z.object({ type: z.literal('input_json_delta'), partial_json: z.string() }),
  z.object({ type: z.literal('thinking_delta'), thinking: z.string() }),
  z.object({ type: z.literal('signature_delta'), signature: z.string() }),
  z.object({ type: z.literal('citations_delta') }),
]);
const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: z.object({ usage: usage.nullish().catch(null) }) }),
  z.object({ type: z.literal('content_block_start'), index, content_block: started }),
  z.object({ type: z.literal('content_block_delta'), index, delta }),
  z.object({ type: z.literal('content_block_stop') }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: stopReason.nullish() }),
    usage: usage.partial().nullish().catch(null),
  }),
  z.object({ type: z.literal('message_stop') }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('error') }),
]);

interface Building {
  readonly block: z.infer<typeof started>;
  readonly said: string[];
  signature: string;
}

async function streamed(events: AsyncIterable<unknown>): Promise<Read> {
  const blocks = new Map<number, Building>();
  let said: Usage | undefined;
  let stop_reason: Whole['stop_reason'] | undefined;
  for await (const given of events) {
    const of = readAs(event, given, tokensOf(said));
    if (of.type === 'error') throw new CutShort('the endpoint broke off its answer', tokensOf(said));
    if (of.type === 'message_start') said = of.message.usage ?? undefined;
    else if (of.type === 'message_delta') {
      stop_reason = of.delta.stop_reason ?? stop_reason;
      // Counts are of all so far; what is not said again stays.
      const known = Object.fromEntries(Object.entries(of.usage ?? {}).filter(([, n]) => n !== null && n !== undefined));
      said = { ...(said ?? { output_tokens: 0 }), ...known };
    } else if (of.type === 'content_block_start') blocks.set(of.index, { block: of.content_block, said: [], signature: '' });
    else if (of.type === 'content_block_delta') grow(blocks.get(of.index), of.delta, tokensOf(said));
    else if (of.type === 'message_stop') {
      const content = [...blocks.entries()].sort(([a], [b]) => a - b).map(([, b]) => built(b));
      const whole = { content, stop_reason, usage: said };
      readAs(z.object({ stop_reason: stopReason }), whole, tokensOf(said));
      return replyOf(whole as Whole);
    }
  }
  throw new CutShort('the answer ended before its end', tokensOf(said));
}

function grow(at: Building | undefined, by: z.infer<typeof delta>, use: TokenUse): void {
  if (!at) throw new CutShort('a piece of the answer belongs to no block', use);
  if (by.type === 'signature_delta') at.signature += by.signature;
  else if (by.type !== 'citations_delta')
    at.said.push(by.type === 'text_delta' ? by.text : by.type === 'thinking_delta' ? by.thinking : by.partial_json);
}

function built({ block, said, signature }: Building): Whole['content'][number] {
  const grown = said.join('');
  if (block.type === 'text') return { type: 'text', text: block.text + grown };
  if (block.type === 'thinking') return { type: 'thinking', thinking: block.thinking + grown, signature: block.signature + signature };
  if (block.type === 'redacted_thinking') return block;
  return { type: block.type, id: block.id, name: block.name, json: grown || '{}' };
}
