import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, within } from '../members.ts';
import { scanned } from './report.ts';

export function isSonatype(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.components) && isObject(value.matchSummary);
}

/** Sonatype IQ Server application report: one draft a security issue of a component. */
export function readSonatype(value: unknown, context: Context) {
  const seen = objectsOf((value as Record<string, unknown>).components).flatMap((component) => {
    const { format, coordinates } = within(component.componentIdentifier);
    const at = within(coordinates);
    const name = [textOf(at.groupId), textOf(at.artifactId) || textOf(at.packageId) || textOf(at.name)].filter(Boolean).join(':');
    return objectsOf(within(component.securityData).securityIssues).map((issue) => ({
      title: `${textOf(issue.reference)} in ${name} ${textOf(at.version)}`,
      text: [`${textOf(issue.reference)}, severity ${textOf(issue.severity)} (${textOf(issue.threatCategory)}), ${textOf(issue.status)}.`],
      purl: purlOf({ purl: component.packageUrl, ecosystem: format === 'a-name' ? 'generic' : format, name, version: at.version }),
      cwes: [issue.cwe],
      vectors: [issue.cvssVector],
      file: listOf(component.pathnames)[0],
      references: [issue.url],
      ids: [issue.reference],
      severity: issue.severity,
      rule: issue.reference,
    }));
  });
  return scanned('Sonatype IQ', seen, context);
}
