import type { Refusal } from '../../../base/refusal.ts';
import { type Context, purlOf, type Reading, reading, type Told } from './drafting.ts';
import { isObject, listOf, type Members, objectsOf, textOf, within } from './members.ts';

const idOf = (value: Members) => textOf(value.ghsaId ?? value.ghsa_id);

export function isGithubAdvisory(value: unknown): boolean {
  const list = [value].flat();
  return list.length > 0 && list.every((v) => isObject(v) && /^GHSA-/.test(idOf(v)) && typeof v.summary === 'string');
}

/** Security advisories of GitHub's GraphQL (`ghsaId`) and REST (`ghsa_id`) API, one draft each; the first package is the finding's. */
export function readGithubAdvisory(value: unknown, context: Context): Reading | Refusal {
  const all = objectsOf([value].flat());
  const open = all.filter((a) => textOf(a.withdrawnAt ?? a.withdrawn_at) === '');
  return reading(
    open.map((a) => toldBy(a, context)),
    (i) => (all.length > 1 ? `/${i}` : ''),
    all.length - open.length,
  );
}

/** GraphQL wraps lists as `{"nodes": […]}`. */
const nodesOf = (list: unknown) => objectsOf(Array.isArray(list) ? list : within(list).nodes);

function toldBy(advisory: Members, context: Context): Told {
  const affected = nodesOf(advisory.vulnerabilities);
  const named = affected.map((v) => purlOf({ ecosystem: ecosystemOf(within(v.package).ecosystem), name: within(v.package).name }));
  const scores = [within(advisory.cvss_severities, 'cvss_v4'), within(advisory.cvss_severities, 'cvss_v3'), within(advisory.cvss)];
  return {
    format: 'github-advisory',
    title: textOf(advisory.summary),
    text: [textOf(advisory.description)],
    purl: named.find((p) => p !== undefined) ?? context.purl ?? undefined,
    cwes: nodesOf(advisory.cwes).map((c) => c.cweId ?? c.cwe_id),
    vectors: scores.map((s) => s.vectorString ?? s.vector_string),
    function: affected.flatMap((v) => listOf(v.vulnerable_functions))[0],
    references: [advisory.html_url, ...listOf(advisory.references).map((r) => (isObject(r) ? r.url : r))],
    repository: advisory.source_code_location,
    ids: [idOf(advisory), advisory.cve_id, ...objectsOf(advisory.identifiers).map((i) => i.value)],
    original: {
      severity: advisory.severity,
      published: advisory.publishedAt ?? advisory.published_at,
      vulnerabilities: affected,
      credits: advisory.credits,
    },
  };
}

const ecosystems: Readonly<Record<string, string>> = {
  pip: 'pypi',
  rubygems: 'gem',
  go: 'golang',
  rust: 'cargo',
  actions: 'githubactions',
  erlang: 'hex',
};

function ecosystemOf(value: unknown): string {
  const name = textOf(value).toLowerCase();
  return ecosystems[name] ?? name;
}
