import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, within } from '../members.ts';
import { scanned } from './report.ts';

export function isGitlab(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value.vulnerabilities) || typeof value.version !== 'string') return false;
  return (
    isObject(within(value.scan).scanner) || isObject(within(value.vulnerabilities[0]).location) || Array.isArray(value.dependency_files)
  );
}

const ecosystems: Readonly<Record<string, string>> = {
  ...{ go: 'golang', pip: 'pypi', pipenv: 'pypi', poetry: 'pypi', yarn: 'npm', pnpm: 'npm', bundler: 'gem', gradle: 'maven', sbt: 'maven' },
};

/** GitLab security report schemas 14 and 15 (dependency scanning, SAST, container scanning), one draft a vulnerability. */
export function readGitlab(value: unknown, context: Context) {
  const { vulnerabilities, scan, dependency_files: files } = value as Record<string, unknown>;
  const managerOf = new Map(objectsOf(files).map((f) => [textOf(f.path), textOf(f.package_manager)]));
  const scanner = within(scan, 'scanner');
  const seen = objectsOf(vulnerabilities).map((flaw) => {
    const location = within(flaw.location);
    const [dependency, identifiers] = [within(location.dependency), objectsOf(flaw.identifiers)];
    const manager = managerOf.get(textOf(location.file)) ?? '';
    return {
      title: textOf(flaw.name) || textOf(flaw.message) || textOf(flaw.description),
      text: [flaw.description || flaw.message, flaw.solution],
      purl: purlOf({ ecosystem: ecosystems[manager] ?? manager, name: within(dependency.package).name, version: dependency.version }),
      cwes: identifiers.filter((i) => i.type === 'cwe').map((i) => i.value),
      vectors: objectsOf(flaw.cvss_vectors).map((c) => c.vector ?? c.vector_string),
      file: location.file,
      function: location.method,
      line: location.start_line,
      references: [...objectsOf(flaw.links).map((l) => l.url), ...identifiers.map((i) => i.url)],
      ids: identifiers.map((i) => i.value),
      severity: flaw.severity,
      rule: identifiers[0]?.value,
      original: {
        id: flaw.id,
        category: flaw.category,
        scan: within(scan).type,
        image: location.image,
        identifiers: listOf(flaw.identifiers),
      },
    };
  });
  return scanned([textOf(scanner.name) || 'GitLab', textOf(scanner.version)].join(' ').trim(), seen, context);
}
