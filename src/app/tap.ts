import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { Fault, isRefusal, type Refusal } from '../base/refusal.ts';
import { outcome } from '../clearinghouse/duplicates/outcomes/actions.ts';
import { status, submitTap } from '../clearinghouse/findings/actions.ts';
import { readTap, readTapJson, type TapPart } from '../clearinghouse/findings/formats/tap.ts';
import { type Actor, anonymous } from '../trust/access.ts';
import { act } from '../trust/act.ts';
import { type Admission, admission, type Bounds, intakeBounds } from './admission.ts';
import { readBody, type Unread } from './body.ts';
import { type Media, readMedia, readMultipart } from './multipart.ts';
import { tapPartsOf } from './tap-parts.ts';
import { invalid, malformed, notStored, problem, unauthorised } from './tap-problem.ts';

type Log = (problem: string, error: unknown) => void;

interface Intake {
  readonly doors: Doors;
  readonly bounds: Bounds;
  readonly admission: Admission;
}

/** Settled before the body was read, and needed after it. */
interface Submission {
  readonly actor: Actor;
  readonly media: Media;
  readonly key: string | undefined;
}

/** TAP v1 intake (Akrites-Foundation/SIRT docs/TAP-API-Spec.md): `POST /v1/reports`, `GET /v1/submissions/{receipt}`. */
export function tapRoutes(app: FastifyInstance, doors: Doors, log: Log = console.error, bounds: Bounds = intakeBounds): void {
  const intake: Intake = { doors, bounds, admission: admission(doors, submitTap, bounds) };
  const submissions = new WeakMap<FastifyRequest, Submission>();
  const register = async (tap: FastifyInstance) => {
    // Nothing parses and nothing reads before the handler does: JSON.parse would hide repeated keys, and a body has its own limits.
    tap.removeAllContentTypeParsers();
    tap.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    tap.setErrorHandler((error, request, reply) => sendError(request, reply, error, log));
    tap.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return request.is404 ? nowhere(request, reply) : undefined;
    });
    tap.setNotFoundHandler(nowhere);
    tap.post('/reports', {
      onRequest: async (request, reply) => {
        const settled = await beforeBody(intake, request, reply);
        if ('actor' in settled) submissions.set(request, settled);
        else return settled;
      },
      handler: (request, reply) => submitReport(intake, submissions.get(request)!, request, reply),
    });
    tap.get('/submissions/:receipt', async (request, reply) => {
      const found = await act(doors, status, { who: { actor: anonymous }, input: request.params });
      if (isRefusal(found)) return problem(reply, 404, 'there is no such receipt');
      const asking = await askingFor(intake, request);
      if (asking && 'waitSeconds' in asking) return tooMany(intake, reply, asking.waitSeconds);
      return presentStatus(found as TapStatus, asking ? await outcomeFor(doors, asking.actor, request.params) : {});
    });
  };
  void app.register(register, { prefix: '/v1' });
}

interface TapStatus {
  readonly receipt: string;
  readonly status: string;
  readonly at: string;
}

/** To the second, as the specification's examples have it; a client may compare them as text. */
function presentStatus({ receipt, status, at }: TapStatus, more: object): object {
  return { receipt, status, at: at.replace(/\.\d+Z$/, 'Z'), ...more };
}

/** Whose token a poll for the status carries, and so counts among the requests of its hour; undefined: nobody's that may hand in. */
async function askingFor(intake: Intake, request: FastifyRequest): Promise<{ actor: Actor } | { waitSeconds: number } | undefined> {
  const secret = secretOf(request);
  if (secret === undefined || secret === 'conflicting') return undefined;
  const admitted = await intake.admission.admit(secret);
  return 'no' in admitted ? undefined : admitted;
}

/**
 * TAP v1 "Status", its note on full status information: what became of the report, for a submission token of the member that sent it;
 * nothing for everybody else, whatever the token.
 */
async function outcomeFor(doors: Doors, actor: Actor, params: unknown): Promise<object> {
  // A token that may only hand in may also hear what became of what it handed in.
  const asking: Actor = { ...actor, scopes: [outcome.name] };
  const told = await act(doors, outcome, { who: { actor: asking }, input: params });
  if (isRefusal(told)) return {};
  const { outcome: dedupe, vulnerability } = told as { outcome: string; vulnerability: string | null };
  return { dedupe, vuln: vulnerability };
}

function tooMany({ bounds }: Intake, reply: FastifyReply, waitSeconds: number): FastifyReply {
  return problem(reply.header('retry-after', String(waitSeconds)), 429, `at most ${bounds.perHour} requests an hour for one token`);
}

const allowedAt: readonly (readonly [path: RegExp, methods: string])[] = [
  [/^\/v1\/reports(?:\?|$)/, 'POST'],
  [/^\/v1\/submissions\/[^/?]+(?:\?|$)/, 'GET, HEAD'],
];

/** A path that is not there, or a method that its path has not. */
function nowhere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const allowed = allowedAt.find(([path]) => path.test(request.url))?.[1];
  if (allowed === undefined) return problem(reply, 404, 'there is no such path');
  return problem(reply.header('allow', allowed), 405, `use ${allowed}`);
}

