import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import type { Feed, FeedItem } from '../clearinghouse/releases/feeds/feed.ts';
import { feedFiles } from '../clearinghouse/releases/feeds/files.ts';
import { clientBySecret, read, took } from '../clearinghouse/releases/feeds/readers/actions.ts';
import { type Actor, anonymous } from '../trust/access.ts';
import { act } from '../trust/act.ts';
import { sendRefusal } from './http.ts';

type Seen = { readonly feed: Feed; readonly items: readonly FeedItem[]; readonly canaries: Readonly<Record<string, string>> };

/**
 * `GET /feeds/{feed}/…`: an access-limited feed as files (CSAF 2.1 §7.1: what is not TLP:CLEAR lies behind access protection). Without the
 * token of one of its clients every address under it reads the same, whether there is such a feed, such a file, or neither.
 */
export function feedRoutes(app: FastifyInstance, doors: Doors): void {
  app.get('/feeds/:id/*', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const client = await clientOf(doors, request);
    if (isRefusal(client)) return sendUnknown(reply, client);
    if (client.kind === 'anonymous') return sendUnknown(reply, unknown);
    const { id, '*': path } = request.params as { id: string; '*': string };
    const seen = await act(doors, read, { who: { actor: client }, input: { id } });
    const file = isRefusal(seen) ? undefined : feedFiles(seen as Seen).get(path);
    if (!file) return sendRefusal(reply, refuse('not_found', 'no such thing'));
    // Before a byte of it leaves: what was taken is known even where the connection breaks.
    const noted = file.itemId && (await act(doors, took, { who: { actor: client }, input: { id, itemId: file.itemId } }));
    return isRefusal(noted) ? sendRefusal(reply, noted) : reply.type(file.type).send(file.text());
  });
}

const unknown = refuse('not_permitted', 'send the token of a client of this feed', 'Authorization');

function sendUnknown(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.code === 'too_many') return sendRefusal(reply.header('retry-after', '3600'), refusal);
  return sendRefusal(reply.header('www-authenticate', 'Bearer, Basic realm="feeds", charset="UTF-8"'), unknown);
}

/** A bearer token, or the password of HTTP Basic (RFC 7617), whatever the user's name: TAXII clients speak nothing else. */
export async function clientOf(doors: Doors, { headers }: FastifyRequest): Promise<Actor | Refusal> {
  const { authorization } = headers;
  if (authorization === undefined) return anonymous;
  const bearer = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization)?.[1];
  const basic = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  const pair = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('utf8');
  const secret = bearer ?? (pair?.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined);
  if (secret === undefined || secret.length > limits.secretChars) return unknown;
  return clientBySecret(doors, secret);
}
