import type { Context } from '../drafting.ts';
import { isObject, objectsOf, textOf, within } from '../members.ts';
import { scanned } from './report.ts';

export function isBandit(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.results) && isObject(within(value.metrics)._totals);
}

/** PyCQA/bandit `-f json`, one draft a result. */
export function readBandit(value: unknown, context: Context) {
  const seen = objectsOf((value as Record<string, unknown>).results).map((result) => ({
    title: `${textOf(result.test_id)} ${textOf(result.test_name)}: ${textOf(result.issue_text)}`,
    text: [result.issue_text, result.code],
    cwes: [within(result.issue_cwe).id],
    file: result.filename,
    line: result.line_number,
    references: [result.more_info, within(result.issue_cwe).link],
    severity: result.issue_severity,
    rule: result.test_id,
    original: { confidence: result.issue_confidence },
  }));
  return scanned('bandit', seen, context);
}
