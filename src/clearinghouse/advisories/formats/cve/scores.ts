import { isObject, listOf, type Obj, objectOf, objectsIn, textOf } from '../../csaf/json.ts';
import type { Source, SsvcSelections } from '../../source.ts';
import { instantOf } from './time.ts';

type Score = Source['vulnerabilities'][number]['scores'][number];
type Cvss = Score['cvss'][number];

const members = { '4.0': 'cvssV4_0', '3.1': 'cvssV3_1', '3.0': 'cvssV3_0', '2.0': 'cvssV2_0' } as const;

/** SSVC's points by the names that CISA writes in its containers: namespace, key, version, values. */
const points: readonly (readonly [string, string, string, string, Readonly<Record<string, readonly [string, string]>>])[] = [
  ['Exploitation', 'ssvc', 'E', '1.1.0', { none: ['N', 'None'], poc: ['P', 'Public PoC'], active: ['A', 'Active'] }],
  ['Automatable', 'ssvc', 'A', '2.0.0', { no: ['N', 'No'], yes: ['Y', 'Yes'] }],
  ['Technical Impact', 'ssvc', 'TI', '1.0.0', { partial: ['P', 'Partial'], total: ['T', 'Total'] }],
];
const saidBy = /^According to (.{1,500})\.$/;

/** Scores of one container. `by` is who filled it; a scenario may name somebody else. */
export function readScores(container: Obj, by: string | null, productIds: readonly string[]): Score[] {
  return objectsIn(container, 'metrics', '').flatMap(({ value }) => {
    const cvss = (Object.keys(members) as Cvss['version'][]).flatMap((version) => {
      const given = value[members[version]];
      return isObject(given) ? [cvssOf(given, version)] : [];
    });
    const other = objectOf(value.other);
    const ssvc = textOf(other.type)?.toLowerCase() === 'ssvc' ? selectionsOf(objectOf(other.content)) : null;
    if (cvss.length === 0 && ssvc === null) return [];
    const scenario = listOf(value.scenarios).map((s) => saidBy.exec(textOf(objectOf(s).value) ?? '')?.[1]);
    return [{ productIds, by: scenario.find((s) => s !== undefined) ?? by, cvss, ssvc, epss: null, rating: null }];
  });
}

function cvssOf(given: Obj, version: Cvss['version']): Cvss {
  return {
    version,
    vector: textOf(given.vectorString) ?? '',
    base: typeof given.baseScore === 'number' ? given.baseScore : null,
    severity: textOf(given.baseSeverity) ?? null,
  };
}

/** A selection list of SSVC 2.0.0, or the options that CISA gives. */
function selectionsOf(content: Obj): SsvcSelections | null {
  const at = instantOf(content.timestamp);
  if (at === null) return null;
  const listed = objectsIn(content, 'selections', '').map(({ value }) => ({
    namespace: textOf(value.namespace) ?? '',
    key: textOf(value.key) ?? '',
    version: textOf(value.version) ?? '',
    name: textOf(value.name) ?? null,
    values: objectsIn(value, 'values', '').map((v) => ({ key: textOf(v.value.key) ?? '', name: textOf(v.value.name) ?? null })),
  }));
  const options = objectsIn(content, 'options', '').flatMap(({ value }) =>
    points.flatMap(([name, namespace, key, version, values]) => {
      const said = textOf(value[name])?.toLowerCase() ?? '';
      const found = Object.hasOwn(values, said) ? values[said] : undefined;
      return found ? [{ namespace, key, version, name, values: [{ key: found[0], name: found[1] }] }] : [];
    }),
  );
  return listed.length + options.length === 0 ? null : { at, selections: [...listed, ...options] };
}

/** One metric for each vector, one for the selections. `cve` is what they are about. */
export function writeScores(scores: readonly Score[], cve: string | null): object[] {
  return scores.flatMap((score) => {
    const scenarios = score.by === null ? {} : { scenarios: [{ lang: 'en', value: `According to ${score.by}.` }] };
    const cvss = score.cvss.flatMap(({ version, vector, base, severity }) => {
      if (base === null || (severity === null && version !== '2.0')) return [];
      const own = { version, vectorString: vector, baseScore: base, ...(version === '2.0' ? {} : { baseSeverity: severity }) };
      return [{ [members[version]]: own }];
    });
    const { ssvc } = score;
    const list = ssvc && {
      timestamp: ssvc.at,
      schemaVersion: '2.0.0',
      ...(cve === null ? {} : { target_ids: [cve] }),
      selections: ssvc.selections.map(({ name, values, ...point }) => ({
        ...point,
        ...(name === null ? {} : { name }),
        values: values.map((v) => (v.name === null ? { key: v.key } : v)),
      })),
    };
    // One metric: who reads it back sees that they were said together.
    const whole = Object.assign({}, ...cvss, list ? { other: { type: 'ssvc', content: list } } : {}) as object;
    return Object.keys(whole).length === 0 ? [] : [{ format: cvss.length > 0 ? 'CVSS' : 'SSVC', ...scenarios, ...whole }];
  });
}
