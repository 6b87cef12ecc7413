const lines = (...values: readonly unknown[]) => values.map((v) => JSON.stringify(v)).join('\n');
const purl = 'pkg:npm/parse@1.0.0';
const sarif = {
  version: '2.1.0',
  runs: [
    { tool: { driver: { name: 't', rules: [{ id: 'r' }] } }, results: [{ ruleId: 'r', message: { text: 'Overflow' }, locations: [{}] }] },
  ],
};
const gitlab = {
  version: '15.0.0',
  vulnerabilities: [
    {
      id: 'a',
      name: 'XXE',
      description: 'Expands.',
      severity: 'High',
      location: { file: 'go.sum', dependency: { package: { name: 'a/b' }, version: 'v1' } },
    },
  ],
  dependency_files: [{ path: 'go.sum', package_manager: 'go', dependencies: [] }],
  scan: { scanner: { id: 'gemnasium', name: 'Gemnasium' } },
};
const npmAdvisory = {
  id: 1,
  title: 'Pollution',
  module_name: 'parse',
  overview: 'Sets.',
  findings: [{ version: '1.0.0', paths: ['parse'] }],
  cwe: 'CWE-471',
};

/** A small document of each format that is read, made up, telling of one flaw. */
export const documents: Readonly<Record<string, string>> = {
  plain: JSON.stringify({ title: 'Overflow', text: 'It overflows.', purl }),
  tap: JSON.stringify({ purl, exploit: 'run it', exploit_content_type: 'text/plain', email: 'a@example.org' }),
  sarif: JSON.stringify(sarif),
  osv: JSON.stringify({
    schema_version: '1.7.0',
    id: 'OSV-2026-1',
    modified: '2026-11-01T00:00:00Z',
    details: 'It overflows.',
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
    affected: [
      {
        package: { ecosystem: 'npm', name: 'parse' },
        ranges: [{ type: 'GIT', repo: 'https://git.example/parse', events: [{ introduced: 'a'.repeat(40) }, { fixed: 'b'.repeat(40) }] }],
        versions: ['1.0.0'],
      },
    ],
    references: [{ type: 'FIX', url: 'https://git.example/parse/fix' }],
  }),
  csaf: JSON.stringify({
    document: { csaf_version: '2.1', category: 'csaf_vulnerability_report', title: 'Report', distribution: { tlp: { label: 'AMBER' } } },
    product_tree: {
      branches: [
        {
          category: 'vendor',
          name: 'Acme',
          branches: [
            {
              category: 'product_name',
              name: 'Parse',
              branches: [
                {
                  category: 'product_version',
                  name: '1.0',
                  product: { name: 'Acme Parse 1.0', product_id: 'P1', product_identification_helper: { purls: ['pkg:npm/parse@1.0'] } },
                },
              ],
            },
          ],
        },
      ],
    },
    vulnerabilities: [
      {
        ids: [{ system_name: 'Acme', text: 'A-1' }],
        title: 'Overflow',
        cwes: [{ id: 'CWE-787', name: 'Out-of-bounds Write', version: '4.15' }],
        notes: [
          { category: 'description', text: 'It overflows.' },
          { category: 'other', title: 'AI Usage', text: 'Found by an agent.\nTool: hunter 2\nModel: m-1' },
        ],
        product_status: { known_affected: ['P1'] },
      },
    ],
  }),
  'codex-security': JSON.stringify({
    documentType: 'codex-security.findings',
    schemaVersion: '1.0',
    scanId: 's1',
    findings: [
      {
        findingId: 'csf_1',
        ruleId: 'r',
        title: 'Overflow',
        summary: 'It overflows.',
        severity: { level: 'high' },
        taxonomy: { category: 'memory', cwe: ['CWE-787'] },
        locations: [{ path: 'a.c', startLine: 3 }],
      },
    ],
  }),
  crs: JSON.stringify({
    pov: { fuzzer_name: 'fuzz_parse', sanitizer: 'address', engine: 'libfuzzer', architecture: 'x86_64', testcase: 'AAEC' },
    patch: { patch: Buffer.from('--- a/a.c\n+++ b/a.c\n').toString('base64') },
    sarif: { sarif },
    bundle: { pov_id: '1', patch_id: '2', description: 'One bug.' },
  }),
  'github-advisory': JSON.stringify({
    ghsa_id: 'GHSA-23cf-45gh-67jm',
    summary: 'Overflow',
    description: 'It overflows.',
    vulnerabilities: [{ package: { ecosystem: 'npm', name: 'parse' }, vulnerable_version_range: '< 2' }],
    cwes: [{ cwe_id: 'CWE-787' }],
  }),
  openvex: JSON.stringify({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    statements: [{ vulnerability: { name: 'CVE-2026-0001' }, products: [{ '@id': purl }], status: 'affected', action_statement: 'Wait.' }],
  }),
  cyclonedx: JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ 'bom-ref': 'c1', name: 'parse', purl }],
    vulnerabilities: [
      { id: 'CVE-2026-0001', description: 'It overflows.', cwes: [787], affects: [{ ref: 'c1' }], analysis: { state: 'exploitable' } },
    ],
  }),
  bandit: JSON.stringify({
    metrics: { _totals: {} },
    results: [
      { test_id: 'B101', test_name: 'assert_used', issue_text: 'Assert.', filename: 'a.py', line_number: 2, issue_cwe: { id: 703 } },
    ],
  }),
  'cargo-audit': JSON.stringify({
    database: {},
    vulnerabilities: {
      list: [
        { advisory: { id: 'RUSTSEC-2026-0001', title: 'Overflow', description: 'It does.' }, package: { name: 'parse', version: '1.0.0' } },
      ],
    },
  }),
  checkov: JSON.stringify({
    check_type: 'terraform',
    results: {
      passed_checks: [],
      failed_checks: [{ check_id: 'CKV_1', check_name: 'Is open', file_path: '/a.tf', file_line_range: [1, 2] }],
    },
    summary: { checkov_version: '3' },
  }),
  defectdojo: JSON.stringify({
    findings: [{ title: 'Overflow', description: 'It overflows.', severity: 'High', cwe: 787, file_path: 'a.c', line: 3 }],
  }),
  gitlab: JSON.stringify(gitlab),
  gosec: JSON.stringify({
    Issues: [{ rule_id: 'G101', details: 'Weak.', file: 'a.go', line: '3-4', cwe: { id: '798' } }],
    Stats: {},
    GosecVersion: '2',
  }),
  grype: JSON.stringify({
    matches: [
      {
        vulnerability: { id: 'CVE-2026-0001', description: 'It overflows.', severity: 'High' },
        artifact: { name: 'parse', version: '1.0.0', type: 'npm', purl },
      },
    ],
    descriptor: { name: 'grype', version: '0.80' },
  }),
  inspector: JSON.stringify({
    findings: [
      {
        findingArn: 'arn:aws:inspector2:eu:1:finding/1',
        title: 'CVE-2026-0001 - parse',
        description: 'It overflows.',
        status: 'ACTIVE',
        severity: 'HIGH',
        packageVulnerabilityDetails: {
          vulnerabilityId: 'CVE-2026-0001',
          vulnerablePackages: [{ name: 'parse', version: '1.0.0', packageManager: 'NPM' }],
        },
      },
    ],
  }),
  mobsfscan: JSON.stringify({
    mobsfscan_version: '0.4',
    results: {
      no_pinning: {
        files: [{ file_path: 'a.kt', match_lines: [1, 1], match_string: 'x' }],
        metadata: { cwe: 'CWE-295 Improper', description: 'Not pinned.' },
      },
    },
  }),
  'npm-audit': JSON.stringify({ advisories: { 1: npmAdvisory }, metadata: {} }),
  nuclei: lines({
    'template-id': 'x',
    info: { name: 'Open', severity: 'low' },
    type: 'http',
    host: 'https://a.example',
    'matched-at': 'https://a.example/x',
  }),
  'osv-scanner': JSON.stringify({
    results: [
      {
        source: { path: 'package-lock.json' },
        packages: [
          {
            package: { name: 'parse', version: '1.0.0', ecosystem: 'npm' },
            vulnerabilities: [{ id: 'OSV-2026-1', modified: '2026-01-01T00:00:00Z', summary: 'Overflow' }],
          },
        ],
      },
    ],
  }),
  'pip-audit': JSON.stringify({
    dependencies: [{ name: 'parse', version: '1.0.0', vulns: [{ id: 'PYSEC-2026-1', description: 'It overflows.', fix_versions: ['2'] }] }],
  }),
  retirejs: JSON.stringify({
    data: [
      {
        file: 'a.js',
        results: [{ component: 'parse', version: '1.0.0', vulnerabilities: [{ below: '2', identifiers: { summary: 'Overflow' } }] }],
      },
    ],
    messages: [],
    errors: [],
  }),
  semgrep: JSON.stringify({
    results: [{ check_id: 'r', path: 'a.c', start: { line: 3 }, extra: { message: 'Overflow', metadata: { cwe: 'CWE-787: x' } } }],
    errors: [],
  }),
  'semgrep-supply-chain': JSON.stringify({
    vulns: [
      {
        title: 'Overflow',
        advisory: { description: 'It does.', ecosystem: 'npm' },
        matchedDependency: { name: 'parse', versionSpecifier: '1.0.0' },
      },
    ],
  }),
  snyk: JSON.stringify({
    vulnerabilities: [
      {
        id: 'SNYK-1',
        title: 'Overflow',
        description: 'It does.',
        packageName: 'parse',
        version: '1.0.0',
        identifiers: { CWE: ['CWE-787'] },
      },
    ],
    packageManager: 'npm',
    projectName: 'p',
  }),
  sonatype: JSON.stringify({
    components: [
      {
        packageUrl: purl,
        componentIdentifier: { format: 'npm', coordinates: { name: 'parse', version: '1.0.0' } },
        securityData: { securityIssues: [{ reference: 'CVE-2026-0001', severity: 7, status: 'Open' }] },
      },
    ],
    matchSummary: {},
  }),
  trivy: JSON.stringify({
    SchemaVersion: 2,
    ArtifactName: 'image',
    Results: [
      {
        Target: 'package-lock.json',
        Type: 'npm',
        Vulnerabilities: [
          { VulnerabilityID: 'CVE-2026-0001', PkgName: 'parse', InstalledVersion: '1.0.0', Description: 'It does.', CweIDs: ['CWE-787'] },
        ],
      },
    ],
  }),
  'yarn-audit': lines({ type: 'auditAdvisory', data: { resolution: {}, advisory: npmAdvisory } }, { type: 'auditSummary', data: {} }),
  'yarn-berry-audit': lines({
    value: 'parse',
    children: { ID: 1, Issue: 'Overflow', Severity: 'high', 'Vulnerable Versions': '<2', 'Tree Versions': ['1.0.0'] },
  }),
};
