import { z } from 'zod';
import { limits } from '../../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../../base/wire.ts';
import { readInInput } from '../wire.ts';
import type { Delegation } from './delegation.ts';

export const byCase = z.object({ id: wireId('cas') });
export const delegateInput = byCase.extend({
  delegateId: wireId('psn'),
  orgIds: z.array(wireId('org')).min(1).max(limits.delegatedOrgs),
  fromTier: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  people: z.coerce.number().int().min(1).max(limits.delegatedPeople),
  expiresAt: wireInstant,
  because: wireText(limits.becauseChars),
});
export const revokeInput = byCase.extend({ delegationId: wireId('dlg') });
/** The delegate is the sponsor, and answers for whom they bring. */
export const delegatedInput = readInInput.omit({ sponsorId: true, emergency: true });

export const delegationOut = z.object({
  id: wireId('dlg'),
  caseId: wireId('cas'),
  delegateId: wireId('psn'),
  orgIds: z.array(wireId('org')),
  fromTier: z.number(),
  people: z.number(),
  expiresAt: wireInstant,
});
/** With the organisations by name, and whom of their people one may bring: a delegate reads no other list of people. */
const named = z.object({ id: wireId('org'), name: z.string(), people: z.array(z.object({ id: wireId('psn'), name: z.string() })) });
export const delegationsOut = z.object({
  items: z.array(delegationOut.extend({ delegateName: z.string(), used: z.number(), orgs: z.array(named) })),
});

export function present(of: Delegation): z.input<typeof delegationOut> {
  const { id, caseId, delegateId, fromTier, people, expiresAt } = of;
  return { id, caseId, delegateId, orgIds: [...of.orgIds], fromTier, people, expiresAt };
}

export interface Described extends Delegation {
  readonly delegateName: string;
  readonly used: number;
  readonly orgs: z.input<typeof named>[];
}

export function presentDescribed(of: Described): z.input<typeof delegationsOut>['items'][number] {
  return { ...present(of), delegateName: of.delegateName, used: of.used, orgs: of.orgs };
}
