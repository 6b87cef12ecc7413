import type { Context } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, textsOf, within } from '../members.ts';
import { scanned } from './report.ts';

const templateOf = (result: Readonly<Record<string, unknown>>) => textOf(result['template-id'] ?? result.templateID ?? result.template);

export function isNuclei(values: unknown): boolean {
  return (
    Array.isArray(values) &&
    values.length > 0 &&
    values.every((v) => isObject(v) && isObject(v.info) && templateOf(v) !== '' && 'host' in v)
  );
}

/** projectdiscovery/nuclei `-jsonl` and `-json-export`, one draft for all places where the same matcher of a template matched. */
export function readNuclei(values: readonly unknown[], context: Context) {
  const results = objectsOf(values).filter((r) => r['matcher-status'] !== false);
  const groups = Map.groupBy(results, (r) =>
    [templateOf(r), textOf(r.type), textOf(r['matcher-name'] ?? r.matcher_name), textOf(r.host)].join('\n'),
  );
  const seen = [...groups.values()].map((group) => {
    const [result] = group as [Readonly<Record<string, unknown>>];
    const info = within(result.info);
    const classified = within(info.classification);
    const places = [...new Set(group.map((r) => textOf(r['matched-at'] ?? r.matched)))];
    return {
      title: [textOf(info.name) || templateOf(result), textOf(result['matcher-name'] ?? result.matcher_name), `at ${textOf(result.host)}`]
        .filter(Boolean)
        .join(' '),
      text: [info.description || info.name, info.impact, info.remediation, `Matched at ${places.slice(0, 32).join(', ')}`],
      cwes: listOf([classified['cwe-id']].flat()),
      vectors: [classified['cvss-metrics']],
      references: textsOf(info.reference ?? []),
      ids: textsOf(classified['cve-id'] ?? []),
      severity: info.severity,
      rule: templateOf(result),
      original: { host: result.host, type: result.type, matcher: result['matcher-name'], places, extracted: result['extracted-results'] },
    };
  });
  return scanned('nuclei', seen, context, listOf(values).length - results.length);
}
