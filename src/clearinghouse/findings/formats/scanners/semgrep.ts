import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, within } from '../members.ts';
import { scanned } from './report.ts';

export function isSemgrep(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value.results) || !Array.isArray(value.errors)) return false;
  const first: unknown = value.results[0];
  return first === undefined
    ? !('generated_at' in value) && Object.keys(value).length <= 8
    : isObject(first) && typeof first.check_id === 'string';
}

/** `semgrep --json`, one draft a result. */
export function readSemgrep(value: unknown, context: Context) {
  const { results, version } = value as Record<string, unknown>;
  const open = objectsOf(results).filter((r) => within(r.extra).is_ignored !== true);
  const seen = open.map((result) => {
    const extra = within(result.extra);
    const metadata = within(extra.metadata);
    const sca = within(extra.sca_info, 'dependency_match', 'found_dependency');
    return {
      title: `${textOf(result.check_id)}: ${textOf(extra.message)}`,
      text: [extra.message, extra.lines === 'requires login' ? '' : extra.lines],
      purl: purlOf({ ecosystem: sca.ecosystem, name: sca.package, version: sca.version }),
      cwes: listOf([metadata.cwe].flat()),
      file: result.path,
      line: within(result.start).line,
      references: [metadata.source, metadata['source-rule-url'], ...listOf([metadata.references].flat())],
      severity: extra.severity,
      rule: result.check_id,
      original: { confidence: metadata.confidence, fingerprint: extra.fingerprint, fix: extra.fix },
    };
  });
  return scanned(`semgrep ${textOf(version)}`.trim(), seen, context, listOf(results).length - seen.length);
}

/** Semgrep Supply Chain's API: findings on dependencies. */
export function isSemgrepSupplyChain(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.vulns) && isObject(within(value.vulns[0]).advisory);
}

export function readSemgrepSupplyChain(value: unknown, context: Context) {
  const vulns = objectsOf((value as Record<string, unknown>).vulns);
  const seen = vulns.map((vuln) => {
    const advisory = within(vuln.advisory);
    const [told, dependency, place] = [within(advisory.references), within(vuln.matchedDependency), within(vuln.dependencyFileLocation)];
    return {
      title: textOf(vuln.title) || textOf(advisory.title),
      text: [advisory.description, textOf(advisory.reachableIf) && `Reachable if ${textOf(advisory.reachableIf)}`],
      purl: purlOf({ ecosystem: advisory.ecosystem, name: dependency.name, version: dependency.versionSpecifier }),
      cwes: listOf(told.cweIds),
      file: place.path,
      line: place.startLine,
      references: listOf(told.urls),
      ids: listOf(told.cveIds),
      severity: advisory.severity,
      rule: advisory.ruleId,
      original: { exposureType: vuln.exposureType, reachability: advisory.reachability, fix: vuln.closestSafeDependency },
    };
  });
  return scanned('semgrep supply chain', seen, context);
}
