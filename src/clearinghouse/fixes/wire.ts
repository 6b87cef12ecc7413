import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { type Fix, fixStates } from './fix.ts';

export const matchInput = z.object({ id: wireId('rel') });
export const observeInput = z.object({ id: wireId('inv') });
export const byId = z.object({ id: wireId('fix') });
export const claimInput = z.object({ id: wireId('fix'), how: wireText(limits.nameChars) });
export const page = wirePage;
export const rollupInput = z.object({ advisoryId: wireId('adv') });

export const changedOut = z.object({ exposed: z.number(), observed: z.number(), couldNotTell: z.number() });
export const fixOut = z.object({
  id: wireId('fix'),
  releaseId: wireId('rel'),
  advisoryId: wireId('adv'),
  trackingId: z.string(),
  inventoryId: wireId('inv'),
  package: z.string(),
  components: z.array(z.string()),
  fixedIn: z.array(z.string()),
  state: z.enum(fixStates),
  because: z.string(),
  claim: z.string().nullable(),
  exposedAt: wireInstant,
  /** By when to fix, and the rule that says so. */
  due: z.object({ at: wireInstant.nullable(), because: z.string() }),
  claimedAt: wireInstant.nullable(),
  observedAt: wireInstant.nullable(),
});
export const listOut = z.object({ items: z.array(fixOut) });
const cell = z.number().nullable();
export const rollupOut = z.object({
  /** null = fewer operators than may be told, or it would give a hidden count away. */
  operators: cell,
  states: z.object({ exposed: cell, 'could-not-tell': cell, 'fix-claimed': cell, observed: cell }),
  atLeast: z.number(),
});

export function present(fix: Fix, _viewer: Actor): z.input<typeof fixOut> {
  const { orgId: _, label: __, ...shown } = fix;
  return { ...shown, due: { ...fix.due }, components: [...fix.components], fixedIn: [...fix.fixedIn] };
}
