import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { type ChatMessage, type ModelEndpoint, type ModelTool, noTokens, type TokenUse } from '../../base/model-door.ts';
import type { Read } from './charged.ts';

export interface Asked {
  readonly endpoint: ModelEndpoint;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ModelTool[];
  readonly maxTokens: number;
  /** For endpoints that take one. */
  readonly seed?: number | undefined;
  /** For its headers; the answer's own time is the fetch's. */
  readonly replyMs: number;
  readonly fetch: typeof fetch;
}

/** One protocol. What comes from an endpoint is hostile until read here. */
export interface Driver {
  /** Where, below the endpoint's URL. */
  readonly path: string;
  /** Sends one request by the protocol's own client, which throws what its `said` reads. */
  ask(asked: Asked): Promise<Response>;
  /** The code and the text of an error that the endpoint answered with. */
  said(error: object): { readonly code: string | undefined; readonly text: string };
  /** A whole answer. Throws `Unreadable`. */
  whole(answer: unknown): Read;
  /** An answer in events. Throws `CutShort` when it ends before its end, `Unreadable` when there is no sense in it. */
  streamed(events: AsyncIterable<unknown>): Promise<Read>;
}

/** An answer in which there is no sense: asking again would be answered no better. */
export class Unreadable extends Error {
  readonly use: TokenUse;
  constructor(because: string, use: TokenUse = noTokens) {
    super(because);
    this.use = use;
  }
}

/** An answer that did not come whole, and what is known of its cost. */
export class CutShort extends Error {
  readonly use: TokenUse;
  constructor(because: string, use: TokenUse = noTokens) {
    super(because);
    this.use = use;
  }
}

export const count = z.int().nonnegative();
export const callId = z.string().min(1).max(256);
export const toolName = z.string().max(256);

export function readAs<T>(schema: z.ZodType<T>, answer: unknown, use?: TokenUse): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Unreadable(`the endpoint's answer cannot be read at /${issue?.path.join('/')}: ${issue?.message}`, use);
}

/** Not too many, and each with an id of its own: an answer to the one would be taken for an answer to the other. */
export function insistOnCalls(calls: readonly { readonly id: string }[], use: TokenUse): void {
  if (calls.length > limits.modelCallsPerReply)
    throw new Unreadable(`the endpoint's answer cannot be read: more than ${limits.modelCallsPerReply} calls`, use);
  if (new Set(calls.map((call) => call.id)).size !== calls.length)
    throw new Unreadable("the endpoint's answer cannot be read: two of its calls have one id", use);
}

/** What is counted within another class is taken out of it; an endpoint that says the part is more than the whole is held to the whole. */
export function without(whole: number, part: number): number {
  return Math.max(0, whole - part);
}

/** As OpenAI's protocols count: what came from a cache is among what was read, what was thought among what was written. */
export function tokensWithin(of: { read: number; cached: number; written: number; reasoned: number }): TokenUse {
  const [cacheRead, reasoning] = [Math.min(of.cached, of.read), Math.min(of.reasoned, of.written)];
  return { input: without(of.read, cacheRead), cacheRead, cacheWrite: 0, output: without(of.written, reasoning), reasoning };
}
