import { isRefusal } from '../../../../base/refusal.ts';
import { type CvssScore, scoreCvss } from '../../../priorities/cvss.ts';
import { scores2, scores3 } from '../../../priorities/cvss-equations.ts';
import type { Clauses } from '../clause.ts';
import type { Csaf, Metric } from '../csaf.ts';
import { isObject, type Obj, objectOf, textOf } from '../json.ts';
import { cvssShapes } from '../shapes/cvss.ts';
import { type CvssMember, cvssProperties, vectorValue } from '../shapes/cvss-properties.ts';
import { firstErrors } from '../shapes/shape.ts';
import { inStatus } from '../status.ts';

const kinds: readonly CvssMember[] = ['cvss_v2', 'cvss_v3', 'cvss_v4'];
const mostErrors = 32;

interface Given {
  readonly metric: Metric;
  readonly member: CvssMember;
  readonly pointer: string;
  readonly value: unknown;
}

function* cvssOf(csaf: Csaf): Generator<Given> {
  for (const vulnerability of csaf.vulnerabilities) for (const metric of vulnerability.metrics) yield* cvssOfMetric(csaf, metric);
}

function* cvssOfMetric(csaf: Csaf, metric: Metric): Generator<Given> {
  for (const member of kinds)
    if (Object.hasOwn(metric.content.value, member) && !(member === 'cvss_v4' && csaf.edition === '2.0'))
      yield { metric, member, pointer: `${metric.content.pointer}/${member}`, value: metric.content.value[member] };
}

const scored = new Map<string, CvssScore | undefined>();
/** What the members of an object must be, by its vector. */
type Members = readonly (readonly [name: string, value: number | string])[];
const members = new Map<string, Members>();
const mostScored = 1024;

/** Documents repeat a handful of vectors for thousands of products. */
function scoreOf(vector: unknown): CvssScore | undefined {
  if (typeof vector !== 'string' || vector.length > 512) return undefined;
  if (!scored.has(vector)) {
    if (scored.size >= mostScored) {
      scored.clear();
      members.clear();
    }
    const score = scoreCvss(vector);
    scored.set(vector, isRefusal(score) ? undefined : score);
  }
  return scored.get(vector);
}

const memberOf: Record<string, CvssMember> = { '2.0': 'cvss_v2', '3.0': 'cvss_v3', '3.1': 'cvss_v3', '4.0': 'cvss_v4' };

/** Qualitative ratings of CVSS 3.x §5 and 4.0 §6. */
function rating(score: number): string {
  return score >= 9 ? 'CRITICAL' : score >= 7 ? 'HIGH' : score >= 4 ? 'MEDIUM' : score > 0 ? 'LOW' : 'NONE';
}

/**
 * What the members of a CVSS object must be, by its vector. A group that the vector leaves out is computed all the same: in 3.1 the
 * environmental equation gives another score than the temporal one even where nothing is modified.
 */
function computed(member: CvssMember, score: CvssScore): Members {
  const found = Object.entries(membersOf(member, score));
  members.set(score.vector, found);
  return found;
}

function membersOf(member: CvssMember, score: CvssScore): Record<string, number | string> {
  if (member === 'cvss_v4') return { baseScore: score.base, baseSeverity: score.severity };
  const metrics = metricsOf(score.vector);
  const { base, temporal, environmental } =
    score.version === '3.0' || score.version === '3.1' ? scores3(score.version, metrics) : scores2(metrics);
  const scores = { baseScore: base, temporalScore: temporal, environmentalScore: environmental };
  if (member === 'cvss_v2') return scores;
  return { ...scores, baseSeverity: rating(base), temporalSeverity: rating(temporal), environmentalSeverity: rating(environmental) };
}

function metricsOf(vector: string): Map<string, string> {
  return new Map(vector.split('/').map((part) => part.split(':', 2) as [string, string]));
}

/** CVSS in its objects: shape, arithmetic, agreement, one per product. */
export const scores: Clauses = {
  '6.1.7': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const seen = new Set<string>();
      for (const metric of vulnerability.metrics)
        for (const { member, value } of cvssOfMetric(csaf, metric)) {
          const version = textOf(objectOf(value).version) ?? member;
          for (const { pointer, value: product } of metric.products) {
            const key = JSON.stringify([product, version, csaf.edition === '2.1' ? (metric.source ?? '') : '']);
            if (seen.has(key)) report(pointer, `the product ${product} has a CVSS ${version} score before`);
            seen.add(key);
          }
        }
    }
  },
  '6.1.8': (csaf, report) => {
    for (const { member, pointer, value } of cvssOf(csaf))
      for (const error of firstErrors(cvssShapes[member], value, pointer, mostErrors)) report(error.pointer, error.message);
  },
  '6.1.9': (csaf, report) => {
    for (const { member, pointer, value } of cvssOf(csaf)) {
      const given = objectOf(value);
      const score = scoreOf(given.vectorString);
      if (!score || memberOf[score.version] !== member) continue;
      for (const [name, expected] of members.get(score.vector) ?? computed(member, score))
        if (given[name] !== undefined && given[name] !== expected) report(`${pointer}/${name}`, `must be ${expected} by the vector`);
    }
  },
  '6.1.10': (csaf, report) => {
    for (const { member, pointer, value } of cvssOf(csaf)) contradictions(member, pointer, objectOf(value), report);
  },
  '6.2.19': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const fixed = new Set(inStatus(vulnerability, 'first_fixed', 'fixed').map((product) => product.value));
      if (fixed.size === 0) continue;
      for (const metric of vulnerability.metrics)
        for (const { member, pointer, value } of cvssOfMetric(csaf, metric)) {
          if (isNought(member, objectOf(value))) continue;
          for (const product of metric.products)
            if (fixed.has(product.value)) report(pointer, `the product ${product.value} is fixed, and its score is not 0`);
        }
    }
  },
  '6.3.1': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const others = new Set<string>();
      for (const metric of vulnerability.metrics)
        if (isScoredOtherwise(metric)) for (const product of metric.products) others.add(product.value);
      for (const metric of vulnerability.metrics)
        if (metric.content.value.cvss_v2 !== undefined && metric.products.some((product) => !others.has(product.value)))
          report(metric.pointer, 'CVSS 2.0 is the only score');
    }
  },
  '6.3.2': (csaf, report) => {
    for (const { member, pointer, value } of cvssOf(csaf)) {
      if (member !== 'cvss_v3' || !isObject(value)) continue;
      if (value.version === '3.0') report(`${pointer}/version`, 'CVSS 3.0 is used');
      else if (textOf(value.vectorString)?.startsWith('CVSS:3.0/')) report(`${pointer}/vectorString`, 'CVSS 3.0 is used');
    }
  },
};

