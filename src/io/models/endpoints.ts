import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../base/limits.ts';
import type { ChatMessage, ChatReply, ModelEndpoint, Models, ModelTool } from '../../base/model-door.ts';
import { noTokens } from '../../base/model-door.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { answeredWith, type Broken, drivers, readAnswer, readBroken, unreached } from './answer.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { sentBytes } from './charged.ts';
import type { Driver } from './driver.ts';

interface EndpointOptions {
  /** Origins that may be called, e.g. `https://models.example`; whatever a submission names, nothing else is. */
  readonly origins: readonly string[];
  /** Keys the hub was lent, by origin. An endpoint's own key goes first. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly replyMs?: number;
  readonly silenceMs?: number;
  readonly callMs?: number;
  readonly retries?: number;
  /** Before the second call; twice as long before each further one. */
  readonly pauseMs?: number;
  /** Of what a box sends: for a request to come whole. */
  readonly requestMs?: number;
}

/** Model endpoints, in the protocol that each speaks. */
export function endpointModels(options: EndpointOptions): Models {
  const origins = new Set(options.origins.map((origin) => new URL(origin).origin));
  const withKey = (endpoint: ModelEndpoint): ModelEndpoint | Refusal => {
    const origin = originOf(endpoint.url);
    if (origin === undefined) return refuse('malformed', 'not an http(s) URL without name, query and fragment', 'endpoint');
    if (!origins.has(origin)) return refuse('untrusted', `${origin} is not among the endpoints this hub may call`, 'endpoint');
    const key = endpoint.key ?? options.keys?.[origin];
    return key === undefined ? endpoint : { ...endpoint, key };
  };
  return {
    async chat(endpoint, messages, tools, maxTokens, watch = {}) {
      const known = withKey(endpoint);
      return isRefusal(known) ? known : answerTo({ endpoint: known, messages, tools, maxTokens, seed: watch.seed }, options, watch);
    },
    async relay(endpoint, watch) {
      const known = withKey(endpoint);
      if (isRefusal(known)) return known;
      const { relayOf } = await import('./relay.ts');
      return relayOf(known, await drivers[known.protocol](), watch, options);
    },
  };
}

function originOf(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.username || url.password || url.search || url.hash ? undefined : url.origin;
}

interface Call {
  readonly endpoint: ModelEndpoint;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ModelTool[];
  readonly maxTokens: number;
  readonly seed: number | undefined;
}

type Watch = NonNullable<Parameters<Models['chat']>[4]>;

async function answerTo(call: Call, options: EndpointOptions, watch: Watch): Promise<ChatReply | Refusal> {
  const beganMs = performance.now();
  const retries = options.retries ?? limits.modelRetries;
  let cutShort = 0;
  for (let tries = 0; ; tries++) {
    const triedMs = performance.now();
    const answer = await once(call, options, watch.signal);
    if ('message' in answer || isRefusal(answer)) return answer;
    const { because, billed, use, again, isCutShort } = answer;
    cutShort += isCutShort ? 1 : 0;
    const waitMs = answer.retryAfterMs ?? Math.min((options.pauseMs ?? 500) * 2 ** tries, 8000);
    const isTooLong = waitMs > limits.modelRetryAfterMs || performance.now() - beganMs + waitMs > (options.callMs ?? limits.modelCallMs);
    const isLast = !again || tries >= retries || cutShort > limits.modelCutShortRetries || isTooLong;
    const tookMs = Math.round(performance.now() - triedMs);
    await watch.broken?.({ because, billed, use, tookMs, waitsMs: isLast ? 0 : Math.round(waitMs) });
    if (watch.signal?.aborted) return refuse('unavailable', 'the call was stopped');
    if (isLast) return refuse('unavailable', tries === 0 ? because : `${because}, also when asked again`);
    await sleep(waitMs, undefined, watch.signal ? { signal: watch.signal } : {}).catch(() => {});
  }
}

async function once(call: Call, options: EndpointOptions, signal: AbortSignal | undefined): Promise<ChatReply | Broken | Refusal> {
  const driver = await drivers[call.endpoint.protocol]();
  const replyMs = options.replyMs ?? limits.modelReplyMs;
  const silenceMs = options.silenceMs ?? Math.min(replyMs, limits.modelSilenceMs);
  const fetch = boundedFetch({ maxBytes: limits.modelReplyBytes, replyMs, silenceMs, signal });
  let response: Response;
  try {
    response = await driver.ask({ ...call, replyMs, fetch });
  } catch (error) {
    // Whoever takes no seed says so; the answer is then drawn as ever.
    if (call.seed !== undefined && isAboutSeed(error, driver)) return once({ ...call, seed: undefined }, options, signal);
    return turnedAway(error, driver);
  }
  try {
    return await readAnswer(driver, response, sentBytes(call.messages, call.tools, call.maxTokens));
  } catch (error) {
    return readBroken(error);
  }
}

function isAboutSeed(error: unknown, driver: Driver): boolean {
  return error instanceof Error && (error as { status?: number }).status === 400 && /\bseed\b/.test(driver.said(error).text);
}

function turnedAway(error: unknown, driver: Driver): ChatReply | Broken | Refusal {
  if (!(error instanceof Error)) throw error;
  const { status, headers } = error as { status?: number; headers?: Headers };
  if (status === undefined) return unreached(error);
  const { code } = driver.said(error);
  const said = { message: { role: 'assistant', content: '' }, use: noTokens } as const;
  if (code === 'content_filter') return { ...said, stop: 'filtered' };
  if (code === 'context_length_exceeded') return { ...said, stop: 'context-full' };
  return answeredWith(status, headers);
}
