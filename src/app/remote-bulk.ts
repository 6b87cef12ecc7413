import { createHash } from 'node:crypto';
import { appendFileSync, createReadStream, existsSync, readFileSync, truncateSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { type Refusal, refusalCodes, refuse } from '../base/refusal.ts';

interface Sending {
  readonly url: string;
  readonly token: string | undefined;
  readonly file: string;
  readonly upload: string | undefined;
  /** JSON Lines of answers; what stands there already is not sent again. */
  readonly receipts: string;
  readonly said: Readonly<Record<string, string | undefined>>;
  say(text: string): void;
}

interface Sent {
  readonly upload: string;
  readonly receipts: string;
  readonly entries: number;
  readonly received: number;
  readonly skipped: number;
  readonly quarantined: number;
  readonly refused: number;
}
interface Answer {
  readonly n?: number;
  readonly receipts?: readonly unknown[];
  readonly skipped?: number;
  readonly quarantined?: object;
  readonly refused?: { readonly code: string; readonly because: string };
  readonly end?: object;
}

const [tries, firstWaitMs] = [6, 500];

/** Sends a file to the bulk door, keeping every answer before it counts; begins again by itself where a connection broke. */
export async function sendBulk(sending: Sending): Promise<Sent | Refusal> {
  const upload = sending.upload ?? (await digestOf(sending.file));
  const isZip = await beginsLikeZip(sending.file);
  for (let failed = 0; ; ) {
    const before = lastAnswered(sending.receipts);
    const outcome = await sendFrom(sending, upload, isZip, before + 1).catch((error: Error) => error);
    if (!(outcome instanceof Error)) return outcome ?? countOf(sending.receipts, upload);
    failed = lastAnswered(sending.receipts) > before ? 1 : failed + 1;
    if (failed >= tries) return refuse('unavailable', `${outcome.message}; run the same command again to go on`);
    await wait(firstWaitMs * 2 ** (failed - 1));
  }
}

/** undefined when all of it was answered; throws where the connection broke. */
async function sendFrom(sending: Sending, upload: string, isZip: boolean, from: number): Promise<Refusal | undefined> {
  const query = new URLSearchParams(Object.entries(sending.said).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const url = new URL(`/api/findings/bulk?${query}`, sending.url);
  const headers = {
    authorization: `Bearer ${sending.token ?? ''}`,
    'content-type': isZip ? 'application/zip' : 'application/x-ndjson',
    'upload-id': upload,
    'upload-from': String(isZip ? 1 : from),
  };
  const sender = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, { method: 'POST', headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => sender.once('response', resolve).once('error', reject));
  const body = isZip ? createReadStream(sending.file) : Readable.from(linesFrom(sending.file, from));
  sender.on('error', () => {});
  // When the hub turns us away it closes the connection on what is still being sent; its answer says why.
  const sent = pipeline(body, sender).catch(() => {});
  const response = await answered;
  if (response.statusCode !== 200) return refusalOf(response);
  let isEnded = false;
  for await (const line of linesOf(response)) {
    const answer = JSON.parse(line) as Answer;
    if (answer.end) isEnded = true;
    if (answer.n === undefined || answer.n < from) continue;
    if (answer.refused?.code === 'not_permitted' || answer.refused?.code === 'unavailable' || answer.refused?.code === 'expired')
      return refuse(answer.refused.code, answer.refused.because);
    appendFileSync(sending.receipts, `${line}\n`);
    sending.say(`${answer.n} answered`);
  }
  await sent;
  if (!isEnded) throw new Error('the connection broke');
  return undefined;
}

/** Not readline's: that one waits for ever on a connection that broke. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}

async function* linesFrom(file: string, from: number): AsyncGenerator<Uint8Array> {
  let n = 0;
  let rest = false;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    if (rest || from === 1) {
      yield chunk;
      continue;
    }
    for (let at = 0; ; ) {
      const end = chunk.indexOf(0x0a, at);
      if (end < 0) break;
      at = end + 1;
      if (++n === from - 1) {
        rest = true;
        if (at < chunk.length) yield chunk.subarray(at);
        break;
      }
    }
  }
}

/** A line cut short by a crash is taken off: its entry is asked for again, and answered as before. */
function lastAnswered(receipts: string): number {
  if (!existsSync(receipts)) return 0;
  const text = readFileSync(receipts, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(receipts, Buffer.byteLength(whole));
  const last = whole.trimEnd().split('\n').at(-1);
  return last ? ((JSON.parse(last) as Answer).n ?? 0) : 0;
}

function countOf(receipts: string, upload: string): Sent {
  const answers = existsSync(receipts)
    ? readFileSync(receipts, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((l) => JSON.parse(l) as Answer)
    : [];
  const sum = (of: (answer: Answer) => number) => answers.reduce((n, answer) => n + of(answer), 0);
  return {
    upload,
    receipts,
    entries: answers.length,
    received: sum((a) => a.receipts?.length ?? 0),
    skipped: sum((a) => a.skipped ?? 0),
    quarantined: sum((a) => (a.quarantined ? 1 : 0)),
    refused: sum((a) => (a.refused ? 1 : 0)),
  };
}

async function refusalOf(response: IncomingMessage): Promise<Refusal> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const { code, detail, at } = JSON.parse(text) as { code?: string; detail?: string; at?: string };
  return refuse(refusalCodes.find((c) => c === code) ?? 'unavailable', detail ?? `the hub answered ${response.statusCode}`, at);
}

async function beginsLikeZip(file: string): Promise<boolean> {
  for await (const chunk of createReadStream(file, { end: 3 })) return (chunk as Buffer).toString('latin1') === 'PK\u0003\u0004';
  return false;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
