import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../base/wire.ts';
import { factNames } from './facts.ts';
import type { Priority } from './priority.ts';
import { automatables, decisions, exploitations, missionWellbeings, technicalImpacts } from './ssvc.ts';

/** No answer without what it rests on. */
const answer = <T extends readonly [string, ...string[]]>(values: T) =>
  z.object({ value: z.enum(values), evidence: wireText(limits.textChars) });

export const assessInput = z.object({
  caseId: wireId('cas'),
  cvssVector: z.string().min(1).max(limits.cvssVectorChars),
  ssvc: z.object({
    exploitation: answer(exploitations),
    automatable: answer(automatables),
    technicalImpact: answer(technicalImpacts),
    missionWellbeing: answer(missionWellbeings),
  }),
  /** To decide otherwise than the table does; recorded as such. */
  deviation: z.object({ decision: z.enum(decisions), because: wireText(limits.textChars) }).optional(),
});
export const byCase = z.object({ caseId: wireId('cas') });
export const page = wirePage;

export const factsOut = z.object({
  items: z.array(
    z.object({
      findingId: wireId('fnd'),
      fact: z.enum(factNames),
      value: z.string(),
      /** `shown`: by a re-run of ours; `stated`: by the finder alone. */
      origin: z.enum(['shown', 'stated']),
      /** Where it was read from: a report of a run in the record, the record itself, or what the finder wrote. */
      evidence: z.object({ path: z.string(), sha256: z.string().nullable() }),
    }),
  ),
});

const cvssOut = z.object({
  version: z.enum(['2.0', '3.0', '3.1', '4.0']),
  vector: z.string(),
  base: z.number(),
  temporal: z.number().optional(),
  environmental: z.number().optional(),
  severity: z.enum(['NONE', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
});
const points = z.object({
  exploitation: z.enum(exploitations),
  automatable: z.enum(automatables),
  technicalImpact: z.enum(technicalImpacts),
  missionWellbeing: z.enum(missionWellbeings),
});
const evidence = z.object({ exploitation: z.string(), automatable: z.string(), technicalImpact: z.string(), missionWellbeing: z.string() });
export const priorityOut = z.object({
  id: wireId('pri'),
  caseId: wireId('cas'),
  decision: z.enum(decisions),
  deviation: z.object({ decision: z.enum(decisions), because: z.string() }).nullable(),
  cvss: cvssOut,
  ssvc: z.object({ table: z.string(), decision: z.enum(decisions), points }),
  evidence,
  assessedBy: z.string(),
  assessedAt: wireInstant,
});
export const historyOut = z.object({ items: z.array(priorityOut) });
const listed = priorityOut.pick({ id: true, caseId: true, decision: true, assessedAt: true }).extend({ cvss: cvssOut });
export const listOut = z.object({ items: z.array(listed) });

export function present(p: Priority): z.input<typeof priorityOut> {
  const { id, caseId, decision, deviation, cvss, ssvc, evidence: basis, assessedBy, assessedAt } = p;
  return { id, caseId, decision, deviation, cvss, ssvc, evidence: basis, assessedBy, assessedAt };
}

export function presentListed(p: Priority): z.input<typeof listed> {
  const { id, caseId, decision, cvss, assessedAt } = p;
  return { id, caseId, decision, cvss, assessedAt };
}
