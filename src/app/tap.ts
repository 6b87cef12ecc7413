import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { Fault, isRefusal, type Refusal } from '../base/refusal.ts';
import { status, submitTap } from '../clearinghouse/findings/actions.ts';
import { readTap, readTapJson, type TapPart, type Violation } from '../clearinghouse/findings/formats/tap.ts';
import { anonymous, may } from '../trust/access.ts';
import { act } from '../trust/act.ts';
import { actorBySecret } from '../trust/orgs/store.ts';
import { readMedia, readMultipart } from './multipart.ts';
import { tapPartsOf } from './tap-parts.ts';

type Log = (problem: string, error: unknown) => void;

const anyOther = (...taken: string[]) =>
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((method) => !taken.includes(method));

/** TAP v1 intake (Akrites-Foundation/SIRT docs/TAP-API-Spec.md): `POST /v1/reports`, `GET /v1/submissions/{receipt}`. */
export function tapRoutes(app: FastifyInstance, doors: Doors, log: Log = console.error): void {
  void app.register(async (tap) => {
    // Bodies come as bytes: JSON.parse would hide repeated keys, and every payload is judged before it is believed.
    tap.removeAllContentTypeParsers();
    tap.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.tapBodyBytes }, (_request, body, parsed) => parsed(null, body));
    tap.setErrorHandler((error, _request, reply) => sendError(reply, error, log));
    tap.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
    tap.route({
      method: 'POST',
      url: '/v1/reports',
      bodyLimit: limits.tapBodyBytes,
      onRequest: async (request, reply) => beforeBody(doors, request, reply),
      handler: (request, reply) => submitReport(doors, request, reply),
    });
    tap.get('/v1/submissions/:receipt', async (request, reply) => {
      const outcome = await act(doors, status, { who: { actor: anonymous }, input: request.params });
      return isRefusal(outcome) ? problem(reply, 404, 'there is no such receipt') : outcome;
    });
    refuseMethods(tap, '/v1/reports', anyOther('POST'), 'POST');
    refuseMethods(tap, '/v1/submissions/:receipt', anyOther('GET', 'HEAD'), 'GET, HEAD');
  });
}

function refuseMethods(tap: FastifyInstance, url: string, method: string[], allowed: string): void {
  const refusal = async (_request: FastifyRequest, reply: FastifyReply) => problem(reply.header('allow', allowed), 405, `use ${allowed}`);
  // In the hook, so that no body is read.
  tap.route({ method, url, onRequest: refusal, handler: refusal });
}

/** What is settled before the body is read: where the request comes from, who sends it, and in what format. */
async function beforeBody(doors: Doors, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (isCrossOrigin(request)) return problem(reply, 403, 'cross-origin submissions are not accepted');
  const secret = secretOf(request);
  if (secret === 'conflicting') return problem(reply, 400, 'Authorization and TAP-SUBMISSION-TOKEN carry different tokens');
  if (secret === undefined || !(await maySubmit(doors, secret))) return unauthorised(reply);
  const media = readMedia(request.headers['content-type'] ?? '');
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'multipart/mixed') return problem(reply, 415, 'send application/json or multipart/mixed');
  if (!media) return problem(reply, 400, 'the Content-Type parameters are malformed');
  if (type === 'multipart/mixed' && !media.parameters.has('boundary')) return problem(reply, 400, 'multipart/mixed needs a boundary');
  const key = request.headers['idempotency-key'];
  if (key !== undefined && !isKey(key))
    return problem(reply, 400, `Idempotency-Key must be 1 to ${limits.idempotencyKeyChars} visible ASCII characters`);
  return undefined;
}

async function submitReport(doors: Doors, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const media = readMedia(request.headers['content-type']!)!;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const split = media.type === 'multipart/mixed' ? partsOf(body, media.parameters.get('boundary')!) : { report: body, payloads: undefined };
  if (typeof split === 'string') return problem(reply, 400, split);
  const read = readTapJson(split.report);
  if ('malformed' in read) return malformed(reply, read.malformed);
  const { report } = read;
  const reading = readTap(report, split.payloads);
  if (reading.kind === 'malformed') return malformed(reply, reading.detail);
  if (reading.kind === 'violations') return invalid(reply, reading.violations);
  const input = {
    report,
    ...(split.payloads
      ? { parts: split.payloads.filter(isSent).map(({ bytes, ...part }) => ({ ...part, data: Buffer.from(bytes).toString('base64') })) }
      : {}),
  };
  const key = request.headers['idempotency-key'] as string | undefined;
  const outcome = await act(doors, submitTap, { who: { secret: secretOf(request)! }, input, ...(key === undefined ? {} : { key }) });
  if (isRefusal(outcome)) return refused(reply, outcome);
  const { receipt, warnings } = outcome as { receipt: string; warnings: readonly object[] };
  return reply
    .code(202)
    .header('link', `</v1/submissions/${receipt}>; rel="monitor"`)
    .send({ receipt, message: 'accepted; poll /v1/submissions/{receipt} for status', ...(warnings.length > 0 ? { warnings } : {}) });
}

