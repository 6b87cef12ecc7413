import { isRefusal } from '../../../../base/refusal.ts';
import { scoreCvss } from '../../../priorities/cvss.ts';
import type { Edition } from '../../csaf/csaf.ts';
import type { Obj } from '../../csaf/json.ts';
import { isObject } from '../../csaf/json.ts';
import type { Score, SsvcSelections } from '../../source.ts';
import { instantIn, listed, members, objectIn, objectsIn, rest, textIn, textsIn } from './members.ts';

type Cvss = Score['cvss'][number];
const memberOf = { '2.0': 'cvss_v2', '3.0': 'cvss_v3', '3.1': 'cvss_v3', '4.0': 'cvss_v4' } as const;
const ratings = ['critical', 'high', 'low', 'medium', 'none'];

/** 2.0, "scores": CVSS 2 and 3 by the publisher; everything else of a score is none of 2.0's. */
export function scoresOf(scores: readonly Score[]): Obj[] {
  return scores.flatMap(({ cvss, productIds: products }) => {
    const content = Object.fromEntries(cvss.flatMap((one) => entryOf(one)));
    return Object.keys(content).length === 0 ? [] : [{ ...content, products }];
  });
}

/** 2.1, "metrics": one for each CVSS that the one before has no room for. */
export function metricsOf(scores: readonly Score[]): Obj[] {
  return scores.flatMap((score) => {
    const { productIds: products, by, cvss, ssvc, epss, rating, beyond } = score;
    const [first = {}, ...others] = contents(cvss);
    const whole = members({
      ...first,
      ssvc_v2: ssvc && selectionListOf(ssvc),
      epss: epss && { probability: epss.probability, percentile: epss.percentile, timestamp: epss.at },
      qualitative_severity_rating: ratings.find((r) => r === rating?.toLowerCase()),
      ...(beyond?.['csaf2.1'] as object | undefined),
    });
    return [whole, ...others].flatMap((content) => (content ? listed(members({ content, products, source: sourceOf(by) })) : []));
  });
}

function contents(cvss: readonly Cvss[]): Obj[] {
  const all: Record<string, unknown>[] = [];
  for (const one of cvss) {
    const content = all.find((c) => !(memberOf[one.version] in c)) ?? {};
    if (!all.includes(content)) all.push(content);
    for (const [name, value] of entryOf(one)) content[name] = value;
  }
  return all;
}

/** What nobody scored is computed; a vector that cannot be computed is left out. */
function entryOf({ version, vector, base, severity, beyond }: Cvss): [string, Obj][] {
  const computed = base === null || (severity === null && version !== '2.0') ? scoreCvss(vector) : undefined;
  if (isRefusal(computed)) return [];
  const baseScore = base ?? computed!.base;
  const rated = version === '2.0' ? {} : { baseSeverity: severity ?? computed!.severity };
  return [[memberOf[version], { version, vectorString: vector, baseScore, ...rated, ...(beyond?.csaf as object | undefined) }]];
}

/** A metric's source is a URI: a name becomes one that holds nothing but the name (RFC 2397). */
const byName = 'data:,';

function sourceOf(by: string | null): string | null {
  if (by === null || /^[a-z][a-z0-9+.-]*:\S+$/i.test(by)) return by;
  return byName + encodeURIComponent(by.toWellFormed()).replaceAll("'", '%27');
}

function byIn(metric: Obj): string | null {
  const source = textIn(metric, 'source');
  if (!source?.startsWith(byName)) return source;
  try {
    return decodeURIComponent(source.slice(byName.length));
  } catch {
    return source;
  }
}

export function scoresIn(vulnerability: Obj, edition: Edition): Score[] {
  if (edition === '2.0')
    return objectsIn(vulnerability, 'scores').map((score) => ({
      ...scoreIn(score, score),
      by: null,
      ssvc: null,
      epss: null,
      rating: null,
    }));
  return objectsIn(vulnerability, 'metrics').map((metric) => {
    const content = objectIn(metric, 'content');
    const epss = objectIn(content, 'epss');
    const beyond = rest(content, 'cvss_v2 cvss_v3 cvss_v4 ssvc_v2 epss qualitative_severity_rating');
    return {
      ...scoreIn(content, metric),
      by: byIn(metric),
      ssvc: isObject(content.ssvc_v2) ? selectionsIn(content.ssvc_v2) : null,
      epss: isObject(content.epss)
        ? { probability: textIn(epss, 'probability')!, percentile: textIn(epss, 'percentile')!, at: instantIn(epss, 'timestamp')! }
        : null,
      rating: textIn(content, 'qualitative_severity_rating'),
      ...(beyond ? { beyond: { 'csaf2.1': beyond } } : {}),
    };
  });
}

function scoreIn(content: Obj, owner: Obj): Pick<Score, 'productIds' | 'cvss'> {
  const cvss = ['cvss_v2', 'cvss_v3', 'cvss_v4'].flatMap((name) => (isObject(content[name]) ? [cvssIn(content[name])] : []));
  return { productIds: textsIn(owner, 'products'), cvss };
}

function cvssIn(given: Obj): Cvss {
  const vector = textIn(given, 'vectorString')!;
  const version = given.version as Cvss['version'];
  const computed = version === '2.0' ? scoreCvss(vector) : undefined;
  const severity = computed && !isRefusal(computed) ? computed.severity : textIn(given, 'baseSeverity');
  const beyond = rest(given, 'version vectorString baseScore baseSeverity');
  return { version, vector, base: given.baseScore as number, severity, ...(beyond ? { beyond: { csaf: beyond } } : {}) };
}

/** SSVC Selection List 2.0.0 */
function selectionListOf({ at, selections, beyond }: SsvcSelections): Obj {
  return {
    timestamp: at,
    schemaVersion: '2.0.0',
    selections: selections.map(({ namespace, key, version, name, values }) =>
      members({ namespace, key, version, name, values: values.map((value) => members({ key: value.key, name: value.name })) }),
    ),
    ...(beyond?.ssvc as object | undefined),
  };
}

function selectionsIn(list: Obj): SsvcSelections {
  const given = objectsIn(list, 'selections');
  const hasMore = given.some(
    (s) => rest(s, 'namespace key version name values') || objectsIn(s, 'values').some((v) => rest(v, 'key name')),
  );
  const beyond = members({ ...rest(list, 'timestamp schemaVersion selections'), ...(hasMore ? { selections: given } : {}) });
  const selections = given.map((selection) => ({
    namespace: textIn(selection, 'namespace')!,
    key: textIn(selection, 'key')!,
    version: textIn(selection, 'version')!,
    name: textIn(selection, 'name'),
    values: objectsIn(selection, 'values').map((value) => ({ key: textIn(value, 'key')!, name: textIn(value, 'name') })),
  }));
  return { at: instantIn(list, 'timestamp')!, selections, ...(beyond ? { beyond: { ssvc: beyond } } : {}) };
}
