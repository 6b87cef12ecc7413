import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';
import { justifications, type Statement, statementStatuses } from './statement.ts';

const version = z
  .string()
  .min(1)
  .max(limits.versionBytes)
  .regex(/^[\x21-\x7e]+$/, 'a version has no spaces and no control characters');
const range = z.object({ introduced: version.nullish(), fixed: version.nullish() });

export const stateInput = z.object({
  id: wireId('cas'),
  /** Of a supplier who is no member, for whom a coordinator writes down what it said; a member speaks for itself. */
  participantId: wireId('par').optional(),
  /** Where and when a coordinator heard it: a mail, a page. */
  heard: wireText(limits.descriptionBytes).optional(),
  /** Where the case has one only, it may be left out. */
  vulnerabilityId: wireId('vul').optional(),
  /** A purl without version; the case's own package when left out. */
  package: wireText(limits.purlBytes).optional(),
  status: z.enum(statementStatuses),
  justification: z.enum(justifications).optional(),
  affected: z.array(range).max(limits.rangesPerAdvisory).default([]),
  text: wireText(limits.textChars),
});
export const byCase = z.object({ id: wireId('cas') });
export const approveInput = z.object({ id: wireId('stm') });

const rangeOut = z.object({ introduced: z.string().nullable(), fixed: z.string().nullable() });
export const statementOut = z.object({
  id: wireId('stm'),
  caseId: wireId('cas'),
  participantId: wireId('par'),
  vulnerabilityId: wireId('vul'),
  orgId: wireId('org').nullable(),
  heard: z.string().nullable(),
  /** The supplier's. */
  orgName: z.string(),
  package: z.string(),
  status: z.enum(statementStatuses),
  justification: z.enum(justifications).nullable(),
  affected: z.array(rangeOut),
  text: z.string(),
  saidBy: z.string(),
  saidAt: wireInstant,
  state: z.enum(['given', 'approved', 'replaced']),
  approvedBy: z.string().nullable(),
  approvedAt: wireInstant.nullable(),
});
const silentOut = z.object({
  participantId: wireId('par'),
  vulnerabilityId: wireId('vul'),
  orgId: wireId('org').nullable(),
  orgName: z.string(),
  since: wireInstant,
});
export const statementsOut = z.object({
  items: z.array(statementOut),
  /** What suppliers who were told have not answered yet, vulnerability by vulnerability, and since when; the longest silent first. */
  silent: z.array(silentOut),
});

/** A statement with the name of who said it. */
export type Named = Statement & { readonly orgName: string };
export interface Standing {
  readonly items: readonly Named[];
  readonly silent: readonly z.input<typeof silentOut>[];
}

export function present(statement: Named): z.input<typeof statementOut> {
  const { label: _, ...shown } = statement;
  return { ...shown, affected: statement.affected.map((r) => ({ ...r })) };
}
