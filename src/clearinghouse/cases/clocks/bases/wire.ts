import { z } from 'zod';
import { limits } from '../../../../base/limits.ts';
import { wireId, wireInstant, wireName } from '../../../../base/wire.ts';
import type { Actor } from '../../../../trust/access.ts';
import { type LegalBasis, lapseChoices, onSilence, type Share } from './basis.ts';

export const byCase = z.object({ id: wireId('cas') });
export const nothing = z.object({});
export const basisInput = z.object({
  id: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9-]*$/, 'must be a short name like us-cisa-2015'),
  name: wireName,
  citation: wireName,
  lapsesAt: wireInstant,
  /** Where it was read. */
  url: z.url({ protocol: /^https?$/ }).max(limits.referenceBytes),
  readAt: wireInstant,
});
export const chooseInput = z.object({ id: wireId('cas'), choice: z.enum(lapseChoices) });
export const lapseInput = z.object({ id: wireId('cas'), orgId: z.string() });

export const basisOut = basisInput.extend({ lapsesAt: wireInstant, readAt: wireInstant, readFrom: z.string() });
export const basesOut = z.object({ items: z.array(basisOut) });
const shareOut = z.object({
  orgId: z.string(),
  basis: z.string(),
  citation: z.string(),
  since: wireInstant,
  lapsesAt: wireInstant,
  choice: z.enum(lapseChoices).nullable(),
  /** What counts where nothing was chosen. */
  onSilence: z.enum(lapseChoices),
  lapsedAt: wireInstant.nullable(),
});
export const sharesOut = z.object({ items: z.array(shareOut) });

interface Shared {
  readonly shares: readonly Share[];
  readonly bases: readonly LegalBasis[];
}

/** Who takes part is for the coordinator; others see their own. */
export function presentShares({ shares, bases }: Shared, viewer: Actor): z.input<typeof sharesOut> {
  const seen = shares.filter((s) => viewer.roles.includes('coordinator') || s.orgId === viewer.orgId);
  const items = seen.flatMap(({ orgId, basisId, sinceAt, onLapse, lapsedAt }) => {
    const basis = bases.find((b) => b.id === basisId);
    const by = basis && { basis: basis.name, citation: basis.citation, lapsesAt: basis.lapsesAt };
    return by ? [{ orgId, ...by, since: sinceAt, choice: onLapse, onSilence, lapsedAt }] : [];
  });
  return { items };
}
