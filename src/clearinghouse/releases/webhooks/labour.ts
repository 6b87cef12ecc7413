import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import type { WorkDoors } from '../../../trust/labour.ts';
import { headersOf, type Message, type TellSpec, type Told } from './webhook.ts';

/** Tells one receiver what it does not have yet, in order, until it does not take one. */
export async function tell(spec: TellSpec, doors: WorkDoors): Promise<Told[]> {
  const round: Told[] = [];
  for (const message of spec.messages) {
    const told = await tellOne(spec, message, doors);
    round.push(told);
    if (told.status === null || told.status < 200 || told.status > 299) break;
  }
  return round;
}

async function tellOne({ url, secrets }: TellSpec, message: Message, doors: WorkDoors): Promise<Told> {
  const answer = await doors.net.post(url, {
    headers: headersOf(secrets, message, doors.clock.now()),
    body: Buffer.from(message.body),
    timeoutMs: limits.webhookMs,
    maxBytes: limits.webhookAnswerBytes,
  });
  const { seq } = message;
  if (isRefusal(answer)) {
    const isHopeless = answer.code === 'untrusted' || answer.code === 'malformed';
    return { seq, status: null, because: answer.because.slice(0, limits.becauseChars), isHopeless, retryAfterSeconds: null };
  }
  const retryAfter = answer.headers['retry-after'];
  const retryAfterSeconds = retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : null;
  return { seq, status: answer.status, because: null, isHopeless: false, retryAfterSeconds };
}