function contradictions(member: CvssMember, pointer: string, given: Obj, report: (pointer: string, message: string) => void): void {
  const vector = given.vectorString;
  if (!scoreOf(vector)) return;
  const metrics = metricsOf(vector as string);
  for (const [name, [metric]] of Object.entries(cvssProperties[member])) {
    const said = given[name];
    const expected = metrics.get(metric);
    // A metric that the vector leaves out is contradicted by nothing.
    if (typeof said !== 'string' || said === '' || expected === undefined) continue;
    if (vectorValue(member, metric, said) !== expected)
      report(`${pointer}/${name}`, `${said} contradicts the vector, which has ${metric}:${expected}`);
  }
  const version = /^CVSS:(\d\.\d)\//.exec(vector as string)?.[1] ?? '2.0';
  if (typeof given.version === 'string' && given.version !== version) report(`${pointer}/version`, `the vector is one of ${version}`);
}

function isScoredOtherwise({ content }: Metric): boolean {
  const { cvss_v3, cvss_v4, ssvc_v2, epss, qualitative_severity_rating } = content.value;
  return [cvss_v3, cvss_v4, ssvc_v2, epss, qualitative_severity_rating].some((other) => other !== undefined);
}

/** Members that say alone that nothing of the vulnerability is left in the product. */
const nought: Readonly<Record<CvssMember, Readonly<Record<string, string>>>> = {
  cvss_v2: { targetDistribution: 'NONE' },
  cvss_v3: { modifiedAvailabilityImpact: 'NONE', modifiedConfidentialityImpact: 'NONE', modifiedIntegrityImpact: 'NONE' },
  cvss_v4: {
    modifiedVulnAvailabilityImpact: 'NONE',
    modifiedVulnConfidentialityImpact: 'NONE',
    modifiedVulnIntegrityImpact: 'NONE',
    modifiedSubAvailabilityImpact: 'NEGLIGIBLE',
    modifiedSubConfidentialityImpact: 'NEGLIGIBLE',
    modifiedSubIntegrityImpact: 'NEGLIGIBLE',
  },
};

function isNought(member: CvssMember, given: Obj): boolean {
  const score = scoreOf(given.vectorString);
  const overall = score && (score.environmental ?? score.temporal ?? score.base);
  if (overall === 0) return true;
  if (member !== 'cvss_v4' && given.environmentalScore === 0) return true;
  return Object.entries(nought[member]).every(([name, value]) => given[name] === value);
}

export const scores21: Clauses = {
  '6.1.56': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const kinds = new Map<string, Set<string>>();
      for (const metric of vulnerability.metrics) {
        const { cvss_v2, cvss_v3, cvss_v4, qualitative_severity_rating } = metric.content.value;
        const said = [
          ...([cvss_v2, cvss_v3, cvss_v4].some((one) => one !== undefined) ? ['cvss'] : []),
          ...(qualitative_severity_rating !== undefined ? ['rating'] : []),
        ];
        for (const { value: product } of metric.products) {
          const key = JSON.stringify([product, metric.source ?? '']);
          const known = kinds.get(key) ?? new Set();
          const before = known.size;
          for (const kind of said) known.add(kind);
          kinds.set(key, known);
          if (known.size === 2 && before < 2)
            report(metric.pointer, `the product ${product} has CVSS and a qualitative rating of one source`);
        }
      }
    }
  },
  '6.2.47': (csaf, report) => {
    const canonical = new Set(csaf.references.filter((r) => r.value.category === 'self').map((r) => r.value.url));
    for (const { metrics } of csaf.vulnerabilities)
      for (const metric of metrics)
        if (metric.content.value.qualitative_severity_rating !== undefined && (metric.source === undefined || canonical.has(metric.source)))
          report(metric.pointer, 'the issuer rates in words');
  },
  '6.3.12': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const any = new Set<string>();
      for (const metric of vulnerability.metrics) {
        const { cvss_v2, cvss_v3, cvss_v4 } = metric.content.value;
        if ([cvss_v2, cvss_v3, cvss_v4].every((one) => one === undefined)) continue;
        for (const product of metric.products) any.add(product.value);
        if (cvss_v4 === undefined) report(metric.content.pointer, 'there is no CVSS 4.0');
      }
      for (const { pointer, value } of inStatus(vulnerability, 'first_affected', 'known_affected', 'last_affected'))
        if (!any.has(value)) report(pointer, `no CVSS covers the product ${value}`);
    }
  },
  '6.3.18': (csaf, report) => {
    for (const { metrics } of csaf.vulnerabilities)
      for (const metric of metrics)
        if (metric.content.value.qualitative_severity_rating !== undefined)
          report(metric.pointer, 'a rating in words tells nothing of what it rests on');
  },
};
