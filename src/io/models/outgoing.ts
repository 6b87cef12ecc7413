import { sha256 } from '../../base/canonical.ts';
import { limits } from '../../base/limits.ts';
import type { ModelEndpoint, Protocol } from '../../base/model-door.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { SentBytes } from './charged.ts';

/** What a program in a box asks of its endpoint, as it goes out. */
export interface Outgoing {
  readonly body: string;
  readonly sha256: string;
  readonly isStream: boolean;
  readonly sent: SentBytes;
}

/** Tools that the asking side runs itself. Those of the endpoint would reach the network that the box does not have. */
const ownTools: Readonly<Record<Protocol, RegExp>> = {
  'chat-completions': /^(function|custom)$/,
  responses: /^(function|custom|local_shell|apply_patch)$/,
  messages: /^(custom|(bash|text_editor|memory|computer)_\d{8})$/,
};
/** Doors of the endpoint's own: other models, other servers, and what it keeps from one run to the next. */
const ways = new Set([
  ...['mcp_servers', 'web_search_options', 'plugins', 'container', 'vector_store_ids', 'background'],
  ...['previous_response_id', 'conversation', 'prompt', 'models', 'route', 'provider', 'fallbacks'],
]);
/** What the endpoint would fetch, or has been given before; with `data:` it is all there. */
const places = new Set(['image_url', 'file_url', 'video_url', 'server_url', 'file_id', 'connector_id']);
/** Beneath these, `url` is such a place as well. */
const holders = new Set(['image_url', 'video_url', 'source', 'file']);
/** No text to the model, or none that is counted each time. */
const untold = new Set(['data', 'file_data', 'encrypted_content', 'signature', 'thinking']);

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/**
 * Reads what a box wrote as hostile. What is judged is what is sent: it is written anew, so that a name given twice cannot mean one thing
 * here and another there.
 */
export function outgoing({ model, protocol }: Pick<ModelEndpoint, 'model' | 'protocol'>, bytes: Uint8Array): Outgoing | Refusal {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuse('malformed', 'the request is not JSON');
  }
  if (!isObject(body) || Array.isArray(body)) return refuse('malformed', 'the request is no object');
  if (body.model !== model) return refuse('not_permitted', `the one model here is ${model}`);
  if (body.n !== undefined && body.n !== 1) return refuse('not_permitted', 'one answer a call');
  const way = Object.keys(body).find((key) => ways.has(key) && body[key] !== null && body[key] !== false);
  if (way !== undefined) return refuse('not_permitted', `${way} leads out of the box`);
  const tools = Array.isArray(body.tools) ? body.tools : [];
  const foreign = tools.find((tool) => !isOwn(protocol, tool));
  if (foreign !== undefined) return refuse('not_permitted', 'a tool that the endpoint runs leads out of the box');
  const textBytes = textIn(body);
  if (typeof textBytes !== 'number') return textBytes;
  const text = JSON.stringify(body);
  const most = body.max_completion_tokens ?? body.max_tokens ?? body.max_output_tokens;
  const maxTokens = typeof most === 'number' && most > 0 ? most : undefined;
  return {
    ...{ body: text, sha256: sha256(text), isStream: body.stream === true },
    sent: { textBytes, wholeBytes: Buffer.byteLength(text), maxTokens },
  };
}

function isOwn(protocol: Protocol, tool: unknown): boolean {
  const type = isObject(tool) ? tool.type : null;
  return type === undefined ? protocol === 'messages' : typeof type === 'string' && ownTools[protocol].test(type);
}

/** Bytes of text in all of it. Not by recursion: a box may nest deeply. */
function textIn(body: Json): number | Refusal {
  let bytes = 0;
  const left: { readonly value: Json; readonly depth: number; readonly under: string }[] = [{ value: body, depth: 1, under: '' }];
  for (let at = left.pop(); at; at = left.pop()) {
    const { value, depth, under } = at;
    if (depth > limits.relayedDepth) return refuse('too_large', `a request is at most ${limits.relayedDepth} deep`);
    if (value.type === 'item_reference') return refuse('not_permitted', 'what the endpoint kept leads out of the box');
    for (const [key, of] of Object.entries(value)) {
      if (isObject(of)) left.push({ value: of, depth: depth + 1, under: Array.isArray(value) ? under : key });
      if (typeof of !== 'string') continue;
      const isPlace = places.has(key) || (key === 'url' && (holders.has(under) || value.type === 'url'));
      if (isPlace && !of.startsWith('data:')) return refuse('not_permitted', `${key} leads out of the box`);
      if (!isPlace && !untold.has(key)) bytes += Buffer.byteLength(of);
    }
  }
  return bytes;
}
