import type { FastifyInstance } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { isRefusal, refuse } from '../base/refusal.ts';
import { answered, cosign, questions, seenCheckpoint } from '../clearinghouse/releases/witnesses/actions.ts';
import { type Answer, notAnAsking } from '../clearinghouse/releases/witnesses/witness.ts';
import { house } from '../trust/access.ts';
import { act } from '../trust/act.ts';
import { sendRefusal } from './http.ts';
import { repeat, type Worker } from './jobs.ts';

const everyMs = 1000;
const who = { actor: house };

/**
 * The witness door (https://c2sp.org/tlog-witness): `POST /witness/add-checkpoint` for the logs that this hub was told to watch,
 * `GET /witness/<SHA-256 of the origin>/checkpoint` for whoever monitors them.
 */
export function witnessRoutes(app: FastifyInstance, doors: Doors): void {
  app.register(async (witness) => {
    witness.removeAllContentTypeParsers();
    witness.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    witness.post('/witness/add-checkpoint', { bodyLimit: limits.witnessRequestBytes }, async (request, reply) => {
      const body = textOf(request.body);
      const answer = body === undefined ? notAnAsking : ((await act(doors, cosign, { who, input: { body } })) as Answer);
      if (isRefusal(answer)) return sendRefusal(reply, answer);
      return reply
        .code(answer.status)
        .header('cache-control', 'no-store')
        .header('content-type', answer.type)
        .send(Buffer.from(answer.body));
    });
    witness.get<{ Params: { hash: string } }>('/witness/:hash/checkpoint', async ({ params }, reply) => {
      const checkpoint = await seenCheckpoint(doors, params.hash);
      if (checkpoint === undefined) return sendRefusal(reply, refuse('not_found', 'no such log, or never cosigned'));
      return reply.header('cache-control', 'no-cache').type('text/plain; charset=utf-8').send(checkpoint);
    });
  });
}

/** Asks the witnesses of the log of releases, all at once and beside everything else: no release waits for any of them. */
export function startAsking(doors: Doors, log: (problem: string, error: unknown) => void): Worker {
  return repeat(everyMs, log, () => askWitnesses(doors));
}

/** One round; returns how many are to be asked again at once. */
export async function askWitnesses(doors: Doors): Promise<number> {
  const { items } = (await act(doors, questions, { who, input: {} })) as {
    items: { witness: string; url: string; size: number; body: string }[];
  };
  const rounds = items.map(async ({ witness, url, size, body }) => {
    const answer = await post(doors, url, body);
    const outcome = (await act(doors, answered, { who, input: { witness, size, ...answer } })) as { again: boolean };
    return outcome.again ? 1 : 0;
  });
  return (await Promise.all(rounds)).reduce<number>((n, again) => n + again, 0);
}

async function post(doors: Doors, url: string, body: string): Promise<{ status: number; body: string }> {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  const bounds = { timeoutMs: limits.witnessMs, maxBytes: limits.witnessAnswerBytes };
  const answer = await doors.net.post(url, { headers, body: Buffer.from(body), ...bounds });
  return isRefusal(answer) ? { status: 0, body: answer.because } : { status: answer.status, body: textOf(answer.body) ?? '' };
}

function textOf(bytes: unknown): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes as Uint8Array);
  } catch {
    return undefined;
  }
}
