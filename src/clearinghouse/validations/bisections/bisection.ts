import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import type { Bisection as Searched } from '../../../lab/bisect/bisect.ts';
import type { Step } from '../../../trust/labour.ts';
import type { ValidationState } from '../validation.ts';

export const outcomes = ['found', 'non-monotone', 'could-not-tell'] as const satisfies readonly Searched['outcome'][];

/** A search of the target's history for where the flaw came in and where it went. */
export interface Bisection {
  readonly id: Id<'bis'>;
  readonly findingId: Id<'fnd'>;
  /** As a validation's: the same moves are allowed. */
  readonly state: ValidationState;
  readonly recipeId: string;
  readonly pocId: Id<'blb'>;
  readonly pocSha256: string;
  readonly experiment: string | null;
  readonly progress: Step | null;
  readonly outcome: Searched['outcome'] | null;
  readonly because: string | null;
  readonly found: Pick<Searched, 'points' | 'ranges' | 'family' | 'measured' | 'interpolated'> | null;
  readonly requestedBy: string;
  readonly requestedAt: Instant;
  readonly concludedAt: Instant | null;
  readonly label: Label;
}
