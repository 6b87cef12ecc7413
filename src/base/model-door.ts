import type { Refusal } from './refusal.ts';

/** How an endpoint is spoken to: OpenAI chat completions, OpenAI Responses, Anthropic Messages. */
export const protocols = ['chat-completions', 'responses', 'messages'] as const;
export type Protocol = (typeof protocols)[number];

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly toolCallId?: string;
  /** What the protocol wants back as it came and nobody here reads: thinking blocks with their signatures, encrypted reasoning. */
  readonly carried?: readonly object[];
}

/** Tokens by class, as endpoints bill them; no token is in two classes. */
export interface TokenUse {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export const noTokens: TokenUse = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };

export function plusTokens(a: TokenUse, b: TokenUse): TokenUse {
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}

export interface ChatReply {
  readonly message: ChatMessage;
  /**
   * `refusal` when the model declined, `filtered` when a filter between us and the model cut it off, `length` at the end of what it may say
   * at once, `context-full` when no more of the conversation goes in.
   */
  readonly stop: 'end' | 'tools' | 'length' | 'refusal' | 'filtered' | 'context-full';
  readonly use: TokenUse;
  /** Why `use` is not what the endpoint said. */
  readonly reckoned?: string;
}

/** A call whose answer never came whole. Nothing of it is believed but what it cost. */
export interface BrokenCall {
  readonly because: string;
  /** `no`: it was turned away before the model saw it. `unknown`: it may have been billed, for `use` at least. */
  readonly billed: 'no' | 'unknown';
  readonly use: TokenUse;
  /** How long it took, and how long is waited before the next one. */
  readonly tookMs?: number;
  readonly waitsMs?: number;
}

export interface ModelEndpoint {
  readonly url: string;
  readonly model: string;
  readonly protocol: Protocol;
  readonly key?: string;
}

export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: object;
}

interface ChatWatch {
  /** For endpoints that take one: OpenAI chat completions. */
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal;
  /** Told of every call that broke, and waited for before it is made again. */
  broken?(call: BrokenCall): void | Promise<void>;
}

/** What a program in a box asks of its endpoint; `body` is what goes out. */
interface RelayedCall {
  readonly sha256: string;
  readonly body: string;
}

/** What came back: an answer, or a call that broke. `kept` is all that is needed to give the same answer again. */
export type RelayedAnswer = {
  /** As `asked` numbered it. */
  readonly number: number;
  readonly status: number;
  readonly sha256: string;
  readonly kept: string;
} & ({ readonly reply: ChatReply } | { readonly broken: BrokenCall });

export interface RelayWatch {
  readonly signal?: AbortSignal;
  /** Before a call goes out: its number, an answer that was kept, or why it does not go out (`unavailable`: not now). */
  asked(call: RelayedCall): Promise<{ readonly number: number } | { readonly kept: string } | Refusal>;
  /** Before the box hears it; refused, it never does. */
  answered(answer: RelayedAnswer): Promise<Refusal | undefined>;
  /** What comes back is told in the box. */
  handedIn(bytes: Uint8Array): Promise<string>;
}

/** Listens at a path for a box that is about to begin, and speaks for it to one endpoint. What it returns ends it. */
export type Relay = (path: string) => Promise<() => Promise<void>>;

/** Model endpoints, each behind an allow-list. `unavailable` when the endpoint fails after its retries: never the model's failure. */
export interface Models {
  chat(
    endpoint: ModelEndpoint,
    messages: readonly ChatMessage[],
    tools: readonly ModelTool[],
    maxTokens: number,
    watch?: ChatWatch,
  ): Promise<ChatReply | Refusal>;
  /** For programs that speak to an endpoint themselves, from a box whose one door this is. They never have its key. */
  relay(endpoint: ModelEndpoint, watch: RelayWatch): Promise<Relay | Refusal>;
}
