import { existsSync } from 'node:fs';
import { join } from 'node:path';
import cookies from '@fastify/cookie';
import helmet from '@fastify/helmet';
import files from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { hasMoreValues } from '../base/json.ts';
import { limits } from '../base/limits.ts';
import { Fault, isRefusal, type Refusal, refusalMapping, refuse } from '../base/refusal.ts';
import { anonymous } from '../trust/access.ts';
import { act, identify, notAllowed, type Who } from '../trust/act.ts';
import type { AnyAction } from '../trust/action.ts';
import { endIdleSockets } from './idle-sockets.ts';
import { openApi, routeOf } from './openapi.ts';
import { isOsvUrl, osvError } from './osv.ts';
import { isPublicFile, servePublicFiles } from './public-files.ts';
import { type Strangers, strangers } from './strangers.ts';
import { problem } from './tap-problem.ts';

interface Served {
  readonly actions: readonly AnyAction[];
  readonly version: string;
  /** Directory of the built desk; where it is missing, `/` says so. */
  readonly deskDir: string;
  /** Directory of the public tree (advisories, feed, checkpoint). */
  readonly publicDir: string;
  readonly log: (problem: string, error: unknown) => void;
  /** Addresses of reverse proxies whose word on the caller's address and scheme is taken. */
  readonly proxies?: readonly string[];
  /** A clock that only runs forward, for counting strangers. */
  readonly nowMs?: () => number;
}

const sessionCookie = 'breakwater_session';
/** Verbs whose reply opens a desk session, and where in the reply its secret lies. */
const openingVerbs: Record<string, (reply: { session?: { secret: string }; secret?: string }) => string | undefined> = {
  'orgs.found': (reply) => reply.session?.secret,
  'orgs.enter': (reply) => reply.secret,
  'orgs.enterByPasskey': (reply) => reply.secret,
};

/** The derived HTTP door: one route a verb, refusals as RFC 9457 problems. */
export async function buildHttp(doors: Doors, served: Served): Promise<FastifyInstance> {
  const trustProxy = served.proxies?.length ? [...served.proxies] : false;
  const app = Fastify({ bodyLimit: limits.requestBytes, logger: false, trustProxy, routerOptions: { maxParamLength: 512 } });
  endIdleSockets(app);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, parsed) => {
    if (hasMoreValues(body, limits.jsonValues)) parsed(new TooManyValues());
    else parseJson(request, body, parsed);
  });
  await app.register(cookies);
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], styleSrc: ["'self'"], upgradeInsecureRequests: null } },
  });
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, served.log));
  // Registered before any route, so that it stands before all of them: the TAP intake and the static files too.
  const { admit } = strangers(served.nowMs ?? (() => performance.now()));
  app.addHook('onRequest', async (request, reply) => {
    // The public tree is files that anybody may mirror whole, through whatever cache stands before this hub.
    const isStranger = !hasCredential(request) || isOsvUrl(request.url);
    if (!isPublicFile(request.url) && isStranger && !admit(request.ip)) return sendTooMany(reply);
  });
  for (const verb of served.actions.filter((a) => !a.internal)) addRoute(app, doors, verb, admit);
  const document = openApi(served.actions, served.version);
  app.get('/openapi.json', async () => document);
  app.get('/health', async () => ({ ok: true, version: served.version }));
  await serveFiles(app, served);
  return app;
}

function addRoute(app: FastifyInstance, doors: Doors, verb: AnyAction, admit: Strangers['admit']): void {
  const { method, path } = routeOf(verb);
  app.route({
    method,
    url: path,
    bodyLimit: verb.by === 'anyone' ? limits.strangerBytes : limits.requestBytes,
    onRequest: (request, reply) => beforeBody(doors, verb, request, reply, admit),
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const who = whoOf(request);
      if (isRefusal(who)) return sendRefusal(reply, who);
      const given = method === 'GET' ? request.query : (request.body ?? {});
      if (typeof given !== 'object' || given === null || Array.isArray(given))
        return sendRefusal(reply, refuse('malformed', 'the body must be a JSON object'));
      const key = keyOf(request);
      if (isRefusal(key)) return sendRefusal(reply, key);
      const input = { ...given, ...(request.params as object) };
      const outcome = await act(doors, verb, { who, input, ...(key === undefined ? {} : { key }) });
      if (isRefusal(outcome)) return isUnknown(outcome) && !admit(request.ip) ? sendTooMany(reply) : sendRefusal(reply, outcome, who);
      const secret = openingVerbs[verb.name]?.(outcome as { secret?: string });
      if (secret)
        reply.setCookie(sessionCookie, secret, {
          httpOnly: true,
          secure: 'auto',
          sameSite: 'strict',
          path: '/',
          maxAge: limits.sessionHours * 3600,
        });
      return outcome;
    },
  });
}

