import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { Fault, isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { bulkEntry } from '../clearinghouse/findings/actions.ts';
import { isUploadName } from '../clearinghouse/findings/imports/wire.ts';
import { may } from '../trust/access.ts';
import { act, identify, notAllowed } from '../trust/act.ts';
import { type BulkEntry, entriesOfLines, entriesOfZip } from './bulk-entries.ts';
import { sendRefusal } from './http.ts';
import { type Traffic, traffic } from './traffic.ts';

type Log = (problem: string, error: unknown) => void;

interface Upload {
  readonly name: string;
  readonly from: number;
  readonly isZip: boolean;
  /** Format, package and provenance, the same for every entry. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly secret: string;
}

/**
 * `POST /api/findings/bulk`: JSON Lines, or a zip archive (`application/zip`), each line or file a document as `findings.import` takes it. The
 * answer is JSON Lines as well, and comes while the stream is still being sent: whoever sends has to read. `Upload-Id` names the upload;
 * `Upload-From` is the number of the first line, when an upload goes on. Every entry is an act of its own under a key of its own.
 */
export function bulkRoutes(app: FastifyInstance, doors: Doors, log: Log = console.error, handedIn: Traffic = traffic()): void {
  const open = new Map<FastifyRequest, string>();
  void app.register(async (bulk) => {
    bulk.removeAllContentTypeParsers();
    bulk.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    // A hub that is stopped does not wait for streams; whoever sends goes on when it is back.
    bulk.addHook('preClose', async () => {
      for (const request of open.keys()) request.raw.destroy();
    });
    bulk.post('/api/findings/bulk', async (request, reply) => {
      // What is still being sent when the answers have ended is not read: the connection ends with them.
      reply.header('cache-control', 'no-store').header('connection', 'close');
      const upload = uploadOf(request);
      if (isRefusal(upload)) return sendRefusal(reply, upload);
      const orgId = await senderOf(doors, upload);
      if (isRefusal(orgId)) return sendRefusal(reply, orgId);
      if ([...open.values()].filter((of) => of === orgId).length >= limits.bulkAtOnce)
        return sendRefusal(reply, refuse('too_many', `an organisation sends at most ${limits.bulkAtOnce} uploads at once`));
      open.set(request, orgId);
      request.raw.setTimeout(limits.bulkIdleMs, () => request.raw.destroy());
      const answers = Readable.from(answersTo(doors, upload, chunksOf(request), { log, handedIn }), {
        objectMode: false,
        highWaterMark: 16 * 1024,
      });
      answers.once('close', () => open.delete(request));
      return reply.type('application/x-ndjson').send(answers);
    });
  });
}

function uploadOf(request: FastifyRequest): Upload | Refusal {
  const secret = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (secret === undefined) return refuse('not_permitted', 'sign in first: send "Authorization: Bearer <token>"', 'Authorization');
  const name = request.headers['upload-id'];
  if (typeof name !== 'string' || !isUploadName(name))
    return refuse('malformed', 'name the upload: 1 to 64 letters, digits, dots, colons, dashes or underscores', 'Upload-Id');
  const from = Number(request.headers['upload-from'] ?? '1');
  if (!Number.isInteger(from) || from < 1 || from > limits.bulkEntries)
    return refuse('malformed', 'must be the number of an entry', 'Upload-From');
  const isZip = /^application\/(x-)?zip/i.test(request.headers['content-type'] ?? '');
  if (isZip && from !== 1) return refuse('malformed', 'an archive is sent again as a whole', 'Upload-From');
  return { name, from, isZip, said: request.query as Record<string, unknown>, secret };
}

interface Around {
  readonly log: Log;
  readonly handedIn: Traffic;
}

/** Settled before the stream is read: who sends, and whether they may. */
async function senderOf(doors: Doors, { secret }: Upload): Promise<string | Refusal> {
  const actor = await identify(doors, { secret });
  if (isRefusal(actor)) return actor;
  return may(actor, bulkEntry) === 'yes' && actor.orgId !== null ? actor.orgId : notAllowed(actor, bulkEntry.name);
}

async function* chunksOf(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  for await (const chunk of request.raw) yield chunk as Uint8Array;
}

async function* answersTo(doors: Doors, upload: Upload, chunks: AsyncIterable<Uint8Array>, around: Around): AsyncGenerator<string> {
  const entries = upload.isZip ? entriesOfZip(chunks) : entriesOfLines(chunks, upload.from);
  let next = upload.from;
  for await (const entry of entries) {
    const answer = await answerTo(doors, upload, entry, around);
    const ends = isRefusal(answer) && (entry.isLast || endsAll(answer));
    if (!ends) next = entry.n + 1;
    yield `${JSON.stringify({ n: entry.n, ...(entry.name === undefined ? {} : { name: entry.name }), ...shown(answer) })}\n`;
    if (ends) break;
  }
  yield `${JSON.stringify({ end: { nextEntry: next } })}\n`;
}

/** The credential, the hub or the upload itself is at its end: no other entry would fare better. */
function endsAll({ code }: Refusal): boolean {
  return code === 'not_permitted' || code === 'unavailable' || code === 'expired';
}

async function answerTo(doors: Doors, upload: Upload, { n, given }: BulkEntry, { log, handedIn }: Around): Promise<unknown | Refusal> {
  if (isRefusal(given)) return given;
  if (n > limits.bulkEntries) return refuse('too_large', `an upload has at most ${limits.bulkEntries} entries`);
  const left = handedIn.enter();
  const input = { ...upload.said, ...documentOf(given), upload: upload.name, entry: n };
  try {
    return await act(doors, bulkEntry, { who: { secret: upload.secret }, input, key: `bulk:${upload.name}:${n}` });
  } catch (error) {
    const reference = error instanceof Fault ? error.reference : 'F-000000000000';
    log(`fault ${reference}`, error);
    return refuse(
      'unavailable',
      `something broke here, not with you: quote ${reference} to whoever runs this hub, and send again from here`,
    );
  } finally {
    left();
  }
}

function documentOf(bytes: Uint8Array): { document: string } | { data: string } {
  const isArchive = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (!isArchive) {
    try {
      return { document: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
    } catch {
      // Kept as it is, for its sender to look at.
    }
  }
  return { data: Buffer.from(bytes).toString('base64') };
}

function shown(answer: unknown): object {
  if (isRefusal(answer)) return { refused: { code: answer.code, because: answer.because, at: answer.at } };
  const { items, quarantined, ...rest } = answer as {
    items: unknown[];
    quarantined?: { id: string; code: string; because: string; at: string | null };
  };
  if (!quarantined) return { receipts: items, ...rest };
  const { id, code, because, at } = quarantined;
  return { quarantined: { id, code, because, at } };
}
