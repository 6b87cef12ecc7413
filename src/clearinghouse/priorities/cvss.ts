import calculator from 'ae-cvss-calculator';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { type EquationScores, scores2, scores3 } from './cvss-equations.ts';
import { type CvssVersion, cvssGrammar } from './cvss-grammar.ts';

type Severity = 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** Scores of one vector, one decimal. Temporal and environmental are there where the vector has a metric of that group. */
export interface CvssScore {
  readonly version: CvssVersion;
  readonly vector: string;
  /** For 4.0 the score of the whole vector: threat and environment are folded in. */
  readonly base: number;
  readonly temporal?: number;
  readonly environmental?: number;
  /** Of `base`. */
  readonly severity: Severity;
}

/** Scores CVSS 2.0, 3.0, 3.1 and 4.0 vectors (FIRST, https://www.first.org/cvss/). `malformed` says which metric is wrong. */
export function scoreCvss(vector: string): CvssScore | Refusal {
  const read = readVector(vector);
  if ('refused' in read) return read;
  const { version, metrics } = read;
  const has = (group: object) => Object.keys(group).some((name) => metrics.has(name));
  const { temporal, environmental } = cvssGrammar[version];
  // FIRST defines the scores of 4.0 by a table of macrovectors, which the library brings.
  const scores = version === '4.0' ? { base: new calculator.Cvss4P0(vector).calculateScores().overall + 0 } : equations(version, metrics);
  return {
    version,
    vector,
    base: scores.base,
    ...('temporal' in scores && has(temporal) ? { temporal: scores.temporal } : {}),
    ...('environmental' in scores && has(environmental) ? { environmental: scores.environmental } : {}),
    severity: severityOf(version, scores.base),
  };
}

function equations(version: '2.0' | '3.0' | '3.1', metrics: ReadonlyMap<string, string>): EquationScores {
  return version === '2.0' ? scores2(metrics) : scores3(version, metrics);
}

interface Read {
  readonly version: CvssVersion;
  readonly metrics: ReadonlyMap<string, string>;
}

function readVector(vector: string): Read | Refusal {
  if (vector.length > 512) return refuse('too_large', 'no CVSS vector is longer than 512 characters', 'vector');
  const prefix = /^CVSS:(3\.0|3\.1|4\.0)\//.exec(vector);
  const version = (prefix?.[1] ?? '2.0') as CvssVersion;
  const { base, temporal, environmental, other } = cvssGrammar[version];
  const known: Record<string, string> = { ...base, ...temporal, ...environmental, ...other };
  const order = Object.keys(known);
  const metrics = new Map<string, string>();
  let last = -1;
  for (const part of vector.slice(prefix?.[0].length ?? 0).split('/')) {
    const [name, value, ...rest] = part.split(':') as [string, string | undefined, ...string[]];
    const values = Object.hasOwn(known, name) ? known[name]!.split(' ') : undefined;
    if (!values) return refuse('malformed', `${version} has no metric "${part.slice(0, 20)}"`, 'vector');
    if (value === undefined || rest.length || !values.includes(value))
      return refuse('malformed', `${name} is one of ${values.join(', ')}`, 'vector');
    if (metrics.has(name)) return refuse('malformed', `${name} is given twice`, 'vector');
    // CVSS 4.0 §7: the metrics come in one order; 2.0 and 3.x allow any.
    if (version === '4.0' && order.indexOf(name) < last)
      return refuse('malformed', `${name} is out of the order that CVSS 4.0 demands`, 'vector');
    last = order.indexOf(name);
    metrics.set(name, value);
  }
  const missing = Object.keys(base).find((name) => !metrics.has(name));
  return missing ? refuse('malformed', `${missing} is mandatory`, 'vector') : { version, metrics };
}

/** Qualitative rating: CVSS 3.x §5, 4.0 §6; 2.0 has none of its own, NVD's three bands are used. */
function severityOf(version: CvssVersion, score: number): Severity {
  if (version === '2.0') return score >= 7 ? 'HIGH' : score >= 4 ? 'MEDIUM' : 'LOW';
  if (score >= 9) return 'CRITICAL';
  if (score >= 7) return 'HIGH';
  if (score >= 4) return 'MEDIUM';
  return score > 0 ? 'LOW' : 'NONE';
}
