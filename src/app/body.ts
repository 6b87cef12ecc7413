import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { limits } from '../base/limits.ts';

/** Why a body was not had: over its limit, not here in time, or broken off. */
export type Unread = 'too_large' | 'late' | 'broken';

/** The whole body, held in memory. What is declared too large is not begun; at the limit or the time reading stops. */
export function readBody(from: IncomingMessage, maxBytes: number, withinMs: number): Promise<Buffer | Unread> {
  if (Number(from.headers['content-length']) > maxBytes) return Promise.resolve('too_large');
  if (from.destroyed) return Promise.resolve('broken');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (outcome: Buffer | Unread) => {
      clearTimeout(timer);
      from.off('data', take).off('end', whole).off('error', broken).off('close', broken).pause();
      resolve(outcome);
    };
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) settle('too_large');
      else chunks.push(chunk);
    };
    const whole = () => settle(Buffer.concat(chunks, bytes));
    const broken = () => settle('broken');
    const timer = setTimeout(() => settle('late'), withinMs);
    from.on('data', take).on('end', whole).on('error', broken).on('close', broken);
  });
}

/** Whether the caller is still sending a body that nobody will read. */
export function isSending(from: IncomingMessage): boolean {
  const { 'content-length': declared, 'transfer-encoding': coding } = from.headers;
  return !from.complete && !from.readableEnded && (Number(declared) > 0 || coding !== undefined);
}

/**
 * An answer to a caller who is still sending: the whole of it at once, and the end of the connection when the caller has stopped or has had
 * `limits.lingerMs` or `limits.lingerBytes` more. Ended at once, the connection would be reset and the answer lost on the way to most
 * clients (RFC 9112 §9.6); read to its end, a body may be as long as it likes. What is read here is thrown away.
 */
export function lastWords(from: IncomingMessage, text: string): Readable {
  const words = new Readable({ read() {} });
  let bytes = 0;
  const end = () => {
    clearTimeout(timer);
    from.off('data', drop).off('end', end).off('error', end).off('close', end).pause();
    words.push(null);
  };
  const drop = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.lingerBytes) end();
  };
  const timer = setTimeout(end, limits.lingerMs);
  from.on('data', drop).on('end', end).on('error', end).on('close', end);
  words.push(text);
  return words;
}
