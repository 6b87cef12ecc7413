import type { Document } from './document.ts';
import { isObject, listOf, type Members, memberOf, textOf, within } from './members.ts';

/** A tool whose own report is told by its looks but not read, and what to send instead. */
interface Tool {
  readonly tool: string;
  readonly root?: RegExp;
  /** Of a JSON object, or of the first element of a JSON list or of JSON Lines. */
  is?(value: Members): boolean;
  readonly instead: string;
}

const sarif = (how: string) => `export SARIF 2.1.0 (${how})`;
const has =
  (...names: readonly string[]) =>
  (value: Members) =>
    names.every((name) => Object.hasOwn(value, name));

const tools: readonly Tool[] = [
  { tool: 'Nmap', root: /^nmaprun$/, instead: 'it tells of open ports; hand in a flaw that stands behind one' },
  { tool: 'OWASP Dependency-Check', root: /^analysis$/, is: has('reportSchema', 'dependencies'), instead: sarif('--format SARIF') },
  { tool: 'SpotBugs', root: /^BugCollection$/, instead: sarif('-sarif') },
  { tool: 'Nessus', root: /^NessusClientData/, instead: 'export its CSV in the columns of DefectDojo’s generic import' },
  { tool: 'ZAP', root: /^OWASPZAPReport$/, is: (v) => textOf(v['@programName']) === 'ZAP', instead: sarif('report template sarif-json') },
  { tool: 'Burp Suite', root: /^issues$/, instead: 'hand in its issues as plain findings, one each' },
  { tool: 'OpenVAS', root: /^report$/, instead: 'export its CSV in the columns of DefectDojo’s generic import' },
  { tool: 'Checkstyle', root: /^checkstyle$/, instead: sarif('-f sarif') },
  { tool: 'JUnit', root: /^testsuites?$/, instead: 'it tells of tests, not of flaws' },
  { tool: 'CVRF', root: /^cvrf/, instead: 'convert it to CSAF (CSAF 2.1 §9.1.5, CVRF CSAF converter)' },
  { tool: 'CycloneDX', root: /^bom$/, is: has('bomFormat'), instead: 'a bill of materials tells of no flaw: keep it as an inventory' },
  { tool: 'SPDX', is: has('spdxVersion'), instead: 'a bill of materials tells of no flaw: keep it as an inventory' },
  { tool: 'HTML', root: /^html$/i, instead: 'send the report as JSON or SARIF' },
  {
    tool: 'MobSF',
    is: (v) => has('file_name', 'md5')(v) && ('app_name' in v || 'appsec' in v || 'files' in v || 'name' in v),
    instead: sarif('mobsfscan --sarif'),
  },
  { tool: 'ORT', is: has('scan_results', 'rule_violations'), instead: 'export its vulnerabilities as CycloneDX (ort report -f CycloneDX)' },
  { tool: 'Brakeman', is: has('scan_info', 'warnings'), instead: sarif('-f sarif') },
  { tool: 'KICS', is: has('kics_version'), instead: sarif('--report-formats sarif') },
  { tool: 'govulncheck', is: (v) => isObject(v.config) && 'scanner_name' in v.config, instead: sarif('-format sarif') },
  {
    tool: 'SonarQube',
    is: (v) => Array.isArray(v.issues) && isObject(v.paging),
    instead: sarif('a plugin, or its generic issues converted'),
  },
  { tool: 'ESLint', is: has('filePath', 'messages'), instead: sarif('-f @microsoft/sarif') },
  { tool: 'Hadolint', is: (v) => /^DL\d{4}$|^SC\d{4}$/.test(textOf(v.code)), instead: sarif('-f sarif') },
  { tool: 'Gitleaks', is: has('RuleID', 'Secret'), instead: 'a leaked secret is for its owner to revoke; it is no flaw of a package' },
  {
    tool: 'TruffleHog',
    is: has('DetectorName', 'SourceMetadata'),
    instead: 'a leaked secret is for its owner to revoke; it is no flaw of a package',
  },
  {
    tool: 'detect-secrets',
    is: has('plugins_used', 'results'),
    instead: 'a leaked secret is for its owner to revoke; it is no flaw of a package',
  },
  { tool: 'WPScan', is: has('target_url', 'interesting_findings'), instead: 'hand in its findings as plain ones, one each' },
  { tool: 'Clair', is: has('manifest_hash', 'package_vulnerabilities'), instead: 'scan the image with one of the scanners that are read' },
  { tool: 'tfsec', is: (v) => 'long_id' in within(listOf(v.results)[0]), instead: sarif('-f sarif') },
  { tool: 'Terrascan', is: (v) => has('violations', 'scan_summary')(within(v.results)), instead: sarif('-o sarif') },
];

/** What it is, and what to do about it, when a tool is recognised whose report is not read. */
export function toolOf(document: Document): { readonly tool: string; readonly instead: string } | undefined {
  if (document.kind === 'xml') return tools.find((t) => t.root?.test(document.root));
  const value = document.kind === 'json' ? [document.value].flat()[0] : document.kind === 'lines' ? document.values[0] : undefined;
  return isObject(value) ? tools.find((t) => t.is?.(value)) : undefined;
}

/** In a few words, for whoever wonders what arrived: never its content. */
export function looksLike(document: Document): string {
  if (document.kind === 'xml') return `XML, root element ${document.root}`;
  if (document.kind === 'zip') return `a zip archive of ${document.files.length} files`;
  if (document.kind === 'csv') return `a table with the columns ${document.columns.slice(0, 8).join(', ')}`;
  if (document.kind === 'text') return 'plain text';
  if (document.kind === 'empty') return 'nothing at all';
  const value = document.kind === 'lines' ? document.values[0] : document.value;
  const kind = document.kind === 'lines' ? 'JSON Lines' : 'JSON';
  if (Array.isArray(value)) return `${kind}, a list of ${value.length}`;
  return isObject(value) ? `${kind}, an object with ${namesOf(value)}` : `${kind}, a ${typeof value}`;
}

function namesOf(value: Members): string {
  const names = Object.keys(value).filter((name) => /^[\w@$.-]{1,32}$/.test(name) && memberOf(value, name) !== undefined);
  return names.length === 0 ? 'no members' : names.slice(0, 8).join(', ');
}
