import { limits } from '../../base/limits.ts';
import { type ChatMessage, type ChatReply, type ModelTool, noTokens, type TokenUse } from '../../base/model-door.ts';

/** What was sent, in bytes: text that the model reads, and all of it (images, what is carried for the endpoint alone). */
export interface SentBytes {
  readonly textBytes: number;
  readonly wholeBytes: number;
  /** Undefined: nobody asked for fewer than the endpoint gives. */
  readonly maxTokens: number | undefined;
}

/** An answer whose endpoint did not say what it cost, or not so that it can be read, has no `use`. */
export type Read = Omit<ChatReply, 'use'> & { readonly use: TokenUse | undefined };

const textOf = ({ content, toolCalls = [] }: ChatMessage) => content + toolCalls.map((c) => c.name + c.arguments).join('');

export function sentBytes(messages: readonly ChatMessage[], tools: readonly ModelTool[], maxTokens: number): SentBytes {
  const textBytes = messages.reduce((sum, message) => sum + Buffer.byteLength(textOf(message)), 0);
  const beside = Buffer.byteLength(JSON.stringify([tools, messages.map((m) => m.carried ?? null)]));
  return { textBytes, wholeBytes: textBytes + beside, maxTokens };
}

/**
 * What an answer is charged with. Counts are the endpoint's, and it is the developer's own: where they are missing or cannot be (fewer than
 * any tokeniser makes of so much text, more than there were bytes), that side is charged by bytes, and the answer says so.
 */
export function charged({ use, message }: Pick<Read, 'use' | 'message'>, sent: SentBytes): Pick<ChatReply, 'use' | 'reckoned'> {
  const said = use ?? noTokens;
  const answered = Buffer.byteLength(textOf(message));
  const read = { what: 'read', tokens: said.input + said.cacheRead + said.cacheWrite, bytes: sent.textBytes, most: sent.wholeBytes };
  const most = Math.max(sent.maxTokens ?? limits.modelReplyTokens, answered);
  const written = { what: 'written', tokens: said.output + said.reasoning, bytes: answered, most };
  const doubted = [read, written].filter((side) => use === undefined || !canBe(side));
  if (doubted.length === 0) return { use: said };
  const because = use === undefined ? 'the endpoint did not say what it cost' : doubted.map(doubtOf).join('; ');
  return {
    use: {
      ...said,
      ...(doubted.includes(read) ? { input: byBytes(read.bytes), cacheRead: 0, cacheWrite: 0 } : {}),
      ...(doubted.includes(written) ? { output: byBytes(written.bytes), reasoning: 0 } : {}),
    },
    reckoned: `charged by bytes: ${because}`,
  };
}

interface Side {
  readonly what: string;
  readonly tokens: number;
  readonly bytes: number;
  readonly most: number;
}

const canBe = ({ tokens, bytes, most }: Side) =>
  tokens >= Math.floor(bytes / limits.mostBytesPerToken) && tokens <= most + limits.modelAddedTokens;
const doubtOf = ({ what, tokens, bytes }: Side) => `${tokens} tokens ${what} cannot be, of ${bytes} bytes`;
/** What most text comes to. */
const byBytes = (bytes: number) => Math.ceil(bytes / 4);
