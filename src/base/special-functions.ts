/** Numerics behind the intervals, to about 1e-12 relative; arguments are trusted, callers refuse bad ones. */

const lower = 0.425;

/** Quantile of the standard normal distribution for 0 < p < 1. Wichura 1988, Algorithm AS 241 (PPND16), Applied Statistics 37(3). */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= lower) return q * ratio(central, lower * lower - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const x = r <= 5 ? ratio(middle, r - 1.6) : ratio(far, r - 5);
  return q < 0 ? -x : x;
}

type Ratio = readonly [readonly number[], readonly number[]];

function ratio([above, below]: Ratio, x: number): number {
  return polynomial(above, x) / polynomial(below, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, c) => sum * x + c, 0);
}

const central: Ratio = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
    2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
    5226.495278852854,
  ],
];
const middle: Ratio = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
    0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
    1.0507500716444169e-9,
  ],
];
const far: Ratio = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
    2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7,
    2.0442631033899397e-15,
  ],
];

/** P(Z ≤ x) of the standard normal distribution: Marsaglia 2004, “Evaluating the Normal Distribution”, J. Stat. Software 11(4); far out, Lentz on the tail. */
export function normalCdf(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  // What is no number leaves here too: the series below would not end.
  if (!(Math.abs(x) <= 4)) {
    // Mills' ratio as the continued fraction 1/(x + 1/(x + 2/(x + …))), DLMF 7.9.3.
    let ratio = Math.abs(x);
    for (let k = 60; k >= 1; k--) ratio = Math.abs(x) + k / ratio;
    return x > 0 ? 1 - density / ratio : density / ratio;
  }
  let [sum, term, last] = [x, x, 0];
  for (let k = 3; sum !== last; k += 2) {
    last = sum;
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + sum * density;
}

/** The t > 0 that Student's t with `df` degrees of freedom leaves `alpha` beyond, both tails together; 0 < alpha < 1. */
export function studentQuantile(alpha: number, df: number): number {
  // P(|T| > t) = I_x(df/2, 1/2) with x = df/(df + t²), DLMF 8.17; near x = 1 its complement keeps the digits.
  if (alpha < 0.5) {
    const x = betaQuantile(alpha, df / 2, 0.5);
    return Math.sqrt((df * (1 - x)) / x);
  }
  const y = betaQuantile(1 - alpha, 0.5, df / 2);
  return Math.sqrt((df * y) / (1 - y));
}

/** Regularised incomplete beta function I_x(a, b), a, b > 0; for whole ones the chance of at least `a` successes in a + b − 1 trials. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The continued fraction converges fast only on this side of the mean.
  return x > (a + 1) / (a + b + 2) ? 1 - tail(1 - x, b, a) : tail(x, a, b);
}

/** DLMF 8.17.22, evaluated by Lentz's method. */
function tail(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const safe = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let c = 1;
  let sum = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    sum *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    sum *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return ((weight(x, a, b) * b) / (a + b)) * sum;
}

/** Γ(a+b+1)/(Γ(a+1)Γ(b+1)) xᵃ(1−x)ᵇ by saddle points (Loader 2000): logarithms of factorials would lose digits where a and b are large. */
function weight(x: number, a: number, b: number): number {
  const n = a + b;
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * (1 - x));
  return Math.sqrt(n / (2 * Math.PI * a * b)) * Math.exp(exponent);
}

/** ln z! less Stirling's approximation. */
function stirlingError(z: number): number {
  if (z < 16 && Number.isInteger(z)) {
    let factorial = 1;
    for (let i = 2; i <= z; i++) factorial *= i;
    return Math.log(factorial) - (z + 0.5) * Math.log(z) + z - 0.5 * Math.log(2 * Math.PI);
  }
  // Between whole numbers by recurrence: ln (z + 1)! − ln z! = ln (z + 1).
  if (z < 16) return stirlingError(z + 1) + (z + 0.5) * Math.log1p(1 / z) - 1;
  const w = 1 / (z * z);
  return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z;
}

/** x ln(x/m) + m − x without cancellation near x = m. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** The x with I_x(a, b) = p. Bisection down to neighbouring numbers: slow to no one, and it cannot diverge. */
export function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const middleX = (low + high) / 2;
    if (middleX <= low || middleX >= high) return middleX;
    if (incompleteBeta(middleX, a, b) < p) low = middleX;
    else high = middleX;
  }
}

/** ln B(a, b) for a, b ≥ 1. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** ln Γ of what is at least 1, by Stirling's approximation and its error. */
function logGamma(of: number): number {
  const z = of - 1;
  return z === 0 ? 0 : (z + 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + stirlingError(z);
}