/** Settled before a body is read: a stranger has nothing to say to most verbs, and nobody sends megabytes under a credential that is none. */
async function beforeBody(doors: Doors, verb: AnyAction, request: FastifyRequest, reply: FastifyReply, admit: Strangers['admit']) {
  if (verb.by === 'anyone') return;
  const who = whoOf(request);
  if (isRefusal(who)) return sendRefusal(reply, who);
  const bytes = Number(request.headers['content-length'] ?? (request.headers['transfer-encoding'] ? Number.POSITIVE_INFINITY : 0));
  if ('secret' in who && bytes <= limits.strangerBytes) return;
  const actor = await identify(doors, who);
  const unknown = isRefusal(actor) ? actor : actor.kind === 'anonymous' ? notAllowed(actor, verb.name) : undefined;
  if (unknown) return 'secret' in who && !admit(request.ip) ? sendTooMany(reply) : sendRefusal(reply, unknown, who);
}

function hasCredential(request: FastifyRequest): boolean {
  const { authorization, 'tap-submission-token': submission } = request.headers;
  return authorization !== undefined || submission !== undefined || request.cookies[sessionCookie] !== undefined;
}

function isUnknown(refusal: Refusal): boolean {
  return refusal.code === 'not_permitted' && refusal.at === 'Authorization';
}

function sendTooMany(reply: FastifyReply): FastifyReply {
  const because = `at most ${limits.strangerRequestsPerMinute} requests a minute from one address without a credential; sign in, or wait`;
  reply.header('retry-after', '60');
  if (isOsvUrl(reply.request.url)) return osvError(reply, 'exhausted', because);
  return reply.request.url.startsWith('/v1/') ? problem(reply, 429, because) : sendRefusal(reply, refuse('too_many', because));
}

/** A bearer token, or the desk's cookie; the cookie counts only for requests that our own pages make. */
export function whoOf(request: FastifyRequest): Who | Refusal {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const token = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(header)?.[1];
    return token === undefined ? refuse('malformed', 'send "Authorization: Bearer <token>"', 'Authorization') : { secret: token };
  }
  const session = request.cookies[sessionCookie];
  if (session === undefined) return { actor: anonymous };
  const site = request.headers['sec-fetch-site'];
  if (request.method !== 'GET' && site !== 'same-origin')
    return refuse('not_permitted', "the desk's session is not for requests from elsewhere", 'Sec-Fetch-Site');
  return { secret: session };
}

function keyOf(request: FastifyRequest): string | undefined | Refusal {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || key.length === 0 || key.length > limits.idempotencyKeyChars || !/^[\x21-\x7e]+$/.test(key))
    return refuse('malformed', `must be 1 to ${limits.idempotencyKeyChars} visible ASCII characters`, 'Idempotency-Key');
  return key;
}

export function sendRefusal(reply: FastifyReply, refusal: Refusal, who?: Who): FastifyReply {
  const unknownCaller = isUnknown(refusal);
  const status = unknownCaller ? 401 : refusalMapping[refusal.code].status;
  if (unknownCaller) reply.header('www-authenticate', 'Bearer');
  if (unknownCaller && who && 'secret' in who) reply.clearCookie(sessionCookie, { path: '/' });
  const { code, because, at } = refusal;
  return reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: `urn:breakwater:refusal:${code}`,
      title: code.replaceAll('_', ' '),
      status,
      detail: because,
      code,
      ...(at === undefined ? {} : { at }),
    });
}

class TooManyValues extends Error {
  readonly statusCode = 413;
  constructor() {
    super(`the body has at most ${limits.jsonValues} JSON values`);
  }
}

function sendError(reply: FastifyReply, error: unknown, log: Served['log']): FastifyReply {
  const code = (error as { code?: string }).code ?? '';
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (error instanceof TooManyValues) return sendRefusal(reply, refuse('too_large', error.message));
  if (status === 413 || code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return sendRefusal(
      reply,
      refuse('too_large', `this request holds at most ${reply.request.routeOptions.bodyLimit ?? limits.requestBytes} bytes`),
    );
  if (status === 415) return sendRefusal(reply, refuse('unsupported', 'send application/json', 'Content-Type'));
  if (status < 500) return sendRefusal(reply, refuse('malformed', (error as Error).message));
  const reference = error instanceof Fault ? error.reference : 'F-000000000000';
  log(`fault ${reference}`, error);
  const detail = `Something broke here, not with you. Quote ${reference} to whoever runs this hub.`;
  return reply
    .code(500)
    .type('application/problem+json')
    .send({ type: 'urn:breakwater:fault', title: 'fault', status: 500, detail, reference });
}

const noDesk =
  'This hub runs, but its desk is not built. "npm start" builds it; or: node bin/setup.mjs desk\n' +
  'The other doors are open: /openapi.json, /public/, /v1/reports, bin/breakwater.\n';

async function serveFiles(app: FastifyInstance, served: Served): Promise<void> {
  servePublicFiles(app, served.publicDir, sendRefusal);
  const hasDesk = existsSync(join(served.deskDir, 'index.html'));
  if (hasDesk) await app.register(files, { root: served.deskDir, prefix: '/', wildcard: false });
  app.setNotFoundHandler((request, reply) => {
    const isPage =
      request.method === 'GET' && (request.headers.accept ?? '').includes('text/html') && !/^\/(api|v1|public)\//.test(request.url);
    if (isPage && hasDesk) return reply.sendFile('index.html');
    if (isPage) return reply.code(503).type('text/plain; charset=utf-8').send(noDesk);
    return sendRefusal(reply, refuse('not_found', 'no such address'));
  });
}
