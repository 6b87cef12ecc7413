import type { Context } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, textsOf, within } from '../members.ts';
import { scanned } from './report.ts';

const isReport = (value: unknown) =>
  isObject(value) && ((typeof value.check_type === 'string' && isObject(value.results)) || 'checkov_version' in value);

export function isCheckov(value: unknown): boolean {
  return isReport(value) || (Array.isArray(value) && value.length > 0 && value.every(isReport));
}

/** bridgecrewio/checkov `-o json`, one draft a failed check. */
export function readCheckov(value: unknown, context: Context) {
  const reports = objectsOf([value].flat());
  const failed = reports.flatMap((report) => objectsOf(within(report.results).failed_checks));
  const seen = failed.map((check) => ({
    title: `${textOf(check.check_id)}: ${textOf(check.check_name)}`,
    text: [check.check_name, check.description, textOf(check.resource) && `Resource: ${textOf(check.resource)}`],
    file: textOf(check.file_path).replace(/^\//, ''),
    line: listOf(check.file_line_range)[0],
    references: textsOf(check.guideline ?? []),
    severity: check.severity,
    rule: check.check_id,
  }));
  const passed = reports.reduce(
    (n, r) => n + listOf(within(r.results).passed_checks).length + listOf(within(r.results).skipped_checks).length,
    0,
  );
  return scanned('checkov', seen, context, passed);
}
