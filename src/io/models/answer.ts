import { limits } from '../../base/limits.ts';
import { type BrokenCall, type ChatReply, noTokens, type Protocol } from '../../base/model-door.ts';
import { charged, type SentBytes } from './charged.ts';
import { CutShort, type Driver, Unreadable } from './driver.ts';
import { serverEvents } from './server-events.ts';

/** Loaded when an endpoint speaks it: a hub without reviews needs none of the vendors' clients. */
export const drivers: Readonly<Record<Protocol, () => Promise<Driver>>> = {
  'chat-completions': async () => (await import('./chat-completions.ts')).chatCompletions,
  responses: async () => (await import('./responses.ts')).responses,
  messages: async () => (await import('./messages.ts')).messages,
};

/** A call that came to nothing, and whether another may come to more. */
export interface Broken extends BrokenCall {
  readonly again: boolean;
  readonly isCutShort: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** Some servers do not stream, whatever they are asked. What is charged is what they say, where that can be. */
export async function readAnswer(driver: Driver, response: Response, sent: SentBytes): Promise<ChatReply> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const read = isStream ? await driver.streamed(parsedEvents(response)) : driver.whole(parsed(await response.text()));
  const { content, toolCalls } = read.message;
  if (!read.use && !content && !toolCalls) throw new Unreadable("the endpoint's answer says nothing, and not what it cost");
  return { ...read, ...charged(read, sent) };
}

async function* parsedEvents(response: Response): AsyncGenerator<unknown> {
  if (!response.body) return;
  for await (const data of serverEvents(response.body)) {
    if (data === '[DONE]') return;
    yield parsed(data);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable("the endpoint's answer is not JSON");
  }
}

/** Answers of these come before the model has seen anything. */
const unbilled = [429, 503, 529];
const passing = [408, 409, ...unbilled];

export function answeredWith(status: number, headers: Headers | undefined): Broken {
  const billed = status < 500 || unbilled.includes(status) ? 'no' : 'unknown';
  const again = status >= 500 || passing.includes(status);
  const of = { billed, again, isCutShort: false, use: noTokens, retryAfterMs: retryAfterMs(headers) } as const;
  return { ...of, because: `the endpoint answered ${status}` };
}

/** Nothing came back at all. Only where no connection was made is it sure that nobody was asked. */
export function unreached(error: Error): Broken {
  const causes: Error[] = [];
  for (let at: unknown = error; at instanceof Error && causes.length < 8; at = at.cause) causes.push(at);
  const isUnmet = causes.some((cause) =>
    ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'].includes((cause as { code?: string }).code ?? ''),
  );
  const because = `the endpoint does not answer: ${causes.at(-1)!.message.slice(0, 200)}`;
  return { because, billed: isUnmet ? 'no' : 'unknown', use: noTokens, again: true, isCutShort: !isUnmet };
}

export function readBroken(error: unknown): Broken {
  if (!(error instanceof Error)) throw error;
  const use = error instanceof CutShort || error instanceof Unreadable ? error.use : noTokens;
  const again = !(error instanceof Unreadable);
  return { because: error.message.slice(0, 500), billed: 'unknown', use, again, isCutShort: again };
}

/** RFC 9110 §10.2.3: seconds, or a date; and what the larger vendors say more exactly. */
function retryAfterMs(headers: Headers | undefined): number | undefined {
  const [exact, given] = [headers?.get('retry-after-ms'), headers?.get('retry-after')];
  const ms = exact
    ? Number(exact)
    : given
      ? /^\d+(\.\d+)?$/.test(given)
        ? Number(given) * 1000
        : Date.parse(given) - Date.now()
      : Number.NaN;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), limits.modelRetryAfterMs + 1) : undefined;
}
