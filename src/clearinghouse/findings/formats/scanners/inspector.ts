import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, listOf, objectsOf, textOf, within } from '../members.ts';
import { scanned } from './report.ts';

export function isInspector(value: unknown): boolean {
  return (
    isObject(value) &&
    Array.isArray(value.findings) &&
    value.findings.length > 0 &&
    value.findings.every((f) => /:inspector2:/.test(textOf(within(f).findingArn).slice(0, 64)))
  );
}

const managers: Readonly<Record<string, string>> = {
  ...{
    GOBINARY: 'golang',
    GOMOD: 'golang',
    PIP: 'pypi',
    PIPENV: 'pypi',
    POETRY: 'pypi',
    PYTHONPKG: 'pypi',
    NPM: 'npm',
    YARN: 'npm',
    PNPM: 'npm',
    NODEPKG: 'npm',
  },
  ...{ JAR: 'maven', POM: 'maven', BUNDLER: 'gem', GEMSPEC: 'gem', CARGO: 'cargo', COMPOSER: 'composer', NUGET: 'nuget' },
};

/** Amazon Inspector `list-findings`, one draft a finding that is not closed; of several packages the first is the finding's. */
export function readInspector(value: unknown, context: Context) {
  const findings = objectsOf((value as Record<string, unknown>).findings);
  const open = findings.filter((f) => f.status !== 'CLOSED' && f.status !== 'SUPPRESSED');
  const seen = open.map((finding) => {
    const [details, code] = [within(finding.packageVulnerabilityDetails), within(finding.codeVulnerabilityDetails)];
    const [named = {}] = objectsOf(details.vulnerablePackages);
    return {
      title: textOf(finding.title),
      text: [finding.description, within(finding.remediation, 'recommendation').text],
      purl: purlOf({ ecosystem: managers[textOf(named.packageManager)], name: named.name, version: named.version }),
      versions: [named.version],
      cwes: listOf(code.cwes),
      vectors: [...objectsOf(details.cvss), within(finding.inspectorScoreDetails, 'adjustedCvss')].map((c) => c.scoringVector),
      file: named.filePath ?? within(code.filePath).filePath,
      line: within(code.filePath).startLine,
      references: [details.sourceUrl, ...listOf(details.referenceUrls)],
      ids: [details.vulnerabilityId, ...listOf(details.relatedVulnerabilities)],
      severity: finding.severity,
      rule: details.vulnerabilityId,
      original: { arn: finding.findingArn, status: finding.status, type: finding.type, packages: details.vulnerablePackages },
    };
  });
  return scanned('Amazon Inspector', seen, context, findings.length - open.length);
}
