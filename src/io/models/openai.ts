import OpenAI, { APIError, OpenAIError } from 'openai';
import { z } from 'zod';
import type { ChatMessage, ChatReply, Models } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { boundedFetch } from './bounded-fetch.ts';

interface OpenAiOptions {
  /** Origins that may be called, e.g. `https://models.example`; whatever a submission names, nothing else is. */
  readonly origins: readonly string[];
  /** Keys the hub was lent, by origin. An endpoint's own key goes first. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly replyMs?: number;
  readonly retries?: number;
}

/** Model endpoints that speak OpenAI chat completions. */
export function openAiModels(options: OpenAiOptions): Models {
  const origins = new Set(options.origins.map((origin) => new URL(origin).origin));
  return {
    async chat(endpoint, messages, tools, maxTokens) {
      const origin = originOf(endpoint.url);
      if (origin === undefined) return refuse('malformed', 'not an http(s) URL without name, query and fragment', 'endpoint');
      if (!origins.has(origin)) return refuse('untrusted', `${origin} is not among the endpoints this hub may call`, 'endpoint');
      const key = endpoint.key ?? options.keys?.[origin];
      try {
        const answer = await clientOf(endpoint.url, key, options).chat.completions.create({
          model: endpoint.model,
          messages: messages.map(sentMessage),
          ...(tools.length === 0
            ? {}
            : { tools: tools.map((t) => ({ type: 'function' as const, function: { ...t, parameters: { ...t.parameters } } })) }),
          max_completion_tokens: maxTokens,
        });
        return replyOf(answer);
      } catch (error) {
        return readError(error);
      }
    },
  };
}

function originOf(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.username || url.password || url.search || url.hash ? undefined : url.origin;
}

function clientOf(baseURL: string, key: string | undefined, options: OpenAiOptions): OpenAI {
  // What is not said here, the client would read from the hub's own environment and send to a stranger.
  const own = { organization: null, project: null, adminAPIKey: null, webhookSecret: null, logLevel: 'off' as const };
  const patience = { timeout: options.replyMs ?? limits.modelReplyMs, maxRetries: options.retries ?? limits.modelRetries };
  return new OpenAI({ ...own, ...patience, baseURL, apiKey: key ?? 'none', fetch: boundedFetch(limits.modelReplyBytes) });
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

const count = z.int().nonnegative();
const completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.enum(['stop', 'length', 'tool_calls', 'content_filter']),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(z.object({ id: z.string().min(1).max(256), function: z.object({ name: z.string().max(256), arguments: z.string() }) }))
            .nullish(),
        }),
      }),
    )
    .length(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }),
});

/** An answer that cannot be read, or that does not say what it cost, is the endpoint's failure and not the model's. */
function replyOf(answer: unknown): ChatReply | Refusal {
  const parsed = completion.safeParse(answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse('unavailable', `the endpoint's answer cannot be read at /${issue?.path.join('/')}: ${issue?.message}`);
  }
  const { message, finish_reason } = parsed.data.choices[0]!;
  const calls = (message.tool_calls ?? []).map((call) => ({ id: call.id, name: call.function.name, arguments: call.function.arguments }));
  const content = message.refusal ?? message.content ?? '';
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = parsed.data.usage;
  const said: ChatMessage = { role: 'assistant', content: content.toWellFormed(), ...(calls.length ? { toolCalls: calls } : {}) };
  return { message: said, stop: stopOf(finish_reason, Boolean(message.refusal), calls.length > 0), inputTokens, outputTokens };
}

function stopOf(reason: 'stop' | 'length' | 'tool_calls' | 'content_filter', refused: boolean, calls: boolean): ChatReply['stop'] {
  if (reason === 'content_filter') return 'filtered';
  if (refused) return 'refusal';
  if (reason === 'length') return 'length';
  // Some servers say "stop" and call tools all the same.
  return calls ? 'tools' : 'end';
}

const nothing = { inputTokens: 0, outputTokens: 0 };

/** Two errors speak of what was asked and not of the endpoint; the rest is the endpoint's. */
function readError(error: unknown): ChatReply | Refusal {
  if (error instanceof SyntaxError) return refuse('unavailable', "the endpoint's answer is not JSON");
  if (!(error instanceof OpenAIError)) throw error;
  if (!(error instanceof APIError)) return refuse('unavailable', error.message);
  if (error.code === 'content_filter') return { message: { role: 'assistant', content: '' }, stop: 'filtered', ...nothing };
  if (error.code === 'context_length_exceeded') return { message: { role: 'assistant', content: '' }, stop: 'length', ...nothing };
  const how = error.status === undefined ? 'does not answer' : `answered ${error.status}`;
  return refuse('unavailable', `the endpoint ${how}, also when asked again`);
}
