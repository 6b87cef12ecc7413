import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, type Members, objectsOf, textOf, textsOf, within } from '../members.ts';
import { type Seen, scanned } from './report.ts';

const isProject = (value: unknown): value is Members =>
  isObject(value) &&
  Array.isArray(value.vulnerabilities) &&
  ('packageManager' in value || 'projectName' in value || 'dependencyCount' in value);

export function isSnyk(value: unknown): boolean {
  return isProject(value) || (Array.isArray(value) && value.length > 0 && value.every(isProject));
}

/** `snyk test --json` and `snyk container test --json`: one draft a flaw in a version of a package, however many paths lead there. */
export function readSnyk(value: unknown, context: Context) {
  const projects = [value].flat().filter(isProject);
  const seen = projects.flatMap((project) => {
    const flaws = new Map(
      objectsOf(project.vulnerabilities).map((v) => [[v.id, v.packageName ?? v.moduleName, v.version].map(textOf).join(' '), v]),
    );
    return [...flaws.values()].map((flaw) => seenOf(flaw, project));
  });
  return scanned('snyk', seen, context);
}

const ecosystems: Readonly<Record<string, string>> = {
  pip: 'pypi',
  poetry: 'pypi',
  yarn: 'npm',
  sbt: 'maven',
  gradle: 'maven',
  gomodules: 'golang',
  golangdep: 'golang',
  rubygems: 'gem',
  linux: 'generic',
};

function seenOf(flaw: Members, project: Members): Seen {
  const manager = textOf(flaw.packageManager) || textOf(project.packageManager);
  const name = textOf(flaw.packageName) || textOf(flaw.moduleName) || textOf(flaw.name);
  const { CVE, CWE, GHSA } = within(flaw.identifiers);
  const ecosystem = manager.split(':')[0]!;
  return {
    title: `${textOf(flaw.title)} in ${name}`,
    text: [flaw.description, textsOf(flaw.fixedIn ?? []).length > 0 ? `Fixed in ${textsOf(flaw.fixedIn).join(', ')}.` : ''],
    purl: purlOf({ ecosystem: ecosystems[ecosystem] ?? ecosystem, name, version: flaw.version }),
    versions: [flaw.version],
    cwes: listOf(CWE),
    vectors: [
      ...objectsOf(flaw.cvssDetails).map((d) => d.cvssV4Vector),
      flaw.CVSSv4,
      flaw.CVSSv3,
      ...objectsOf(flaw.cvssDetails).map((d) => d.cvssV3Vector),
    ],
    file: project.displayTargetFile,
    references: objectsOf(flaw.references).map((r) => r.url),
    ids: [...listOf(CVE), ...listOf(GHSA)],
    severity: flaw.severity,
    rule: flaw.id,
    original: { semver: within(flaw.semver).vulnerable, fixedIn: flaw.fixedIn, from: flaw.from, project: project.projectName },
  };
}