function partsOf(body: Buffer, boundary: string) {
  const parts = readMultipart(body, boundary);
  return typeof parts === 'string' ? parts : tapPartsOf(parts);
}

/** Empty `exploit` and `raw` parts are treated as absent. */
function isSent(part: TapPart): boolean {
  return part.name === 'attachment' || part.bytes.length > 0;
}

/** As browsers tell it: Sec-Fetch-Site where there is one, else an Origin that is not this host. */
function isCrossOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = request.headers.origin;
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.headers.host);
}

function secretOf(request: FastifyRequest): string | 'conflicting' | undefined {
  const header = request.headers.authorization;
  const bearer = header === undefined ? undefined : (/^Bearer +([\x21-\x7e]{1,256})$/i.exec(header)?.[1] ?? '');
  const old = request.headers['tap-submission-token'];
  if (bearer !== undefined && old !== undefined && bearer !== old) return 'conflicting';
  const token = bearer ?? old;
  return typeof token === 'string' && token !== '' && token.length <= 256 ? token : undefined;
}

/** A token that may not submit is not told apart from one that is unknown. */
async function maySubmit(doors: Doors, secret: string): Promise<boolean> {
  const actor = await doors.db.transaction([], (tx) => actorBySecret(tx, doors.keys.secret('tokens'), secret, doors.clock.now()));
  return actor !== undefined && may(actor, submitTap) === 'yes';
}

function isKey(key: string | string[]): boolean {
  return typeof key === 'string' && key.length <= limits.idempotencyKeyChars && /^[\x21-\x7e]+$/.test(key);
}

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  503: 'Service Unavailable',
};

function problem(reply: FastifyReply, httpStatus: number, detail: string, more: object = {}): FastifyReply {
  const body = { type: 'about:blank', title: titles[httpStatus], status: httpStatus, detail, ...more };
  return reply.code(httpStatus).type('application/problem+json').send(body);
}

function unauthorised(reply: FastifyReply): FastifyReply {
  return problem(reply.header('www-authenticate', 'Bearer'), 401, 'a valid submission token is required: "Authorization: Bearer <token>"');
}

function malformed(reply: FastifyReply, detail: string): FastifyReply {
  return problem(reply, 400, detail, { type: 'tag:akrites.dev,2026-07:problem/malformed-json', title: 'Report is not valid JSON' });
}

const sizeCodes = ['field_too_large', 'too_many_items', 'structure_too_deep'];

function invalid(reply: FastifyReply, errors: readonly Violation[]): FastifyReply {
  const detail = `${errors.length} ${errors.length === 1 ? 'violation' : 'violations'}; see errors`;
  const httpStatus = errors.some((e) => sizeCodes.includes(e.code)) ? 413 : 400;
  return problem(reply, httpStatus, detail, {
    type: 'tag:akrites.dev,2026-07:problem/validation',
    title: 'Report failed validation',
    errors,
  });
}

/** What the verb itself refused after the report had been read: revoked meanwhile, or a key used for another report. */
function refused(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.code === 'not_permitted') return unauthorised(reply);
  if (refusal.code === 'conflict') return problem(reply, 409, refusal.because);
  if (refusal.code === 'malformed') return problem(reply, 400, refusal.because);
  return problem(reply.header('retry-after', '30'), 503, 'your report was not stored; send it again later');
}

function sendError(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const httpStatus = (error as { statusCode?: number }).statusCode ?? 500;
  if (httpStatus === 413) return problem(reply, 413, `a request holds at most ${limits.tapBodyBytes} bytes`);
  if (httpStatus < 500) return problem(reply, 400, 'the body could not be read');
  const reference = error instanceof Fault ? error.reference : 'F-000000000000';
  log(`fault ${reference}`, error);
  return problem(
    reply.header('retry-after', '30'),
    503,
    `your report was not stored; send it again later, and quote ${reference} if it fails again`,
  );
}
