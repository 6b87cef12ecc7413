/** A logistic model: the log-odds of one flaw are the intercept and each feature times its weight. */
export interface Model {
  readonly intercept: number;
  readonly weights: Readonly<Record<string, number>>;
}

/** Calibrated probability, 0 to 1. A feature that the model does not know weighs nothing. */
export function probability(model: Model, features: object): number {
  let odds = model.intercept;
  for (const [name, value] of Object.entries(features)) odds += (model.weights[name] ?? 0) * value;
  return 1 / (1 + Math.exp(-odds));
}

export interface Calibration {
  /** SHA-256 of the data it was fitted to. */
  readonly data: string;
  readonly crash: Model;
  readonly text: Model;
}
