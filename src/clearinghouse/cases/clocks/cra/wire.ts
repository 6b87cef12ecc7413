import { z } from 'zod';
import { isZone } from '../../../../base/business-days.ts';
import { limits } from '../../../../base/limits.ts';
import { wireId, wireInstant, wireName, wireText } from '../../../../base/wire.ts';
import { craStages, type Duty, dueOfStage, type Field, toldFields } from './duty.ts';

export const byCase = z.object({ id: wireId('cas') });
const stage = z.enum(craStages);
/** Of another organisation than your own: for the coordinator. */
const orgId = wireId('org').optional();
export const tellInput = z.object({
  id: wireId('cas'),
  isManufacturer: z.boolean().optional(),
  /** When you knew that it is exploited. */
  awareAt: wireInstant.optional(),
  /** When a corrective or mitigating measure was there. */
  measureAt: wireInstant.optional(),
  memberStates: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'must be a country of ISO 3166-1, e.g. BE'))
    .max(limits.memberStates)
    .optional(),
  told: z.partialRecord(z.enum(toldFields), wireText(limits.textChars)).optional(),
});
export const formInput = z.object({
  ...{ id: wireId('cas'), stage, orgId },
  zone: z.string().refine(isZone, 'must be an IANA time zone, e.g. Europe/Brussels').default('UTC'),
});
export const sentInput = z.object({ id: wireId('cas'), stage, at: wireInstant, reference: wireName });

export const dutyOut = z.object({
  caseId: wireId('cas'),
  orgId: z.string(),
  isManufacturer: z.boolean().nullable(),
  awareAt: wireInstant,
  measureAt: wireInstant.nullable(),
  memberStates: z.array(z.string()),
  stages: z.array(z.object({ stage, dueAt: wireInstant.nullable(), sentAt: wireInstant.nullable(), reference: z.string().nullable() })),
});
export const dutiesOut = z.object({ items: z.array(dutyOut) });
export const formOut = z.object({
  stage,
  regulation: z.string(),
  dueAt: wireInstant.nullable(),
  /** With the hour, in the zone that was asked for. */
  dueWritten: z.string().nullable(),
  fields: z.array(
    z.object({ name: z.string(), clause: z.string(), value: z.string().nullable(), origin: z.enum(['case', 'told', 'missing']) }),
  ),
});

interface Filled {
  readonly stage: (typeof craStages)[number];
  readonly dueAt: z.input<typeof formOut>['dueAt'];
  readonly dueWritten: string | null;
  readonly fields: readonly Field[];
}

export function presentDuty(of: Duty): z.input<typeof dutyOut> {
  const stages = craStages.map((name) => {
    const sent = of.sent[name];
    return { stage: name, dueAt: dueOfStage(of, name) ?? null, sentAt: sent?.at ?? null, reference: sent?.reference ?? null };
  });
  const { caseId, orgId: org, isManufacturer, awareAt, measureAt, memberStates } = of;
  return { caseId, orgId: org, isManufacturer, awareAt, measureAt, memberStates: [...memberStates], stages };
}

export function presentForm({ fields, ...of }: Filled): z.input<typeof formOut> {
  return { ...of, regulation: 'Regulation (EU) 2024/2847, Article 14(2)', fields: fields.map((f) => ({ ...f })) };
}
