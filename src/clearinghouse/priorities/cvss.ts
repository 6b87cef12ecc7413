import calculator from 'ae-cvss-calculator';
import { type Refusal, refuse } from '../../base/refusal.ts';
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
  const scores = calculate(version, vector, metrics);
  // The library says −0 where nothing is lost.
  const base = (version === '4.0' ? scores.overall : scores.base!) + 0;
  return {
    version,
    vector,
    base,
    ...(has(temporal) ? { temporal: (version === '2.0' ? temporalOf2(base, metrics) : scores.temporal!) + 0 } : {}),
    ...(has(environmental) ? { environmental: scores.environmental! + 0 } : {}),
    severity: severityOf(version, base),
  };
}

interface Scores {
  readonly base?: number | undefined;
  readonly temporal?: number | undefined;
  readonly environmental?: number | undefined;
  readonly overall: number;
}

function calculate(version: CvssVersion, vector: string, metrics: ReadonlyMap<string, string>): Scores {
  if (version === '2.0') return new calculator.Cvss2(vector).calculateScores();
  if (version === '4.0') return new calculator.Cvss4P0(vector).calculateScores();
  const set = [...metrics].filter(([, value]) => value !== 'X');
  const spell = (parts: readonly (readonly [string, string])[]) => `CVSS:${version}/${parts.map((p) => p.join(':')).join('/')}`;
  const Calculator = version === '3.0' ? calculator.Cvss3P0 : calculator.Cvss3P1;
  const { base, temporal = base, overall } = new Calculator(spell(set)).calculateScores() as Scores;
  // The library gives no environmental score where every environmental metric is `X`; MAV equal to AV changes nothing and wakes it.
  const woken = set.some(([name]) => name === 'MAV') ? set : [...set, ['MAV', metrics.get('AV')!] as const];
  const { environmental } = new Calculator(spell(woken)).calculateScores() as Scores;
  return { base, temporal, environmental, overall };
}

/** In hundredths, because 9.0 × 0.95 is 8.55 on paper and 8.549… in binary (CVSS 2.0 §3.2.2 rounds half up). */
function temporalOf2(base: number, metrics: ReadonlyMap<string, string>): number {
  const hundredths: Record<string, number> = {
    'E:U': 85,
    'E:POC': 90,
    'E:F': 95,
    'RL:OF': 87,
    'RL:TF': 90,
    'RL:W': 95,
    'RC:UC': 90,
    'RC:UR': 95,
  };
  const factor = (name: string) => hundredths[`${name}:${metrics.get(name)}`] ?? 100;
  return Math.round((Math.round(base * 10) * factor('E') * factor('RL') * factor('RC')) / 1e6) / 10;
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