/** What is settled before the body is read: where the request comes from, who sends it, and in what format. */
async function beforeBody(intake: Intake, request: FastifyRequest, reply: FastifyReply): Promise<Submission | FastifyReply> {
  if (isCrossOrigin(request)) return problem(reply, 403, 'cross-origin submissions are not accepted');
  const secret = secretOf(request);
  if (secret === 'conflicting') return problem(reply, 400, 'Authorization and TAP-SUBMISSION-TOKEN carry different tokens');
  const admitted = secret === undefined ? { no: 'unknown' } : await intake.admission.admit(secret);
  if ('no' in admitted) return unauthorised(reply);
  if ('waitSeconds' in admitted) return tooMany(intake, reply, admitted.waitSeconds);
  const header = request.headers['content-type'] ?? '';
  const type = header.split(';')[0]!.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'multipart/mixed') return problem(reply, 415, 'send application/json or multipart/mixed');
  const media = readMedia(header);
  if (!media) return problem(reply, 400, 'the Content-Type parameters are malformed');
  if (type === 'multipart/mixed' && !media.parameters.has('boundary')) return problem(reply, 400, 'multipart/mixed needs a boundary');
  const key = request.headers['idempotency-key'];
  if (key !== undefined && !isKey(key))
    return problem(reply, 400, `Idempotency-Key must be 1 to ${limits.idempotencyKeyChars} visible ASCII characters`);
  return { actor: admitted.actor, media, key: key as string | undefined };
}

async function submitReport(intake: Intake, { actor, media, key }: Submission, request: FastifyRequest, reply: FastifyReply) {
  const place = intake.admission.take();
  if (!place) return notStored(reply, 1);
  try {
    const body = await readBody(request.raw, limits.tapBodyBytes, intake.bounds.bodyMs);
    if (typeof body === 'string') return unread(reply, body);
    place.arrived();
    const split =
      media.type === 'multipart/mixed' ? partsOf(body, media.parameters.get('boundary')!) : { report: body, payloads: undefined };
    if (typeof split === 'string') return problem(reply, 400, split);
    const read = readTapJson(split.report);
    if ('malformed' in read) return malformed(reply, read.malformed);
    const reading = readTap(read.report, split.payloads);
    if (reading.kind === 'malformed') return malformed(reply, reading.detail);
    if (reading.kind === 'violations') return invalid(reply, reading.violations);
    const parts = split.payloads?.filter(isSent).map(({ bytes, ...part }) => ({ ...part, data: Buffer.from(bytes).toString('base64') }));
    const input = { report: read.report, ...(parts ? { parts } : {}) };
    const outcome = await act(intake.doors, submitTap, { who: { actor }, input, ...(key === undefined ? {} : { key }) });
    return isRefusal(outcome) ? refused(reply, outcome) : accepted(reply, outcome as Accepted);
  } finally {
    place.leave();
  }
}

interface Accepted {
  readonly receipt: string;
  readonly warnings: readonly object[];
}

function accepted(reply: FastifyReply, { receipt, warnings }: Accepted): FastifyReply {
  return reply
    .code(202)
    .header('link', `</v1/submissions/${receipt}>; rel="monitor"`)
    .send({ receipt, message: 'accepted; poll /v1/submissions/{receipt} for status', ...(warnings.length > 0 ? { warnings } : {}) });
}

function unread(reply: FastifyReply, why: Unread): FastifyReply {
  if (why === 'too_large') return problem(reply, 413, `a request holds at most ${limits.tapBodyBytes} bytes`);
  if (why === 'late') return problem(reply, 408, 'the body did not arrive in time; nothing was stored, send it again');
  return problem(reply, 400, 'the body could not be read');
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

/** Every header that carries one must carry the same, one sent twice included: otherwise two readers could take different ones. */
function secretOf({ raw: { rawHeaders } }: FastifyRequest): string | 'conflicting' | undefined {
  const valuesOf = (name: string) => rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name);
  const bearers = valuesOf('authorization').map((header) => /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '');
  const [token, ...others] = new Set([...bearers, ...valuesOf('tap-submission-token')]);
  if (others.length > 0) return 'conflicting';
  return token !== undefined && /^[\x21-\x7e]+$/.test(token) && token.length <= limits.secretChars ? token : undefined;
}

function isKey(key: string | string[]): boolean {
  return typeof key === 'string' && key.length <= limits.idempotencyKeyChars && /^[\x21-\x7e]+$/.test(key);
}

/** What the verb itself refused after the report had been read: a key used for another report. */
function refused(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.code === 'not_permitted') return unauthorised(reply);
  if (refusal.code === 'conflict') return problem(reply, 409, refusal.because);
  if (refusal.code === 'malformed') return problem(reply, 400, refusal.because);
  return notStored(reply, 30);
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const httpStatus = (error as { statusCode?: number }).statusCode ?? 500;
  if (httpStatus < 500) return problem(reply, 400, 'the request could not be read');
  const reference = error instanceof Fault ? error.reference : 'F-000000000000';
  log(`fault ${reference}`, error);
  if (request.method === 'POST') return notStored(reply, 30, reference);
  return problem(reply.header('retry-after', '30'), 503, 'this says nothing about the report; poll again later');
}
