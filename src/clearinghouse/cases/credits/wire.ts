import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireName } from '../../../base/wire.ts';
import type { Participant } from '../participants/participant.ts';
import { type CreditChoice, namings } from './credit.ts';

export const chooseInput = z
  .object({
    /** The finder's place in the case. */
    id: wireId('par'),
    as: z.enum(namings),
    /** Exactly as it is to be printed: a name or a handle. */
    name: wireName.optional(),
    /** Whether tools and models may be named; otherwise it is only said that AI had a part, where it had. */
    namesTools: z.boolean().default(false),
    /** Of a finder whom you speak for: which of your reports are its; all of them when left out. */
    findingIds: z.array(wireId('fnd')).max(limits.pageRows).default([]),
  })
  .refine((given) => (given.as === 'name') === (given.name !== undefined), {
    message: 'a name goes with as=name, and with nothing else',
    path: ['name'],
  });
export const byCase = z.object({ id: wireId('cas') });
const creditOut = z.object({
  participantId: wireId('par'),
  /** As it is called in the case. */
  finder: z.string(),
  as: z.enum(namings).nullable(),
  name: z.string().nullable(),
  namesTools: z.boolean(),
  findingIds: z.array(wireId('fnd')),
  /** Null: it has not chosen yet. */
  chosenAt: wireInstant.nullable(),
});
export const oneOut = creditOut;
export const creditsOut = z.object({ items: z.array(creditOut) });

interface Chosen {
  readonly finder: Participant;
  readonly choice: CreditChoice | undefined;
}

export function present({ finder, choice }: Chosen): z.input<typeof creditOut> {
  return {
    ...{ participantId: finder.id, finder: finder.name, as: choice?.naming ?? null, name: choice?.name ?? null },
    ...{ namesTools: choice?.namesTools ?? false, findingIds: (choice?.findingIds ?? []) as never[], chosenAt: choice?.chosenAt ?? null },
  };
}
