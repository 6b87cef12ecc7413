import type { Model } from '../../src/clearinghouse/duplicates/model.ts';

/** One observation: its features, whether it is of the positive class, and how often it counts. */
export interface Example {
  readonly features: Readonly<Record<string, number>>;
  readonly positive: boolean;
  readonly weight: number;
}

/**
 * Ridge-regularised logistic regression by iteratively re-weighted least squares. `ridge` is in units of one observation, on features scaled
 * to unit variance; the intercept is not shrunk.
 */
export function fitLogistic(examples: readonly Example[], ridge: number): Model {
  const names = Object.keys(examples[0]!.features);
  const scale = names.map((name) => moments(examples, name));
  const rows = examples.map((e) => [1, ...names.map((name, j) => (e.features[name]! - scale[j]!.mean) / scale[j]!.sd)]);
  const beta = new Array<number>(names.length + 1).fill(0);
  for (let round = 0; round < 50; round++) {
    const step = newtonStep(rows, examples, beta, ridge);
    for (const [j, by] of step.entries()) beta[j]! += by;
    if (Math.max(...step.map(Math.abs)) < 1e-9) break;
  }
  const weights = names.map((_, j) => beta[j + 1]! / scale[j]!.sd);
  return {
    intercept: beta[0]! - weights.reduce((sum, w, j) => sum + w * scale[j]!.mean, 0),
    weights: Object.fromEntries(names.map((name, j) => [name, weights[j]!])),
  };
}

function moments(examples: readonly Example[], name: string): { mean: number; sd: number } {
  const total = examples.reduce((sum, e) => sum + e.weight, 0);
  const mean = examples.reduce((sum, e) => sum + e.weight * e.features[name]!, 0) / total;
  const variance = examples.reduce((sum, e) => sum + e.weight * (e.features[name]! - mean) ** 2, 0) / total;
  return { mean, sd: Math.sqrt(variance) || 1 };
}

function newtonStep(rows: readonly number[][], examples: readonly Example[], beta: readonly number[], ridge: number): number[] {
  const n = beta.length;
  const hessian = Array.from({ length: n }, (_, j) => Array.from({ length: n }, (_, k) => (j === k && j > 0 ? ridge : 0)));
  const gradient = beta.map((b, j) => (j > 0 ? -ridge * b : 0));
  for (const [i, row] of rows.entries()) {
    const p = 1 / (1 + Math.exp(-row.reduce((sum, x, j) => sum + x * beta[j]!, 0)));
    const { positive, weight } = examples[i]!;
    for (let j = 0; j < n; j++) {
      gradient[j]! += weight * ((positive ? 1 : 0) - p) * row[j]!;
      for (let k = 0; k < n; k++) hessian[j]![k]! += weight * p * (1 - p) * row[j]! * row[k]!;
    }
  }
  return solve(hessian, gradient);
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = rows.slice(i).reduce((best, row, k) => (Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? i + k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let k = i + 1; k < n; k++) {
      const factor = rows[k]![i]! / rows[i]![i]!;
      for (let j = i; j <= n; j++) rows[k]![j]! -= factor * rows[i]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--)
    x[i] = (rows[i]![n]! - rows[i]!.slice(i + 1, n).reduce((sum, v, k) => sum + v * x[i + 1 + k]!, 0)) / rows[i]![i]!;
  return x;
}
