import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, type Members, memberOf, objectsOf, textOf, textsOf, within } from '../members.ts';
import { type Seen, scanned } from './report.ts';

/** npm 6 and Yarn 1 tell of `advisories`, npm 7 and later of `vulnerabilities` by package. */
export function isNpmAudit(value: unknown): boolean {
  const { advisories, vulnerabilities, metadata, auditReportVersion } = within(value);
  if (!isObject(metadata)) return false;
  return isObject(advisories) || (isObject(vulnerabilities) && (auditReportVersion !== undefined || isObject(metadata.vulnerabilities)));
}

/** `npm audit --json`, one draft an advisory on a package (and, as npm 6 tells it, on each version that is there). */
export function readNpmAudit(value: unknown, context: Context) {
  const { advisories, vulnerabilities } = within(value);
  const seen = isObject(advisories)
    ? objectsOf(Object.values(advisories)).flatMap(ofAdvisory)
    : ofPackages(objectsOf(Object.values(within(vulnerabilities))));
  return scanned('npm audit', seen, context);
}

/** Yarn 1: JSON Lines, each `auditAdvisory` with the path on which it was found. */
export function isYarnAudit(values: readonly unknown[]): boolean {
  return values.some((v) => ['auditAdvisory', 'auditSummary'].includes(textOf(memberOf(v, 'type'))));
}

export function readYarnAudit(values: readonly unknown[], context: Context) {
  const advisories = objectsOf(values).filter((v) => v.type === 'auditAdvisory');
  // The same advisory comes once a path on which the package is found; that is one flaw.
  const byId = new Map(advisories.map((v) => within(v.data, 'advisory')).map((a) => [`${textOf(a.id)} ${textOf(a.module_name)}`, a]));
  return scanned('yarn audit', [...byId.values()].flatMap(ofAdvisory), context);
}

/** Yarn 2 and later: JSON Lines of `{"value": package, "children": {"ID": …, "Issue": …}}`. */
export function isYarnBerryAudit(values: readonly unknown[]): boolean {
  return values.length > 0 && values.every((v) => typeof memberOf(v, 'value') === 'string' && isObject(memberOf(v, 'children')));
}

export function readYarnBerryAudit(values: readonly unknown[], context: Context) {
  const seen = objectsOf(values).map((v): Seen => {
    const told = within(v.children);
    const versions = listOf(told['Tree Versions']);
    return {
      title: `${textOf(told.Issue) || textOf(told.ID)}`,
      text: [told.Issue, `Vulnerable versions: ${textOf(told['Vulnerable Versions'])}`],
      purl: purlOf({ ecosystem: 'npm', name: v.value, version: versions[0] }),
      versions,
      references: [told.URL],
      severity: told.Severity,
      rule: told.ID,
    };
  });
  return scanned('yarn npm audit', seen, context);
}

function ofAdvisory(advisory: Members): Seen[] {
  const found = objectsOf(advisory.findings);
  const versions = [...new Set(found.map((f) => textOf(f.version)))].filter(Boolean);
  const one = (version: string | undefined): Seen => ({
    title: `${textOf(advisory.title)} in ${textOf(advisory.module_name)}`,
    text: [advisory.overview, textOf(advisory.recommendation), `Vulnerable versions: ${textOf(advisory.vulnerable_versions)}`],
    purl: purlOf({ ecosystem: 'npm', name: advisory.module_name, version }),
    cwes: listOf([advisory.cwe].flat()),
    vectors: [within(advisory.cvss).vectorString],
    references: [
      advisory.url,
      ...(textOf(advisory.references)
        .slice(0, 8192)
        .match(/https?:\/\/[^\s)\]]+/g) ?? []),
    ],
    ids: [...listOf(advisory.cves), advisory.github_advisory_id],
    severity: advisory.severity,
    rule: advisory.id,
    original: {
      vulnerable: advisory.vulnerable_versions,
      patched: advisory.patched_versions,
      paths: found.flatMap((f) => textsOf(f.paths ?? [])).slice(0, 64),
    },
  });
  return versions.length === 0 ? [one(undefined)] : versions.map(one);
}

/** A package that is only affected through another (`via` names it) has no advisory of its own. */
function ofPackages(packages: readonly Members[]): Seen[] {
  const advisories = new Map(
    packages.flatMap((p) =>
      objectsOf(p.via).map((via) => [`${textOf(via.source)} ${textOf(via.name)} ${textOf(via.url)}`, { via, p }] as const),
    ),
  );
  return [...advisories.values()].map(({ via, p }) => ({
    title: `${textOf(via.title)} in ${textOf(via.name)}`,
    text: [via.title, `Vulnerable versions: ${textOf(via.range)}`],
    purl: purlOf({ ecosystem: 'npm', name: via.dependency ?? via.name }),
    cwes: listOf(via.cwe),
    vectors: [within(via.cvss).vectorString],
    references: [via.url],
    ids: [textOf(via.url).split('/').at(-1)],
    severity: via.severity,
    rule: via.source,
    original: { range: via.range, nodes: p.nodes, fixAvailable: p.fixAvailable },
  }));
}
