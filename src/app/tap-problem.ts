import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Violation } from '../clearinghouse/findings/formats/tap.ts';
import { answer } from './answer.ts';

/** TAP v1 "Errors": an RFC 9457 problem document, `about:blank` unless there is more to say. */
export function problem(reply: FastifyReply, httpStatus: number, detail: string, more: object = {}): FastifyReply {
  const document = { type: 'about:blank', title: STATUS_CODES[httpStatus], status: httpStatus, detail, ...more };
  return answer(reply, httpStatus, document, 'application/problem+json');
}

/** Missing, unrecognised, expired, revoked, of a disabled member, or not one for submitting: the answer does not say which. */
export function unauthorised(reply: FastifyReply): FastifyReply {
  return problem(reply.header('www-authenticate', 'Bearer'), 401, 'a valid submission token is required: "Authorization: Bearer <token>"');
}

export function malformed(reply: FastifyReply, detail: string): FastifyReply {
  return problem(reply, 400, detail, { type: 'tag:akrites.dev,2026-07:problem/malformed-json', title: 'Report is not valid JSON' });
}

const sizeCodes = ['field_too_large', 'too_many_items', 'structure_too_deep'];

export function invalid(reply: FastifyReply, errors: readonly Violation[]): FastifyReply {
  const detail = `${errors.length} ${errors.length === 1 ? 'violation' : 'violations'}; see errors`;
  const httpStatus = errors.some((e) => sizeCodes.includes(e.code)) ? 413 : 400;
  return problem(reply, httpStatus, detail, {
    type: 'tag:akrites.dev,2026-07:problem/validation',
    title: 'Report failed validation',
    errors,
  });
}

export function notStored(reply: FastifyReply, retrySeconds: number, reference?: string): FastifyReply {
  const quote = reference === undefined ? '' : `, and quote ${reference} if it fails again`;
  return problem(reply.header('retry-after', String(retrySeconds)), 503, `your report was not stored; send it again later${quote}`);
}
