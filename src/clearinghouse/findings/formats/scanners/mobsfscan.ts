import type { Context } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, within } from '../members.ts';
import { type Seen, scanned } from './report.ts';

export function isMobsfscan(value: unknown): boolean {
  return isObject(value) && 'mobsfscan_version' in value && isObject(value.results);
}

/** mobsfscan `--json`: one draft a place of a rule, or of the rule alone where it tells of something that is nowhere. */
export function readMobsfscan(value: unknown, context: Context) {
  const { results, mobsfscan_version: version } = value as Record<string, unknown>;
  const seen = Object.entries(within(results)).flatMap(([rule, result]): Seen[] => {
    const metadata = within(within(result).metadata);
    const about = {
      title: `${rule}: ${textOf(metadata.description)}`,
      cwes: [metadata.cwe],
      references: [metadata.reference],
      severity: metadata.severity,
      rule,
      original: { masvs: metadata.masvs },
    };
    const files = objectsOf(within(result).files);
    if (files.length === 0) return [{ ...about, text: [metadata.description] }];
    return files.map((f) => ({
      ...about,
      text: [metadata.description, f.match_string],
      file: f.file_path,
      line: listOf(f.match_lines)[0],
    }));
  });
  return scanned(`mobsfscan ${textOf(version)}`.trim(), seen, context);
}
