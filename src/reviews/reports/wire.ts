import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { verdicts } from '../determinations/rule.ts';
import { agreementOut } from '../estimates/wire.ts';
import { outcomes } from '../grades/grade.ts';
import { judgementKinds } from '../grades/judgements/judgement.ts';
import { skills } from '../suites/suite.ts';
import type { Report, ReportNow } from './report.ts';

const words = wireText(limits.textChars);
const number = z.int().min(1).max(limits.suiteTasks);

export const issueInput = z.object({
  determinationId: wireId('det'),
  mitigations: z.array(words).max(limits.reportMitigations).default([]),
  /** Remarks are read by the developer: nothing of a task's hidden text belongs here. */
  remarks: z
    .array(z.object({ sample: number, text: words }))
    .max(limits.suiteTasks)
    .refine((remarks) => new Set(remarks.map((r) => r.sample)).size === remarks.length, 'two remarks on one sample')
    .default([]),
});
export const byId = z.object({ id: wireId('rpt') });
export const page = wirePage;

export const reportOut = z.object({
  id: wireId('rpt'),
  determinationId: wireId('det'),
  planId: wireId('pln'),
  submissionId: wireId('sub'),
  orgId: wireId('org'),
  planDigest: z.string(),
  verdict: z.enum(verdicts),
  reasons: z.array(z.string()),
  samples: z.array(
    z.object({
      sample: z.number(),
      taskDigest: z.string(),
      skill: z.enum(skills),
      disclosedAt: wireInstant,
      attempts: z.array(z.object({ budget: z.number(), epoch: z.number(), outcome: z.string() })),
      remark: z.string().nullable(),
    }),
  ),
  mitigations: z.array(z.string()),
  issuedAt: wireInstant,
  said: z.array(
    z.object({
      ...{ sample: z.number(), budget: z.number(), epoch: z.number(), kind: z.enum(['graded', ...judgementKinds]) },
      ...{ outcome: z.enum(outcomes).nullable(), byOrgId: z.string(), byName: z.string().nullable(), answer: z.string().nullable() },
      saidAt: wireInstant.nullable(),
    }),
  ),
  agreement: agreementOut.nullable(),
});
const issuedOut = reportOut.omit({ said: true, agreement: true });
export const listOut = z.object({ items: z.array(issuedOut.omit({ samples: true })) });
export const ownOut = issuedOut;

export function present({ said, agreement, ...report }: ReportNow, viewer: Actor): z.input<typeof reportOut> {
  return { ...presentIssued(report, viewer), said: [...said], agreement };
}

export function presentIssued(report: Report, _viewer: Actor): z.input<typeof issuedOut> {
  const { label: _label, reasons, samples, mitigations, ...rest } = report;
  return {
    ...rest,
    reasons: [...reasons],
    samples: samples.map((s) => ({ ...s, attempts: [...s.attempts] })),
    mitigations: [...mitigations],
  };
}
