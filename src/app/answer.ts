import type { FastifyReply } from 'fastify';
import { isSending, lastWords } from './body.ts';

/** Sends a JSON answer, whole, also to a caller who is still sending a body; then the connection ends. */
export function answer(reply: FastifyReply, httpStatus: number, value: object, mediaType = 'application/json'): FastifyReply {
  const text = JSON.stringify(value);
  reply.code(httpStatus).type(mediaType);
  const { raw } = reply.request;
  if (!isSending(raw)) return reply.send(text);
  return reply.header('connection', 'close').header('content-length', Buffer.byteLength(text)).send(lastWords(raw, text));
}
