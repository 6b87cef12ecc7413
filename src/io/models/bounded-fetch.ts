const sentHeaders = ['accept', 'authorization', 'content-type'];

/**
 * A fetch for endpoints we do not trust: it follows no redirect (that would lead around the allow-list), reads at most `maxBytes`,
 * and sends no header but what the protocol needs. The body is read here, so that the caller's time limit covers it.
 */
export function boundedFetch(maxBytes: number): typeof fetch {
  return async (input, init) => {
    const given = new Headers(init?.headers);
    const headers = new Headers({ 'user-agent': 'breakwater' });
    for (const name of sentHeaders) if (given.has(name)) headers.set(name, given.get(name)!);
    const response = await fetch(input, { ...init, headers, redirect: 'error' });
    const body = await readAtMost(response, maxBytes);
    return new Response(body.length === 0 ? null : body, { status: response.status, headers: response.headers });
  };
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
