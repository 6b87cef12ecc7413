import { z } from 'zod';
import { wireId, wirePage } from '../../base/wire.ts';
import type { Member, Vulnerability } from './duplicate.ts';
import type { Comparison } from './pairs/pair.ts';
import { comparisonOut, presentComparison } from './pairs/wire.ts';
import { historyOut, presentHistory, presentVulnerability, vulnerabilityOut } from './places/wire.ts';
import type { Regrouping } from './regroupings/regrouping.ts';
import { presentRegrouping, regroupingOut } from './regroupings/wire.ts';

export const compareInput = z.object({ id: wireId('fnd') });
export const byId = z.object({ id: wireId('vul') });
export const page = wirePage;

export const compareOut = z.object({ compared: z.number(), vulnerabilityId: wireId('vul').nullable() });
export const listOut = z.object({ items: z.array(vulnerabilityOut) });
export const getOut = vulnerabilityOut.extend({
  /** Every membership there ever was, those that ended too. */
  history: historyOut,
  comparisons: z.array(comparisonOut),
  /** What people did to it, newest first: what duplicates.undo takes. */
  regroupings: z.array(regroupingOut),
});

/** Everything about one vulnerability. */
interface Shown {
  readonly vulnerability: Vulnerability;
  readonly history: readonly Member[];
  readonly comparisons: readonly Comparison[];
  readonly regroupings: readonly Regrouping[];
}

export function present(shown: Shown): z.input<typeof getOut> {
  return {
    ...presentVulnerability(shown.vulnerability),
    history: presentHistory(shown.history),
    comparisons: shown.comparisons.map(presentComparison),
    regroupings: shown.regroupings.map(presentRegrouping),
  };
}
