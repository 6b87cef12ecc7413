const sentHeaders = ['accept', 'anthropic-beta', 'anthropic-version', 'authorization', 'content-type', 'x-api-key'];

interface Bounds {
  readonly maxBytes: number;
  /** Between two pieces of an answer, and before the first. */
  readonly silenceMs: number;
  /** For all of it. */
  readonly replyMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A fetch for endpoints we do not trust: it follows no redirect (that would lead around the allow-list), reads at most `maxBytes`, waits for
 * no piece longer than `silenceMs` and for none after `replyMs`, and sends no header but what the protocol needs.
 */
export function boundedFetch(bounds: Bounds): typeof fetch {
  return async (input, init) => {
    const given = new Headers(init?.headers);
    const headers = new Headers({ 'user-agent': 'breakwater' });
    for (const name of sentHeaders) if (given.has(name)) headers.set(name, given.get(name)!);
    const patience = patienceOf(bounds, init?.signal ?? undefined);
    try {
      const response = await fetch(input, { ...init, headers, redirect: 'error', signal: patience.signal });
      const { status } = response;
      const body = response.body && streamOf(piecesOf(response.body, bounds.maxBytes, patience));
      if (!body) patience.end();
      return new Response(body, { status, headers: response.headers });
    } catch (error) {
      patience.end();
      throw patience.signal.aborted ? patience.signal.reason : error;
    }
  };
}

function streamOf(pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(into) {
      const { done, value } = await pieces.next();
      if (done) into.close();
      else into.enqueue(value);
    },
    cancel: async () => void (await pieces.return(undefined)),
  });
}

interface Patience {
  readonly signal: AbortSignal;
  /** Something came. */
  renew(): void;
  end(): void;
}

function patienceOf({ silenceMs, replyMs, signal }: Bounds, other: AbortSignal | undefined): Patience {
  const own = new AbortController();
  const giveUp = (because: string) => own.abort(new Error(because));
  const whole = setTimeout(giveUp, replyMs, `no whole answer within ${replyMs} ms`);
  let silence = setTimeout(giveUp, silenceMs, `silent for ${silenceMs} ms`);
  return {
    signal: AbortSignal.any([own.signal, ...(signal ? [signal] : []), ...(other ? [other] : [])]),
    renew() {
      clearTimeout(silence);
      silence = setTimeout(giveUp, silenceMs, `silent for ${silenceMs} ms`);
    },
    end() {
      clearTimeout(whole);
      clearTimeout(silence);
    },
  };
}

async function* piecesOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
  patience: Patience,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.length;
      // Leaving the loop cancels the stream.
      if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
      patience.renew();
      yield piece;
    }
  } catch (error) {
    throw patience.signal.aborted ? patience.signal.reason : error;
  } finally {
    patience.end();
  }
}

export async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    // Leaving the loop cancels the stream.
    if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
