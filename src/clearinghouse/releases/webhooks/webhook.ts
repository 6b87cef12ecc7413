import { createHmac, type KeyObject } from 'node:crypto';
import { canonical } from '../../../base/canonical.ts';
import type { Id } from '../../../base/id.ts';
import { day, epochMs, hour, type Instant, minute, plusMs, second } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { linkOf } from '../../cases/notices/letter.ts';
import type { Notice } from '../../cases/notices/notice.ts';
import { points } from '../../cases/notices/points.ts';

export const abouts = ['releases', 'cases'] as const;

/** `parked`: given up until somebody asks for it again; `ended`: its owner or its receiver wants no more. */
type WebhookState = 'active' | 'parked' | 'ended';

/** An address of a member that is told of every release in the order of the feed, or of what one person is told of cases. */
export interface Webhook {
  readonly id: Id<'whk'>;
  readonly orgId: Id<'org'>;
  readonly url: string;
  /** `cases`: what the person who added it is told, and nobody else. */
  readonly about: (typeof abouts)[number];
  readonly state: WebhookState;
  /** The last `seq` that it took. */
  readonly toldSeq: number;
  /** In a row. */
  readonly failures: number;
  readonly dueAt: Instant;
  /** Somebody is telling it, until then. */
  readonly leasedUntil: Instant | null;
  readonly secretVersion: number;
  readonly rotatedAt: Instant | null;
  readonly addedBy: string;
  readonly addedAt: Instant;
  readonly lastAt: Instant | null;
  readonly lastStatus: number | null;
  /** What went wrong the last time. */
  readonly because: string | null;
  readonly label: Label;
}

export interface Message {
  readonly seq: number;
  /** The same however often it is sent: Standard Webhooks has receivers tell repetitions by it. */
  readonly id: string;
  readonly body: string;
}

/** What the attempt needs, and nothing that is not public but the secrets. */
export interface TellSpec {
  readonly url: string;
  /** Newest first; the one before counts for a while after it was changed. */
  readonly secrets: readonly string[];
  readonly messages: readonly Message[];
}

export interface Told {
  readonly seq: number;
  /** null = no answer. */
  readonly status: number | null;
  readonly because: string | null;
  /** The receiver's address leads where this hub does not call; asking again is no use. */
  readonly isHopeless: boolean;
  readonly retryAfterSeconds: number | null;
}

/** How long the secret before the present one is signed with, too. */
const secretOverlapMs = day;
/** How long a worker has for one round before another may take it up. */
export const leaseMs = 15 * minute;

/** Derived, not kept: 32 bytes from the hub's own secret, as Standard Webhooks writes them. */
export function secretOf(hubSecret: KeyObject, id: string, version: number): string {
  return `whsec_${createHmac('sha256', hubSecret).update(`webhook ${id} ${version}`).digest('base64')}`;
}

export function secretsOf(hubSecret: KeyObject, of: Webhook, now: Instant): string[] {
  const overlaps = of.rotatedAt !== null && plusMs(of.rotatedAt, secretOverlapMs) > now;
  const versions = overlaps ? [of.secretVersion, of.secretVersion - 1] : [of.secretVersion];
  return versions.map((version) => secretOf(hubSecret, of.id, version));
}

/** Ids and links only: whoever listens in on the way learns no more than that something was published. */
export function messageOf(webhookId: string, origin: string, entry: string): Message {
  const { seq, release, id, version, publishedAt, documents } = JSON.parse(entry) as {
    readonly seq: number;
    readonly release: string;
    readonly id: string;
    readonly version: number;
    readonly publishedAt: string;
    readonly documents: readonly { readonly path: string }[];
  };
  const links = documents.map(({ path }) => `https://${origin}/public/${path.split('/').map(encodeURIComponent).join('/')}`);
  const data = { seq, release, id, version, links, feed: `https://${origin}/api/feed?after=${seq - 1}` };
  // A dot would end the id where the receiver takes signature, id and time apart; there is none in it.
  const message = `msg_${webhookId.slice(4)}_${seq}`;
  return { seq, id: message, body: canonical({ type: 'release.published', timestamp: publishedAt, data }) };
}

/** A notice as a receiver is told it: which kind, which case by its id, the link, the hour. What happened is read there, by whoever may. */
export function noticeMessageOf(webhookId: string, desk: string, of: Notice, isTold: boolean): Message {
  const { seq, caseId, deadlineAt, at, point } = of;
  // The numbers stay without a gap; what it was about is not said any more.
  const data = isTold
    ? { seq, kind: points[point].kind, case: caseId, link: `${desk}/${linkOf(of)}`, deadlineAt }
    : { seq, kind: 'withheld', case: null, link: `${desk}/notices`, deadlineAt: null };
  return { seq, id: `msg_${webhookId.slice(4)}_${seq}`, body: canonical({ type: 'case.notice', timestamp: at, data }) };
}

/** Standard Webhooks 1.0.0, "Signature scheme": `v1`, HMAC-SHA256 over id, time and body, one for each secret. */
export function headersOf(secrets: readonly string[], message: Message, at: Instant): Record<string, string> {
  const timestamp = String(Math.floor(epochMs(at) / second));
  const signed = `${message.id}.${timestamp}.${message.body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  });
  return {
    'content-type': 'application/json',
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

/** The schedule that Standard Webhooks gives as an example: three days in all. */
const pausesMs = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];

/** How it stands after a round. `jitter` is from 0 to 1. */
export function afterRound(of: Webhook, round: readonly Told[], now: Instant, jitter: number): Webhook {
  const failed = round.find((t) => t.status === null || t.status < 200 || t.status > 299);
  const taken = failed ? round.slice(0, round.indexOf(failed)) : round;
  const last = failed ?? round.at(-1);
  const next: Webhook = {
    ...of,
    leasedUntil: null,
    toldSeq: taken.at(-1)?.seq ?? of.toldSeq,
    failures: failed ? (taken.length > 0 ? 1 : of.failures + 1) : 0,
    dueAt: now,
    lastAt: last ? now : of.lastAt,
    lastStatus: last ? last.status : of.lastStatus,
    because: failed ? (failed.because ?? `answered ${failed.status}`) : null,
  };
  if (!failed) return next;
  if (failed.status === 410) return { ...next, state: 'ended', because: 'the receiver answered 410: it wants no more' };
  if (failed.isHopeless || next.failures >= limits.webhookTries) return { ...next, state: 'parked' };
  const pauseMs = pausesMs[Math.min(next.failures, pausesMs.length) - 1]! * (1 + jitter / 5);
  const askedMs = Math.min((failed.retryAfterSeconds ?? 0) * second, day);
  return { ...next, dueAt: plusMs(now, Math.ceil(Math.max(pauseMs, askedMs))) };
}
