import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, within } from '../members.ts';
import { scanned } from './report.ts';

export function isGrype(value: unknown): boolean {
  return (
    isObject(value) && Array.isArray(value.matches) && (isObject(value.descriptor) || isObject(value.source) || isObject(value.distro))
  );
}

/** anchore/grype `-o json`, one draft a match. */
export function readGrype(value: unknown, context: Context) {
  const { matches, descriptor } = value as Record<string, unknown>;
  const tool = `grype ${textOf(within(descriptor).version)}`.trim();
  const seen = objectsOf(matches).map((match) => {
    const [flaw, artifact] = [within(match.vulnerability), within(match.artifact)];
    const related = objectsOf(match.relatedVulnerabilities);
    const name = textOf(artifact.name);
    return {
      title: `${textOf(flaw.id)} in ${[name, textOf(artifact.version)].join(' ').trim()}`,
      text: [
        flaw.description || related.map((r) => textOf(r.description)).find(Boolean),
        listOf(within(flaw.fix).versions).length > 0 ? `Fixed in ${listOf(within(flaw.fix).versions).map(textOf).join(', ')}.` : '',
      ],
      purl: purlOf({
        purl: artifact.purl,
        ecosystem: artifact.type === 'go-module' ? 'golang' : artifact.type,
        name,
        version: artifact.version,
      }),
      versions: [artifact.version],
      vectors: [flaw, ...related].flatMap((of) => objectsOf(of.cvss)).map((c) => c.vector),
      file: objectsOf(artifact.locations)[0]?.path,
      references: [flaw.dataSource, ...listOf(flaw.urls), ...related.map((r) => r.dataSource)],
      ids: [flaw.id, ...related.map((r) => r.id)],
      severity: flaw.severity,
      original: { fix: flaw.fix, matchDetails: match.matchDetails, namespace: flaw.namespace },
    };
  });
  return scanned(tool, seen, context);
}
