import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, type Members, objectsOf, textOf, textsOf } from '../members.ts';
import { type Seen, scanned } from './report.ts';

export function isDefectDojo(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value.findings)) return false;
  return (
    value.findings.every(
      (f) => isObject(f) && typeof f.title === 'string' && 'severity' in f && ('description' in f || 'cwes' in f || 'cwe' in f),
    ) &&
    !('schemaVersion' in value) &&
    !value.findings.some((f) => isObject(f) && 'findingArn' in f)
  );
}

/** DefectDojo "Generic Findings Import", JSON; what is marked false positive, duplicate or mitigated is skipped. */
export function readDefectDojo(value: unknown, context: Context) {
  const { findings, type, name } = value as Members;
  return taken(
    objectsOf(findings).map((f) => ({ is: isOpen(f.false_p, f.duplicate, f.is_mitigated), seen: seenOf(f) })),
    textOf(type) || textOf(name),
    context,
  );
}

export function isDefectDojoCsv(columns: readonly string[]): boolean {
  return ['Title', 'Severity', 'Description'].every((name) => columns.includes(name));
}

export function readDefectDojoCsv(rows: readonly Readonly<Record<string, string>>[], context: Context) {
  const told = rows.map((row) => {
    const fields = {
      title: row.Title,
      description: row.Description,
      severity: row.Severity,
      cwe: row.CweId,
      mitigation: row.Mitigation,
      impact: row.Impact,
    };
    const more = {
      references: row.References,
      cvssv3: row.CVSSV3,
      fix_version: row.fix_version,
      endpoints: row.Url,
      vulnerability_ids: [row['Vulnerability Id'] ?? row.CVE ?? ''],
    };
    return { is: isOpen(row.FalsePositive, row.Duplicate, row.IsMitigated), seen: seenOf({ ...fields, ...more }) };
  });
  return taken(told, '', context);
}

function taken(told: readonly { is: boolean; seen: Seen }[], tool: string, context: Context) {
  const open = told.filter((t) => t.is).map((t) => t.seen);
  return scanned(tool || 'defectdojo', open, context, told.length - open.length);
}

function isOpen(...closedBy: readonly unknown[]): boolean {
  return !closedBy.some((mark) => mark === true || /^true$/i.test(textOf(mark)));
}

function seenOf(finding: Members): Seen {
  const { component_name: component, component_version: version } = finding;
  return {
    title: textOf(finding.title),
    text: [
      finding.description,
      finding.impact && `Impact: ${textOf(finding.impact)}`,
      finding.mitigation && `Mitigation: ${textOf(finding.mitigation)}`,
      finding.steps_to_reproduce,
    ],
    purl: purlOf({ purl: component, name: component, version }),
    cwes: [finding.cwe, ...textsOf(finding.cwes ?? [])],
    vectors: [finding.cvssv4, finding.cvssv3],
    file: finding.file_path,
    line: finding.line,
    references:
      textOf(finding.references)
        .slice(0, 8192)
        .match(/https?:\/\/[^\s)\]]+/g) ?? [],
    ids: [finding.cve, ...textsOf(finding.vulnerability_ids ?? [])],
    severity: finding.severity,
    rule: finding.vuln_id_from_tool,
    original: {
      id: finding.unique_id_from_tool,
      date: finding.date,
      endpoints: finding.endpoints,
      tags: finding.tags,
      fix: finding.fix_version,
    },
  };
}
