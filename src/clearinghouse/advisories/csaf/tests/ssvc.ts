import { instantOf } from '../../../../base/instant.ts';
import type { Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { isObject, type Obj, objectsIn, type Placed, textOf, textsIn } from '../json.ts';
import { momentOf } from '../moment.ts';
import { readNamespace, ssvcPoints } from '../registers/ssvc.ts';
import { firstErrors } from '../shapes/shape.ts';
import { ssvcShape } from '../shapes/ssvc.ts';

const mostErrors = 32;

interface Given extends Placed<Obj> {
  readonly vulnerability: Obj;
}

function* given(csaf: Csaf): Generator<Given> {
  for (const { metrics, value: vulnerability } of csaf.vulnerabilities)
    for (const { content } of metrics)
      if (isObject(content.value.ssvc_v2)) yield { pointer: `${content.pointer}/ssvc_v2`, value: content.value.ssvc_v2, vulnerability };
}

function* selections(csaf: Csaf): Generator<Placed<Obj> & { readonly ssvc: Obj; readonly namespace: string }> {
  for (const { pointer, value } of given(csaf))
    for (const selection of objectsIn(value, 'selections', pointer))
      if (typeof selection.value.namespace === 'string') yield { ...selection, ssvc: value, namespace: selection.value.namespace };
}

function namespaces(isWrong: (csaf: Csaf, namespace: ReturnType<typeof readNamespace>) => boolean, message: string): Clauses[string] {
  return (csaf, report) => {
    for (const { pointer, namespace } of selections(csaf))
      if (isWrong(csaf, readNamespace(namespace))) report(`${pointer}/namespace`, `${namespace} ${message}`);
  };
}

/** Why a selection is none of its decision point; undefined when it is one. */
function selectionFault(selection: Obj, namespace: string): string | undefined {
  const { base, registered, examples } = readNamespace(namespace);
  if (!registered || examples) return undefined;
  const key = textOf(selection.key) ?? '';
  const versions = ssvcPoints(base, key);
  if (versions.length === 0) return `${base} has no decision point ${key}`;
  const point = versions.find((version) => version.version === selection.version);
  if (!point) return `the decision point ${key} has no version ${textOf(selection.version)}`;
  let last = -1;
  for (const value of objectsIn(selection, 'values', '')) {
    const at = point.values.indexOf(textOf(value.value.key) ?? '');
    if (at < 0) return `${key} ${point.version} has no value ${textOf(value.value.key)}`;
    if (at <= last) return `the values of ${key} are not in their order`;
    last = at;
  }
  return undefined;
}

export const ssvc21: Clauses = {
  '6.1.46': (csaf, report) => {
    for (const { metrics } of csaf.vulnerabilities)
      for (const { content } of metrics)
        if (content.value.ssvc_v2 !== undefined)
          for (const error of firstErrors(ssvcShape, content.value.ssvc_v2, `${content.pointer}/ssvc_v2`, mostErrors))
            report(error.pointer, error.message);
  },
  '6.1.47': (csaf, report) => {
    for (const { pointer, value, vulnerability } of given(csaf)) {
      const ids = new Set([textOf(vulnerability.cve), ...objectsIn(vulnerability, 'ids', '').map((id) => textOf(id.value.text))]);
      for (const target of textsIn(value, 'target_ids', pointer)) {
        const isDocument = target.value === csaf.tracking.id;
        if (isDocument && csaf.vulnerabilities.length > 1) report(target.pointer, 'the document has more than one vulnerability');
        else if (!isDocument && !ids.has(target.value)) report(target.pointer, `${target.value} is no id of the vulnerability`);
      }
    }
  },
  '6.1.48': (csaf, report) => {
    for (const { pointer, value, namespace } of selections(csaf)) {
      const fault = selectionFault(value, namespace);
      if (fault !== undefined) report(pointer, fault);
    }
  },
  '6.2.34': namespaces((_, namespace) => !namespace.registered, 'is not registered'),
  '6.2.35': namespaces(
    (csaf, namespace) => csaf.tlp === 'CLEAR' && !namespace.registered,
    'is not registered, and the document is for everybody',
  ),
  '6.2.36': namespaces((csaf, namespace) => csaf.tlp === 'CLEAR' && namespace.extended, 'is extended, and the document is for everybody'),
  '6.2.37': (csaf, report) => {
    for (const { pointer, value } of given(csaf)) {
      const summaries = objectsIn(value, 'decision_point_resources', pointer).map((resource) => textOf(resource.value.summary) ?? '');
      const told = new Set<string>();
      for (const selection of objectsIn(value, 'selections', pointer)) {
        const namespace = textOf(selection.value.namespace);
        if (namespace === undefined || told.has(namespace)) continue;
        told.add(namespace);
        const { registered, extended } = readNamespace(namespace);
        if ((registered && !extended) || summaries.some((summary) => summary.includes(namespace))) continue;
        report(
          value.decision_point_resources === undefined ? pointer : `${pointer}/decision_point_resources`,
          `no resource tells of ${namespace}`,
        );
      }
    }
  },
  '6.3.13': (csaf, report) => {
    for (const { pointer, value, ssvc, namespace } of selections(csaf)) {
      const { base } = readNamespace(namespace);
      const moment = momentOf(ssvc.timestamp);
      const versions = ssvcPoints(base, textOf(value.key) ?? '');
      if (moment === undefined || versions.length === 0) continue;
      const day = instantOf(Math.floor(moment)).slice(0, 10);
      const latest = versions.findLast((version) => version.published <= day) ?? versions[0]!;
      if (latest.version !== value.version) report(pointer, `${latest.version} was the latest version of ${textOf(value.key)} on ${day}`);
    }
  },
  '6.3.14': namespaces((csaf, namespace) => csaf.tlp !== 'CLEAR' && !namespace.registered, 'is not registered'),
  '6.3.15': namespaces((csaf, namespace) => csaf.tlp !== 'CLEAR' && namespace.extended, 'is extended'),
};
