import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, within } from '../members.ts';
import { type Seen, scanned } from './report.ts';

export function isTrivy(value: unknown): boolean {
  if (!isObject(value)) return false;
  return (
    ('SchemaVersion' in value && ('ArtifactName' in value || 'ClusterName' in value)) ||
    (Array.isArray(value.Results) && 'ArtifactName' in value)
  );
}

const ecosystems: Readonly<Record<string, string>> = {
  ...{
    gobinary: 'golang',
    gomod: 'golang',
    pip: 'pypi',
    pipenv: 'pypi',
    poetry: 'pypi',
    'python-pkg': 'pypi',
    'node-pkg': 'npm',
    yarn: 'npm',
    pnpm: 'npm',
  },
  ...{
    jar: 'maven',
    pom: 'maven',
    gradle: 'maven',
    bundler: 'gem',
    gemspec: 'gem',
    cargo: 'cargo',
    rustbinary: 'cargo',
    'dotnet-core': 'nuget',
  },
};

/** aquasecurity/trivy `-f json` (schema 2): one draft a vulnerability, and one a failed misconfiguration; secrets are not taken in. */
export function readTrivy(value: unknown, context: Context) {
  const results = objectsOf((value as Record<string, unknown>).Results);
  const flaws = results.flatMap((result) => objectsOf(result.Vulnerabilities).map((flaw) => flawOf(flaw, result)));
  const checks = results.flatMap((result) => objectsOf(result.Misconfigurations).map((check) => ({ check, result })));
  const failed = checks.filter(({ check }) => check.Status !== 'PASS');
  const misconfigured = failed.map(
    ({ check, result }): Seen => ({
      title: `${textOf(check.ID)}: ${textOf(check.Title)}`,
      text: [check.Description, check.Message, check.Resolution],
      file: result.Target,
      line: within(check.CauseMetadata).StartLine,
      references: [check.PrimaryURL, ...listOf(check.References)],
      severity: check.Severity,
      rule: check.ID,
    }),
  );
  const secrets = results.reduce((n, r) => n + listOf(r.Secrets).length, 0);
  const notes = secrets > 0 ? [`${secrets} secrets were left out: they are no flaw of a package`] : [];
  return scanned('trivy', [...flaws, ...misconfigured], context, checks.length - failed.length, notes);
}

function flawOf(flaw: Readonly<Record<string, unknown>>, result: Readonly<Record<string, unknown>>): Seen {
  const scores = objectsOf(Object.values(within(flaw.CVSS)));
  const type = textOf(result.Type);
  return {
    title: `${textOf(flaw.VulnerabilityID)} in ${textOf(flaw.PkgName)} ${textOf(flaw.InstalledVersion)}: ${textOf(flaw.Title)}`,
    text: [flaw.Description || flaw.Title, textOf(flaw.FixedVersion) && `Fixed in ${textOf(flaw.FixedVersion)}.`],
    purl: purlOf({
      purl: within(flaw.PkgIdentifier).PURL,
      ecosystem: ecosystems[type] ?? type,
      name: flaw.PkgName,
      version: flaw.InstalledVersion,
    }),
    versions: [flaw.InstalledVersion],
    cwes: listOf(flaw.CweIDs),
    vectors: [...scores.map((s) => s.V40Vector), ...scores.map((s) => s.V3Vector)],
    file: flaw.PkgPath || result.Target,
    references: [flaw.PrimaryURL, ...listOf(flaw.References)],
    ids: [flaw.VulnerabilityID, ...listOf(flaw.VendorIDs)],
    severity: flaw.Severity,
    rule: flaw.VulnerabilityID,
    original: { status: flaw.Status, fixed: flaw.FixedVersion, source: flaw.SeveritySource, target: result.Target },
  };
}
