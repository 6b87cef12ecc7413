import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { isRefusal } from '../base/refusal.ts';
import { readVince } from '../clearinghouse/findings/formats/vince.ts';
import { submitVince } from '../clearinghouse/findings/vince/actions.ts';
import type { Actor } from '../trust/access.ts';
import { act } from '../trust/act.ts';
import { type Admission, admission, type Bounds, intakeBounds } from './admission.ts';
import { answer } from './answer.ts';
import { readBody } from './body.ts';
import { readMedia, readMultipart } from './multipart.ts';
import { vinceFormOf } from './vince-form.ts';

type Log = (problem: string, error: unknown) => void;

interface Intake {
  readonly doors: Doors;
  readonly bounds: Bounds;
  readonly admission: Admission;
}

/** Settled before the body was read, and needed after it. */
interface Submission {
  readonly actor: Actor;
  readonly boundary: string;
}

const messages = {
  absent: 'Authentication credentials were not provided.',
  empty: 'Invalid token header. No credentials provided.',
  spaced: 'Invalid token header. Token string should not contain spaces.',
  unknown: 'Invalid token.',
};

/**
 * VINCE's report door (CERTCC/VINCE `vinny/views.py` CommVulReportAPIView, `CaseRequestForm`), answers in the form of Django REST framework:
 * `POST /vince/comm/api/vulreport/`, `Authorization: Token …`, multipart/form-data with at most one file; 201 with `vrf_id`.
 * Beside it: the same content from the same organisation within `limits.vinceRepeatDays` is the same report.
 */
export function vinceRoutes(app: FastifyInstance, doors: Doors, log: Log = console.error, bounds: Bounds = intakeBounds): void {
  const intake: Intake = { doors, bounds, admission: admission(doors, submitVince, bounds) };
  const submissions = new WeakMap<FastifyRequest, Submission>();
  const register = async (vince: FastifyInstance) => {
    vince.removeAllContentTypeParsers();
    vince.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    vince.setErrorHandler((error, _request, reply) => {
      log('vince', error);
      return later(reply, 30);
    });
    vince.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return request.is404 ? nowhere(request, reply) : undefined;
    });
    vince.setNotFoundHandler(nowhere);
    for (const path of ['/vulreport/', '/vulreport'])
      vince.post(path, {
        onRequest: async (request, reply) => {
          const settled = await beforeBody(intake, request, reply);
          if ('actor' in settled) submissions.set(request, settled);
          else return settled;
        },
        handler: (request, reply) => submitReport(intake, submissions.get(request)!, request, reply),
      });
  };
  void app.register(register, { prefix: '/vince/comm/api' });
}

async function beforeBody({ admission }: Intake, request: FastifyRequest, reply: FastifyReply): Promise<Submission | FastifyReply> {
  const given = tokenOf(request.headers.authorization);
  if ('no' in given) return unauthorised(reply, given.no);
  const admitted = await admission.admit(given.token);
  if ('no' in admitted)
    return admitted.no === 'known'
      ? refused(reply, 403, 'You do not have permission to perform this action.')
      : unauthorised(reply, 'unknown');
  if ('waitSeconds' in admitted) {
    const { waitSeconds } = admitted;
    return refused(
      reply.header('retry-after', String(waitSeconds)),
      429,
      `Request was throttled. Expected available in ${waitSeconds} seconds.`,
    );
  }
  const type = request.headers['content-type'] ?? '';
  const media = readMedia(type);
  if (media?.type !== 'multipart/form-data') return refused(reply, 415, `Unsupported media type "${type}" in request.`);
  const boundary = media.parameters.get('boundary');
  if (boundary === undefined) return refused(reply, 400, 'Multipart form parse error - the boundary is missing');
  return { actor: admitted.actor, boundary };
}

async function submitReport(intake: Intake, { actor, boundary }: Submission, request: FastifyRequest, reply: FastifyReply) {
  const place = intake.admission.take();
  if (!place) return later(reply, 1);
  try {
    // Four times what TAP takes, so four times as long.
    const body = await readBody(request.raw, limits.vinceBodyBytes, intake.bounds.bodyMs * 4);
    if (body === 'too_large') return refused(reply, 413, `A request holds at most ${limits.vinceBodyBytes} bytes.`);
    if (body === 'late') return refused(reply, 408, 'The body did not arrive in time. Nothing was stored.');
    if (body === 'broken') return refused(reply, 400, 'The body could not be read.');
    place.arrived();
    const parts = readMultipart(body, boundary);
    const form = typeof parts === 'string' ? parts : vinceFormOf(parts);
    if (typeof form === 'string') return refused(reply, 400, `Multipart form parse error - ${form}`);
    const read = readVince(form.fields, form.file, intake.doors.clock.now());
    if ('errors' in read) return answer(reply, 400, { errors: read.errors });
    const { filename, contentType, bytes } = form.file ?? {};
    const file = bytes && { filename, contentType, data: Buffer.from(bytes).toString('base64') };
    const outcome = await act(intake.doors, submitVince, { who: { actor }, input: { fields: form.fields, file } });
    if (isRefusal(outcome)) return outcome.code === 'malformed' ? refused(reply, 400, outcome.because) : later(reply, 30);
    const { vrfId } = outcome as { vrfId: string };
    return answer(reply, 201, { message: 'Vulnerability report submitted successfully', vrf_id: vrfId, status: 'success' });
  } finally {
    place.leave();
  }
}

/** As Django REST framework's TokenAuthentication reads it. */
function tokenOf(header: string | undefined): { token: string } | { no: keyof typeof messages } {
  const [scheme, token, ...more] = (header ?? '').split(/\s+/).filter(Boolean);
  if (scheme?.toLowerCase() !== 'token') return { no: 'absent' };
  if (token === undefined) return { no: 'empty' };
  if (more.length > 0) return { no: 'spaced' };
  return token.length <= limits.secretChars ? { token } : { no: 'unknown' };
}

function refused(reply: FastifyReply, httpStatus: number, detail: string): FastifyReply {
  return answer(reply, httpStatus, { detail });
}

function unauthorised(reply: FastifyReply, why: keyof typeof messages): FastifyReply {
  return refused(reply.header('www-authenticate', 'Token'), 401, messages[why]);
}

function later(reply: FastifyReply, seconds: number): FastifyReply {
  return refused(reply.header('retry-after', String(seconds)), 503, 'Your report was not stored. Send it again later.');
}

function nowhere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!/\/vulreport\/?(\?|$)/.test(request.url)) return refused(reply, 404, 'Not found.');
  return refused(reply.header('allow', 'POST'), 405, `Method "${request.method}" not allowed.`);
}
