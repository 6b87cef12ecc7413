export const decisions = ['same', 'distinct', 'unsure'] as const;
export type Decision = (typeof decisions)[number];

export interface Decided {
  readonly decision: Decision;
  /** 0 = nothing speaks for one flaw, 1 = everything does. An order for people, not a probability. */
  readonly score: number;
  readonly reasons: readonly string[];
}
