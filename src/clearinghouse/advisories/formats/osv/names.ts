/** OSV schema 1.7.5, "Defined ecosystems". */
const ecosystemNames = [
  ...['AlmaLinux', 'Alpaquita', 'Alpine', 'Android', 'Azure Linux', 'BellSoft Hardened Containers', 'Bioconductor', 'Bitnami', 'CRAN'],
  ...['Chainguard', 'CleanStart', 'ConanCenter', 'Debian', 'Docker Hardened Images', 'Echo', 'FreeBSD', 'GHC', 'GitHub Actions', 'Go'],
  ...['Hackage', 'Hex', 'Julia', 'Kubernetes', 'Linux', 'Mageia', 'Maven', 'MinimOS', 'NuGet', 'OSS-Fuzz', 'Packagist'],
  ...['Photon OS', 'Pub', 'PyPI', 'Red Hat', 'Rocky Linux', 'Root', 'RubyGems', 'SUSE', 'SwiftURL', 'TuxCare', 'Ubuntu', 'VSCode'],
  ...['Wolfi', 'crates.io', 'npm', 'opam', 'openEuler', 'openSUSE'],
];

const known = new Set([...ecosystemNames, 'GIT']);

/** `Debian:13` is of `Debian`; the schema knows `GIT` besides, for what has a repository and no package. */
export function baseOf(ecosystem: string): string {
  const colon = ecosystem.indexOf(':');
  return colon < 0 ? ecosystem : ecosystem.slice(0, colon);
}

/** What stands after the first colon; '' where there is none. */
export function suffixOf(ecosystem: string): string {
  return ecosystem.slice(baseOf(ecosystem).length + 1);
}

/** One of the defined names, alone or with a colon and something of one line after it. */
export function isEcosystem(text: string): boolean {
  return known.has(baseOf(text)) && (!text.includes(':') || /^[^:]+:[^\n\r\u2028\u2029]+$/.test(text));
}

/** The spelling that is defined, of a name whose case may be off; undefined for what is none. */
export function ecosystemLike(text: string): string | undefined {
  return byLowerCase.get(baseOf(text).toLowerCase());
}

const byLowerCase = new Map([...known].map((name) => [name.toLowerCase(), name]));

/** Suffixes that name a repository instead of a release: without one, the ecosystem's own repository is meant, not every one. */
export const withRepositories: ReadonlySet<string> = new Set(['Maven', 'Packagist', 'VSCode']);

/** Where the schema's text asks for a release: what it must look like. */
export const releases: Readonly<Record<string, { readonly form: RegExp; readonly is: string; readonly required: boolean }>> = {
  Alpine: { form: /^v\d+\.\d+$/, is: 'v and the number of a release branch (v3.16)', required: true },
  Mageia: { form: /^\d+$/, is: 'the number of a release', required: true },
  'Photon OS': { form: /^\d+(\.\d+)*$/, is: 'the number of a release', required: true },
  Ubuntu: { form: /^(Pro:)?([A-Za-z]+:)*\d\d\.\d\d(:LTS)?$/, is: 'a release (22.04:LTS, Pro:18.04:LTS)', required: false },
  Debian: { form: /^(\d+(\.\d+)?|[a-z]+)$/, is: 'the number or, where it has none, the series of a release', required: false },
};

