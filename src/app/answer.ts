import type { FastifyReply } from 'fastify';
import { isSending, lastWords } from './body.ts';

/** Sends a JSON answer, whole, also to a caller who is still sending a body; then the connection ends. */
export function answer(reply: FastifyReply, httpStatus: number, value: object, mediaType = 'application/json'): FastifyReply {
  const text = JSON.stringify(value);
  reply.code(httpStatus).type(mediaType);
  const { raw } = reply.request;
  // As bytes: a text would be given a charset, which these types have not.
  if (!isSending(raw)) return reply.send(Buffer.from(text));
  return reply.header('connection', 'close').header('content-length', Buffer.byteLength(text)).send(lastWords(raw, text));
}
