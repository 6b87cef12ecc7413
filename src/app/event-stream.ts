import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Opens server-sent events (WHATWG HTML §9.2) on a reply that is fastify's no more: whoever opened it ends it. */
export function openEventStream(reply: FastifyReply): ServerResponse {
  reply.hijack();
  const { raw } = reply;
  raw.on('error', () => raw.destroy());
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    // No proxy may keep it, change it, or wait until there is enough of it.
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  return raw;
}
