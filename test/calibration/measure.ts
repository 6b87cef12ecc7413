import type { Decision } from '../../src/clearinghouse/duplicates/same.ts';

export interface Rates {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Share of pairs left to a person. */
  readonly abstain: number;
}

/** Of labelled pairs; a pair left unsure is not found. */
export function ratesOf(decided: readonly { readonly decision: Decision; readonly same: boolean }[]): Rates {
  const count = (decision: Decision, same: boolean) => decided.filter((d) => d.decision === decision && d.same === same).length;
  const found = count('same', true);
  const precision = found / (found + count('same', false) || 1);
  const recall = found / (decided.filter((d) => d.same).length || 1);
  return {
    precision,
    recall,
    f1: (2 * precision * recall) / (precision + recall || 1),
    abstain: decided.filter((d) => d.decision === 'unsure').length / (decided.length || 1),
  };
}

/** B-cubed precision, recall and F1 of a grouping against the true groups, item by item. */
export function bCubed(found: readonly string[], truth: readonly string[]): Pick<Rates, 'precision' | 'recall' | 'f1'> {
  const sizes = (of: readonly string[]) => Map.groupBy(of, (name) => name);
  const both = sizes(found.map((name, i) => `${name}\0${truth[i]}`));
  const [foundSizes, trueSizes] = [sizes(found), sizes(truth)];
  let [precision, recall] = [0, 0];
  for (const [i, name] of found.entries()) {
    const shared = both.get(`${name}\0${truth[i]}`)!.length;
    precision += shared / foundSizes.get(name)!.length / found.length;
    recall += shared / trueSizes.get(truth[i]!)!.length / found.length;
  }
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall || 1) };
}

/** Expected calibration error over ten equal bins of the probability. */
export function calibrationError(scored: readonly { readonly score: number; readonly same: boolean }[]): number {
  const bins = Map.groupBy(scored, ({ score }) => Math.min(9, Math.floor(score * 10)));
  let error = 0;
  for (const bin of bins.values()) {
    const said = bin.reduce((sum, { score }) => sum + score, 0);
    error += Math.abs(said - bin.filter(({ same }) => same).length) / scored.length;
  }
  return error;
}
