import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import type { Minimised } from '../../../lab/minimise/minimise.ts';
import type { Step } from '../../../trust/labour.ts';
import type { ValidationState } from '../validation.ts';

export const outcomes = ['smaller', 'as-small-as-it-was', 'could-not-tell'] as const satisfies readonly Minimised['outcome'][];
export const endings = ['smallest', 'limit', 'time', 'stopped'] as const satisfies readonly Minimised['ended'][];

/** A search for a smaller input that keeps the crash. What it finds lies beside what was handed in, and replaces nothing. */
export interface Minimisation {
  readonly id: Id<'min'>;
  readonly findingId: Id<'fnd'>;
  /** As a validation's: the same moves are allowed. */
  readonly state: ValidationState;
  readonly recipeId: string;
  readonly pocId: Id<'blb'>;
  readonly pocSha256: string;
  readonly experiment: string | null;
  readonly progress: Step | null;
  readonly outcome: Minimised['outcome'] | null;
  readonly because: string | null;
  /** The smaller input, confirmed in a whole experiment. */
  readonly found: { readonly blobId: Id<'blb'>; readonly sha256: string } | null;
  readonly bytes: Minimised['bytes'] | null;
  readonly ended: Minimised['ended'] | null;
  readonly tries: number | null;
  readonly requestedBy: string;
  readonly requestedAt: Instant;
  readonly concludedAt: Instant | null;
  readonly label: Label;
}
