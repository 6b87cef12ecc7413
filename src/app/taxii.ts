import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { Fault, isRefusal, type Refusal } from '../base/refusal.ts';
import { type Collection, microText } from '../clearinghouse/releases/feeds/feed.ts';
import { collections, objects } from '../clearinghouse/releases/feeds/readers/actions.ts';
import {
  envelopeOf,
  manifestOf,
  readFilter,
  stixMedia,
  type TaxiiPage,
  takesTaxii,
  taxiiMedia,
  versionsOf,
} from '../clearinghouse/releases/feeds/taxii.ts';
import type { Actor } from '../trust/access.ts';
import { act } from '../trust/act.ts';
import { clientOf } from './feeds.ts';

type Log = (problem: string, error: unknown) => void;

const root = '/taxii2/hub/';
const filtered = ['id', 'type', 'version', 'spec_version'] as const;

/** A TAXII 2.1 server (OASIS Standard, 10 June 2021), read-only: one collection for everybody, one for each access-limited feed. */
export function taxiiRoutes(app: FastifyInstance, doors: Doors, log: Log): void {
  const register = async (taxii: FastifyInstance) => {
    // Nothing is taken, so nothing is parsed.
    taxii.removeAllContentTypeParsers();
    taxii.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    taxii.setErrorHandler((error, _request, reply) => sendError(reply, error, log));
    taxii.setNotFoundHandler((_request, reply) => problem(reply, 404, 'there is nothing here'));
    const readers = new WeakMap<FastifyRequest, Actor>();
    taxii.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store').header('vary', 'Accept, Authorization');
      const reader = await clientOf(doors, request);
      if (isRefusal(reader)) return unauthorised(reply, reader);
      readers.set(request, reader);
      return takesTaxii(request.headers.accept) ? undefined : problem(reply, 406, `send Accept: ${taxiiMedia}`);
    });
    const collectionOf = async (request: FastifyRequest): Promise<Collection | undefined> => {
      const { id } = request.params as { id: string };
      return (await seen(doors, readers.get(request)!)).find((c) => c.id === id);
    };
    // §3.1: every address ends in a slash.
    taxii.get('/', { prefixTrailingSlash: 'slash' }, async (_request, reply) =>
      send(reply, { title: 'Breakwater', description: 'Security advisories as STIX 2.1', default: root, api_roots: [root] }),
    );
    taxii.get('/hub/', async (_request, reply) =>
      // §4.2.1: required, and greater than zero; nothing may be sent.
      send(reply, { title: 'Advisories', versions: [taxiiMedia], max_content_length: 1 }),
    );
    taxii.get('/hub/status/:status/', async (_request, reply) => problem(reply, 404, 'there is no such status'));
    taxii.get('/hub/collections/', async (request, reply) =>
      send(reply, { collections: (await seen(doors, readers.get(request)!)).map(presented) }),
    );
    taxii.get('/hub/collections/:id/', async (request, reply) => {
      const found = await collectionOf(request);
      return found ? send(reply, presented(found)) : nowhere(reply);
    });
    const listed = (path: string, fields: Parameters<typeof readFilter>[1], make: (page: TaxiiPage) => object, versions?: 'all') =>
      taxii.get(path, async (request, reply) => {
        const found = await collectionOf(request);
        if (!found) return nowhere(reply);
        const { object } = request.params as { object?: string };
        const query = { ...(request.query as object), ...(versions ? { 'match[version]': versions } : {}) };
        const filter = readFilter(query, fields);
        if (isRefusal(filter)) return problem(reply, 400, `${filter.at}: ${filter.because}`);
        const asked = object === undefined ? filter : { ...filter, ids: [object] };
        const page = await pageOf(doors, readers.get(request)!, found, asked);
        // §5.6, §5.8: of an object that is not there at all; of one that is, but not so, an empty list.
        if (object !== undefined && page.objects.length === 0 && !(await isThere(doors, readers.get(request)!, found, object)))
          return nowhere(reply);
        return send(dated(reply, page), make(page));
      });
    listed('/hub/collections/:id/manifest/', filtered, manifestOf);
    listed('/hub/collections/:id/objects/', filtered, envelopeOf);
    listed('/hub/collections/:id/objects/:object/', ['version', 'spec_version'], envelopeOf);
    listed('/hub/collections/:id/objects/:object/versions/', ['version', 'spec_version'], versionsOf, 'all');
    taxii.route({
      method: ['POST', 'DELETE'],
      url: '/hub/collections/:id/objects/*',
      handler: async (request, reply) => {
        if (!(await collectionOf(request))) return nowhere(reply);
        const type = request.headers['content-type'] ?? '';
        if (request.method === 'POST' && !takesTaxii(type)) return problem(reply, 415, `send Content-Type: ${taxiiMedia}`);
        return problem(reply, 403, 'this collection is read-only');
      },
    });
  };
  void app.register(register, { prefix: '/taxii2' });
}

async function seen(doors: Doors, reader: Actor): Promise<readonly Collection[]> {
  const found = await act(doors, collections, { who: { actor: reader }, input: {} });
  return isRefusal(found) ? [] : (found as readonly Collection[]);
}

async function pageOf(doors: Doors, reader: Actor, { key }: Collection, filter: object): Promise<TaxiiPage> {
  const page = await act(doors, objects, { who: { actor: reader }, input: { collection: key, filter } });
  return isRefusal(page) ? { objects: [], more: false } : (page as TaxiiPage);
}

async function isThere(doors: Doors, reader: Actor, collection: Collection, id: string): Promise<boolean> {
  const filter = readFilter({ limit: '1' }, []);
  return (await pageOf(doors, reader, collection, { ...filter, ids: [id] })).objects.length > 0;
}

function presented({ id, title, description }: Collection): object {
  return { id, title, description, can_read: true, can_write: false, media_types: [stixMedia] };
}

/** §3.2: of a page without objects there is no date to tell. */
function dated(reply: FastifyReply, { objects: [first, ...rest] }: TaxiiPage): FastifyReply {
  if (!first) return reply;
  const last = rest.at(-1) ?? first;
  return reply.header('x-taxii-date-added-first', microText(first.addedUs)).header('x-taxii-date-added-last', microText(last.addedUs));
}

/** Fastify would put a charset behind the media type, which has none. */
function send(reply: FastifyReply, body: object): FastifyReply {
  return reply.header('content-type', taxiiMedia).serializer(JSON.stringify).send(body);
}

/** §3.6.1. */
function problem(reply: FastifyReply, status: number, title: string): FastifyReply {
  return send(reply.code(status), { title, http_status: String(status) });
}

function nowhere(reply: FastifyReply): FastifyReply {
  return problem(reply, 404, 'there is no such thing');
}

function unauthorised(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.code === 'too_many') return problem(reply.header('retry-after', '3600'), 429, refusal.because);
  return problem(reply.header('www-authenticate', 'Basic realm="taxii", charset="UTF-8", Bearer'), 401, 'this token is unknown here');
}

function sendError(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) return problem(reply, status, 'the request could not be read');
  const reference = error instanceof Fault ? error.reference : 'F-000000000000';
  log(`fault ${reference}`, error);
  return problem(reply, 500, `something broke here; quote ${reference}`);
}
