import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, textsOf, within } from '../members.ts';
import { scanned } from './report.ts';

export function isRetireJs(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.data) && 'messages' in value && 'errors' in value;
}

/** RetireJS `--outputformat json`: one draft a flaw of a component's version in a file. */
export function readRetireJs(value: unknown, context: Context) {
  const seen = objectsOf((value as Record<string, unknown>).data).flatMap((file) =>
    objectsOf(file.results).flatMap((result) =>
      objectsOf(result.vulnerabilities).map((flaw) => {
        const told = within(flaw.identifiers);
        const name = `${textOf(result.component)} ${textOf(result.version)}`;
        return {
          title: `${textOf(told.summary) || textsOf(told.CVE ?? [])[0] || textsOf(flaw.info ?? [])[0] || 'A known flaw'} in ${name}`,
          text: [told.summary, textOf(flaw.below) && `Fixed in ${textOf(flaw.below)}.`],
          purl: purlOf({ ecosystem: 'npm', name: result.npmname ?? result.component, version: result.version }),
          cwes: listOf(flaw.cwe),
          file: file.file,
          references: listOf(flaw.info),
          ids: [...listOf(told.CVE), told.githubID],
          severity: flaw.severity,
          rule: told.retid ?? told.issue,
        };
      }),
    ),
  );
  return scanned('retire.js', seen, context);
}