/** Databases by the prefixes of their ids: OSV schema 1.7.5, "id, modified fields". */
const homes: readonly (readonly [prefixes: string, name: string, url: string])[] = [
  ['ASB-A PUB-A', 'Android Security Bulletin', 'https://source.android.com/docs/security/bulletin'],
  ['ALSA ALBA ALEA', 'AlmaLinux Security Advisory', 'https://errata.almalinux.org'],
  ['ALPINE', 'Alpine', 'https://secdb.alpinelinux.org'],
  ['AZL', 'Azure Linux Security Advisory', 'https://github.com/microsoft/AzureLinuxVulnerabilityData'],
  ['BELL', 'BellSoft Security Advisory', 'https://docs.bell-sw.com/security/search'],
  ['BIT', 'Bitnami Vulnerability Database', 'https://github.com/bitnami/vulndb'],
  ['CGA', 'Chainguard Security Notices', 'https://packages.cgr.dev'],
  ['CLEANSTART', 'CleanStart', 'https://github.com/cleanstart-dev/cleanstart-security-advisories'],
  ['CLSA', 'TuxCare Security Advisory', 'https://security.tuxcare.com/errata'],
  ['CURL', 'Curl CVEs', 'https://curl.se/docs/security.html'],
  ['CVE', 'National Vulnerability Database', 'https://nvd.nist.gov'],
  ['DEBIAN', 'Debian Security Tracker', 'https://security-tracker.debian.org/tracker'],
  ['DHI', 'Docker Hardened Images Advisories', 'https://github.com/docker-hardened-images/advisories'],
  ['DRUPAL', 'Drupal Advisory Database', 'https://github.com/DrupalSecurityTeam/drupal-advisory-database'],
  ['DSA DLA DTSA', 'Debian Security Advisory Database', 'https://www.debian.org/security'],
  ['ECHO', 'Echo Security Advisory Database', 'https://advisory.echohq.com'],
  ['EEF', 'Erlang Ecosystem Foundation CNA Vulnerabilities', 'https://cna.erlef.org'],
  ['ELA', 'Debian Extended LTS Security Advisories', 'https://www.freexian.com/lts/extended'],
  ['FreeBSD', 'FreeBSD', 'https://www.freebsd.org/security'],
  ['GHSA', 'GitHub Security Advisory Database', 'https://github.com/github/advisory-database'],
  ['GO', 'Go Vulnerability Database', 'https://pkg.go.dev/vuln'],
  ['GSD', 'Global Security Database', 'https://github.com/cloudsecurityalliance/gsd-database'],
  ['HSEC', 'Haskell Security Advisory Database', 'https://github.com/haskell/security-advisories'],
  ['JLSEC', 'Julia Security Advisory Database', 'https://github.com/JuliaLang/SecurityAdvisories.jl'],
  ['KUBE', 'Kubernetes Official CVE Feed', 'https://github.com/kubernetes-sigs/cve-feed-osv'],
  ['LBSEC', 'LoopBack Advisory Database', 'https://github.com/loopbackio/security'],
  ['LSN', 'Livepatch Security Notices', 'https://ubuntu.com/security/livepatch'],
  ['MAL', 'Malicious Packages Repository', 'https://github.com/ossf/malicious-packages'],
  ['MGASA', 'Mageia Security Advisories', 'https://advisories.mageia.org'],
  ['MINI', 'Minimus Security Notices', 'https://packages.mini.dev'],
  ['OESA', 'openEuler Security Advisories', 'https://www.openeuler.org/en/security/security-bulletins'],
  ['OSEC', 'OCaml Security Advisory Database', 'https://github.com/ocaml/security-advisories'],
  ['OSV', 'OSS-Fuzz advisories by OSV.dev', 'https://osv.dev'],
  ['PHSA', 'Photon Security Advisory Database', 'https://github.com/vmware/photon/wiki/Security-Advisories'],
  ['PSF', 'Python Software Foundation Vulnerability Database', 'https://github.com/psf/advisory-database'],
  ['PYSEC', 'PyPI Vulnerability Database', 'https://github.com/pypa/advisory-db'],
  ['RHSA RHBA RHEA', 'Red Hat Security Data', 'https://security.access.redhat.com/data'],
  ['RLSA RXSA', 'Rocky Linux Security Advisory Database', 'https://errata.rockylinux.org'],
  ['ROOT', 'Root Security Advisories', 'https://api.root.io'],
  ['RSEC', 'RConsortium Advisory Database', 'https://github.com/RConsortium/r-advisory-database'],
  ['RUSTSEC', 'RustSec Advisory Database', 'https://github.com/rustsec/advisory-db'],
  ['SUSE-SU SUSE-RU SUSE-FU SUSE-OU openSUSE-SU', 'SUSE', 'https://www.suse.com/support/security'],
  ['UBUNTU', 'Ubuntu CVE Reports', 'https://ubuntu.com/security/cves'],
  ['USN', 'Ubuntu Security Notices', 'https://ubuntu.com/security/notices'],
  ['V8', 'V8/Chromium Time-Based Policy', 'https://chromium.googlesource.com/chromium/src'],
];

const byPrefix = new Map(homes.flatMap(([prefixes, name, url]) => prefixes.split(' ').map((prefix) => [prefix, { name, url }] as const)));

/** Whose id this is by its prefix; undefined where no prefix is registered, `x_` included. */
export function homeOf(id: string): { readonly name: string; readonly url: string } | undefined {
  for (let dash = id.indexOf('-'); dash >= 0; dash = id.indexOf('-', dash + 1)) {
    // The longest prefix has two words.
    const home = byPrefix.get(id.slice(0, dash));
    if (home || dash > 16) return home;
  }
  return undefined;
}

/** A registered prefix, or `x_` for a database that is not registered. */
export function hasPrefix(id: string): boolean {
  return id.startsWith('x_') || homeOf(id) !== undefined;
}
