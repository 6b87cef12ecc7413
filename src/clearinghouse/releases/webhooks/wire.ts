import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wirePage } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import { abouts, type Webhook } from './webhook.ts';

const url = z
  .url({ protocol: /^https?$/ })
  .max(limits.webhookUrlChars)
  .refine(
    (text) => isPlain(URL.parse(text)) && text.isWellFormed() && !text.includes('\u0000'),
    'must be a URL without user, password and fragment',
  );

function isPlain(of: URL | null): boolean {
  return of !== null && of.username === '' && of.password === '' && of.hash === '';
}

export const addInput = z.object({
  url,
  /** `cases`: what you yourself are told, as it is told; the links, never what happened. */
  about: z.enum(abouts).default('releases'),
  /** The last `seq` of the feed that you have; from now on, when left out. */
  after: z.coerce.number().int().min(0).optional(),
});
export const byId = z.object({ id: wireId('whk') });
export const redeliverInput = z.object({
  id: wireId('whk'),
  /** Everything after this `seq` is told again; where it stopped, when left out. */
  after: z.coerce.number().int().min(0).optional(),
});
export const page = wirePage;
export const nothing = z.object({});
export const concludeInput = z.object({
  id: wireId('whk'),
  evidence: z
    .array(
      z.object({
        seq: z.number().int().min(1),
        status: z.number().int().min(100).nullable(),
        because: z.string().max(limits.becauseChars).nullable(),
        isHopeless: z.boolean(),
        retryAfterSeconds: z.number().min(0).nullable(),
      }),
    )
    .max(limits.webhookBatch),
});

export const webhookOut = z.object({
  id: wireId('whk'),
  orgId: wireId('org'),
  url: z.string(),
  about: z.enum(abouts),
  state: z.enum(['active', 'parked', 'ended']),
  toldSeq: z.number(),
  failures: z.number(),
  nextAt: wireInstant.nullable(),
  addedAt: wireInstant,
  lastAt: wireInstant.nullable(),
  lastStatus: z.number().nullable(),
  because: z.string().nullable(),
});
export const secretOut = webhookOut.extend({ secret: z.string() });
export const listOut = z.object({ items: z.array(webhookOut) });
export const wokenOut = z.object({ woken: z.number() });

export function present(of: Webhook, _viewer: Actor): z.input<typeof webhookOut> {
  const { id, orgId, url: to, about, state, toldSeq, failures, dueAt, addedAt, lastAt, lastStatus, because } = of;
  return {
    id,
    orgId,
    url: to,
    about,
    state,
    toldSeq,
    failures,
    nextAt: state === 'active' ? dueAt : null,
    addedAt,
    lastAt,
    lastStatus,
    because,
  };
}

/** With the secret, once: after this only those who wrote it down have it. */
export function presentSecret({ secret, ...of }: Webhook & { readonly secret: string }, viewer: Actor): z.input<typeof secretOut> {
  return { ...present(of, viewer), secret };
}
