import OpenAI from 'openai';
import { z } from 'zod';
import { type ChatMessage, type ChatReply, noTokens, type TokenUse } from '../../base/model-door.ts';
import type { Read } from './charged.ts';
import { type Asked, CutShort, callId, count, type Driver, insistOnCalls, readAs, tokensWithin, toolName } from './driver.ts';

/** OpenAI chat completions, as most servers speak it. */
export const chatCompletions: Driver = {
  path: '/chat/completions',
  ask({ endpoint, messages, tools, maxTokens, seed, ...of }) {
    return openAiClient(endpoint, of)
      .chat.completions.create({
        model: endpoint.model,
        messages: messages.map(sentMessage),
        ...(tools.length === 0
          ? {}
          : { tools: tools.map((t) => ({ type: 'function' as const, function: { ...t, parameters: { ...t.parameters } } })) }),
        max_completion_tokens: maxTokens,
        ...(seed === undefined ? {} : { seed }),
        stream: true,
        stream_options: { include_usage: true },
      })
      .asResponse();
  },
  said: openAiSaid,
  whole: (answer) => replyOf(answer),
  streamed,
};

export function openAiClient({ url, key }: Asked['endpoint'], { fetch, replyMs }: Pick<Asked, 'fetch' | 'replyMs'>): OpenAI {
  // What is not said here, the client would read from the hub's own environment and send to a stranger.
  const own = { organization: null, project: null, adminAPIKey: null, webhookSecret: null, logLevel: 'off' as const };
  return new OpenAI({ ...own, timeout: replyMs, maxRetries: 0, baseURL: url, apiKey: key ?? 'none', fetch });
}

export function openAiSaid(error: object): ReturnType<Driver['said']> {
  const { code, message } = error as { code?: string | null; message?: string };
  return { code: code ?? undefined, text: message ?? '' };
}

function sentMessage(message: ChatMessage): OpenAI.ChatCompletionMessageParam {
  const { role, content, toolCalls, toolCallId } = message;
  if (role === 'tool') return { role, content, tool_call_id: toolCallId ?? '' };
  if (role !== 'assistant') return { role, content };
  if (!toolCalls?.length) return { role, content };
  const calls = toolCalls.map((call) => ({
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: call.arguments },
  }));
  return { role, content: content || null, tool_calls: calls };
}

const usage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: count.nullish() }).nullish(),
});
const finish = z.enum(['stop', 'length', 'tool_calls', 'content_filter']);
const completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: finish,
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z.array(z.object({ id: callId, function: z.object({ name: toolName, arguments: z.string() }) })).nullish(),
        }),
      }),
    )
    .length(1),
  usage: usage.nullish().catch(null),
});

function tokensOf(said: z.infer<typeof usage>): TokenUse {
  return tokensWithin({
    ...{ read: said.prompt_tokens, cached: said.prompt_tokens_details?.cached_tokens ?? 0 },
    ...{ written: said.completion_tokens, reasoned: said.completion_tokens_details?.reasoning_tokens ?? 0 },
  });
}

/** An answer that cannot be read is the endpoint's failure and not the model's. */
function replyOf(answer: unknown, known: TokenUse = noTokens): Read {
  const read = readAs(completion, answer, known);
  const { message, finish_reason } = read.choices[0]!;
  const calls = (message.tool_calls ?? []).map((call) => ({ id: call.id, name: call.function.name, arguments: call.function.arguments }));
  const use = read.usage ? tokensOf(read.usage) : undefined;
  insistOnCalls(calls, use ?? known);
  const content = message.refusal ?? message.content ?? '';
  const said: ChatMessage = { role: 'assistant', content: content.toWellFormed(), ...(calls.length ? { toolCalls: calls } : {}) };
  return { message: said, stop: stopOf(finish_reason, Boolean(message.refusal), calls.length > 0), use };
}

function stopOf(reason: z.infer<typeof finish>, refused: boolean, calls: boolean): ChatReply['stop'] {
  if (reason === 'content_filter') return 'filtered';
  if (refused) return 'refusal';
  if (reason === 'length') return 'length';
  // Some servers say "stop" and call tools all the same.
  return calls ? 'tools' : 'end';
}

const chunk = z.object({
  choices: z
    .array(
      z.object({
        index: z.literal(0).default(0),
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            tool_calls: z
              .array(
                z.object({
                  index: count.max(1024),
                  id: z.string().max(256).nullish(),
                  function: z.object({ name: z.string().max(256).nullish(), arguments: z.string().nullish() }).nullish(),
                }),
              )
              .nullish(),
          })
          .default({}),
        finish_reason: finish.nullish(),
      }),
    )
    .default([]),
  usage: usage.nullish().catch(null),
  error: z.object({ message: z.string().optional() }).nullish(),
});

async function streamed(events: AsyncIterable<unknown>): Promise<Read> {
  const [content, refusal]: [string[], string[]] = [[], []];
  const calls = new Map<number, { id: string; name: string; arguments: string[] }>();
  let reason: z.infer<typeof finish> | undefined;
  let said: z.infer<typeof usage> | undefined;
  const known = () => (said ? tokensOf(said) : noTokens);
  for await (const event of events) {
    const { choices, usage, error } = readAs(chunk, event, known());
    if (error) throw new CutShort('the endpoint broke off its answer', known());
    said = usage ?? said;
    for (const { delta, finish_reason } of choices) {
      if (delta.content) content.push(delta.content);
      if (delta.refusal) refusal.push(delta.refusal);
      for (const part of delta.tool_calls ?? []) {
        const call = calls.get(part.index) ?? { id: '', name: '', arguments: [] };
        calls.set(part.index, call);
        call.id ||= part.id ?? '';
        call.name ||= part.function?.name ?? '';
        if (part.function?.arguments) call.arguments.push(part.function.arguments);
      }
      reason = finish_reason ?? reason;
    }
  }
  if (reason === undefined) throw new CutShort('the answer ended before its end', known());
  const tool_calls = [...calls.values()].map((c) => ({ id: c.id, function: { name: c.name, arguments: c.arguments.join('') } }));
  const message = { content: content.join(''), refusal: refusal.join('') || null, tool_calls };
  return replyOf({ choices: [{ finish_reason: reason, message }], usage: said }, known());
}
