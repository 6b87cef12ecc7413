import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import type { Move } from '../../../base/states.ts';
import type { Band } from '../../findings/queue/band.ts';
import type { ExclusionCheck } from '../read-ins/read-in.ts';
import type { Severity } from './pace.ts';

export const deliveryStates = ['waiting', 'delivered', 'withdrawn'] as const;
type DeliveryState = (typeof deliveryStates)[number];

export const deliveryMoves: readonly Move<DeliveryState, 'deliver' | 'withdraw'>[] = [
  { from: 'waiting', by: 'deliver', to: 'delivered' },
  { from: 'waiting', by: 'withdraw', to: 'withdrawn' },
];

/** The named person of the project to whom the case is offered, with what the gates of a read-in ask. */
export interface Recipient {
  readonly personId: Id<'psn'>;
  readonly need: string;
  readonly sponsorId: Id<'psn'>;
  readonly exclusions: ExclusionCheck;
}

/** One case on its way to the maintainers of one package. Delivered = the read-in is offered: from then on the project knows. */
export interface Delivery {
  readonly id: Id<'dlv'>;
  readonly caseId: Id<'cas'>;
  /** Canonical purl without version. */
  readonly package: string;
  readonly recipient: Recipient;
  readonly band: Band;
  readonly severity: Severity;
  readonly state: DeliveryState;
  readonly queuedBy: string;
  readonly queuedAt: Instant;
  readonly settledAt: Instant | null;
  readonly because: string | null;
  readonly label: Label;
}
