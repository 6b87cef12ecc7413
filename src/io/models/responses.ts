import type OpenAI from 'openai';
import { z } from 'zod';
import { type ChatMessage, type ChatReply, noTokens, type TokenUse } from '../../base/model-door.ts';
import type { Read } from './charged.ts';
import { openAiClient, openAiSaid } from './chat-completions.ts';
import { CutShort, callId, count, type Driver, insistOnCalls, readAs, tokensWithin, toolName } from './driver.ts';

type Item = OpenAI.Responses.ResponseInputItem;

/** OpenAI Responses. Nothing is kept at the endpoint: the whole conversation goes out each time, reasoning encrypted among it. */
export const responses: Driver = {
  path: '/responses',
  ask({ endpoint, messages, tools, maxTokens, ...of }) {
    return openAiClient(endpoint, of)
      .responses.create({
        model: endpoint.model,
        input: messages.flatMap(sentItems),
        tools: tools.map((t) => ({ type: 'function' as const, ...t, parameters: { ...t.parameters }, strict: false })),
        // The protocol takes no smaller number.
        max_output_tokens: Math.max(16, maxTokens),
        store: false,
        include: ['reasoning.encrypted_content'],
        stream: true,
      })
      .asResponse();
  },
  said: openAiSaid,
  whole: replyOf,
  streamed,
};

function sentItems(message: ChatMessage): Item[] {
  const { role, content, toolCalls, toolCallId, carried } = message;
  if (role === 'tool') return [{ type: 'function_call_output', call_id: toolCallId ?? '', output: content }];
  if (role !== 'assistant') return [{ role, content }];
  if (carried) return carried as Item[];
  const said: Item[] = content ? [{ role, content }] : [];
  return [...said, ...(toolCalls ?? []).map((c): Item => ({ type: 'function_call', call_id: c.id, name: c.name, arguments: c.arguments }))];
}

const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('output_text'), text: z.string() }),
  z.object({ type: z.literal('refusal'), refusal: z.string() }),
]);
const itemId = z.string().max(512);
const item = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), id: itemId.optional(), role: z.literal('assistant'), content: z.array(part) }),
  z.object({ type: z.literal('function_call'), id: itemId.optional(), call_id: callId, name: toolName, arguments: z.string() }),
  z.object({
    type: z.literal('reasoning'),
    id: itemId.optional(),
    summary: z.array(z.object({ type: z.literal('summary_text'), text: z.string() })).default([]),
    encrypted_content: z.string().nullish(),
  }),
]);
const answered = z.object({
  status: z.enum(['completed', 'incomplete', 'failed']),
  incomplete_details: z.object({ reason: z.enum(['max_output_tokens', 'content_filter']) }).nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
  output: z.array(item),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      input_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
      output_tokens_details: z.object({ reasoning_tokens: count.nullish() }).nullish(),
    })
    .nullish()
    .catch(null),
});
type Answered = z.infer<typeof answered>;

function tokensOf(said: NonNullable<Answered['usage']>): TokenUse {
  return tokensWithin({
    ...{ read: said.input_tokens, cached: said.input_tokens_details?.cached_tokens ?? 0 },
    ...{ written: said.output_tokens, reasoned: said.output_tokens_details?.reasoning_tokens ?? 0 },
  });
}

function replyOf(answer: unknown): Read {
  const { status, output, usage, error, incomplete_details } = readAs(answered, answer);
  const use = usage ? tokensOf(usage) : undefined;
  if (status === 'failed') throw new CutShort(`the endpoint failed: ${(error?.code ?? 'no reason given').slice(0, 100)}`, use);
  const calls = output.flatMap((i) => (i.type === 'function_call' ? [{ id: i.call_id, name: i.name, arguments: i.arguments }] : []));
  insistOnCalls(calls, use ?? noTokens);
  const parts = output.flatMap((i) => (i.type === 'message' ? i.content : []));
  const refusal = parts.flatMap((p) => (p.type === 'refusal' ? [p.refusal] : []));
  const text = refusal.length ? refusal : parts.flatMap((p) => (p.type === 'output_text' ? [p.text] : []));
  const message: ChatMessage = {
    role: 'assistant',
    content: text.join('\n').toWellFormed(),
    ...(calls.length ? { toolCalls: calls } : {}),
    carried: output,
  };
  return { message, stop: stopOf(incomplete_details?.reason, status, refusal.length > 0, calls.length > 0), use };
}

function stopOf(
  reason: NonNullable<Answered['incomplete_details']>['reason'] | undefined,
  status: Answered['status'],
  refused: boolean,
  calls: boolean,
): ChatReply['stop'] {
  if (reason === 'content_filter') return 'filtered';
  if (refused) return 'refusal';
  if (status === 'incomplete') return 'length';
  return calls ? 'tools' : 'end';
}

const event = z.looseObject({ type: z.string(), response: z.unknown().optional() });
const lastEvents = ['response.completed', 'response.incomplete', 'response.failed'];

/** The last event repeats all of the answer; what came before it is not needed. */
async function streamed(events: AsyncIterable<unknown>): Promise<Read> {
  for await (const given of events) {
    const { type, response } = readAs(event, given);
    if (type === 'error') throw new CutShort('the endpoint broke off its answer');
    if (lastEvents.includes(type)) return replyOf(response);
  }
  throw new CutShort('the answer ended before its end');
}
