import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, textsOf, within } from '../members.ts';
import { scanned } from './report.ts';

export function isPipAudit(value: unknown): boolean {
  const list = isObject(value) ? value.dependencies : value;
  return (
    Array.isArray(list) &&
    list.length > 0 &&
    list.every((d) => isObject(d) && typeof d.name === 'string' && (Array.isArray(d.vulns) || 'skip_reason' in d))
  );
}

/** pypa/pip-audit `-f json`, one draft a flaw of a dependency. */
export function readPipAudit(value: unknown, context: Context) {
  const seen = objectsOf(isObject(value) ? value.dependencies : value).flatMap((dependency) =>
    objectsOf(dependency.vulns).map((flaw) => ({
      title: `${textOf(flaw.id)} in ${textOf(dependency.name)} ${textOf(dependency.version)}`,
      text: [flaw.description, textsOf(flaw.fix_versions ?? []).length > 0 ? `Fixed in ${textsOf(flaw.fix_versions).join(', ')}.` : ''],
      purl: purlOf({ ecosystem: 'pypi', name: dependency.name, version: dependency.version }),
      ids: [flaw.id, ...listOf(flaw.aliases)],
      rule: flaw.id,
    })),
  );
  return scanned('pip-audit', seen, context);
}

export function isCargoAudit(value: unknown): boolean {
  return isObject(value) && Array.isArray(within(value.vulnerabilities).list) && isObject(value.database);
}

/** RustSec `cargo audit --json`, one draft an advisory on a locked crate. */
export function readCargoAudit(value: unknown, context: Context) {
  const seen = objectsOf(within(value, 'vulnerabilities').list).map((found) => {
    const [advisory, crate] = [within(found.advisory), within(found.package)];
    return {
      title: `${textOf(advisory.title)} in ${textOf(crate.name)} ${textOf(crate.version)}`,
      text: [advisory.description],
      purl: purlOf({ ecosystem: 'cargo', name: crate.name, version: crate.version }),
      vectors: [advisory.cvss],
      references: [advisory.url, ...listOf(advisory.references)],
      ids: [advisory.id, ...listOf(advisory.aliases)],
      rule: advisory.id,
      original: { versions: found.versions },
    };
  });
  return scanned('cargo-audit', seen, context);
}

export function isGosec(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.Issues) && isObject(value.Stats);
}

/** securego/gosec `-fmt json`, one draft an issue that is not suppressed. */
export function readGosec(value: unknown, context: Context) {
  const { Issues, GosecVersion } = value as Record<string, unknown>;
  const open = objectsOf(Issues).filter((i) => i.nosec !== true && listOf(i.suppressions).length === 0);
  const seen = open.map((issue) => ({
    title: `${textOf(issue.rule_id)}: ${textOf(issue.details)}`,
    text: [issue.details, issue.code],
    cwes: [within(issue.cwe).id ?? within(issue.cwe).ID],
    file: issue.file,
    line: textOf(issue.line).split('-')[0],
    references: [within(issue.cwe).url ?? within(issue.cwe).URL],
    severity: issue.severity,
    rule: issue.rule_id,
    original: { confidence: issue.confidence },
  }));
  return scanned(`gosec ${textOf(GosecVersion)}`.trim(), seen, context, listOf(Issues).length - open.length);
}
