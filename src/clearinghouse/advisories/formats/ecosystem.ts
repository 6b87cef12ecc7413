/** What a package is called in OSV's world (https://ossf.github.io/osv-schema/#affectedpackage-field). */
interface Ecosystem {
  /** purl type, e.g. `deb`. */
  readonly type: string;
  /** OSV's name of the ecosystem; null where OSV has none. */
  readonly name: string | null;
  /** The package as the ecosystem itself names it, e.g. `@babel/core`. */
  readonly package: string;
  /** OSV range type: `SEMVER` where every version is a semantic version. */
  readonly rangeType: 'SEMVER' | 'ECOSYSTEM';
  /** The scheme of a `vers:` range (https://github.com/package-url/vers-spec). */
  readonly vers: string;
}

const byType: Record<string, { name: string; semver?: true; separator?: string; vers?: string }> = {
  npm: { name: 'npm', semver: true },
  cargo: { name: 'crates.io', semver: true },
  golang: { name: 'Go', semver: true },
  hex: { name: 'Hex', semver: true },
  pub: { name: 'Pub', semver: true },
  pypi: { name: 'PyPI' },
  gem: { name: 'RubyGems' },
  maven: { name: 'Maven', separator: ':' },
  nuget: { name: 'NuGet' },
  composer: { name: 'Packagist' },
  cran: { name: 'CRAN' },
  hackage: { name: 'Hackage' },
  conan: { name: 'ConanCenter' },
  bitnami: { name: 'Bitnami' },
};

/** Distributions: the namespace decides, and is not part of the package's name. */
const byDistribution: Record<string, Record<string, string>> = {
  deb: { debian: 'Debian', ubuntu: 'Ubuntu' },
  apk: { alpine: 'Alpine', wolfi: 'Wolfi', chainguard: 'Chainguard' },
  rpm: {
    redhat: 'Red Hat',
    almalinux: 'AlmaLinux',
    'rocky-linux': 'Rocky Linux',
    opensuse: 'openSUSE',
    suse: 'SUSE',
    openeuler: 'openEuler',
  },
};

/** Takes a canonical purl without version. */
export function ecosystemOf(packagePurl: string): Ecosystem {
  const [type = '', ...path] = packagePurl.slice('pkg:'.length).split('/').map(decodeURIComponent);
  const distributions = byDistribution[type];
  if (distributions) {
    const name = distributions[path[0] ?? ''] ?? null;
    return { type, name, package: path.slice(1).join('/') || path.join('/'), rangeType: 'ECOSYSTEM', vers: type };
  }
  const known = byType[type];
  const joined = path.join(known?.separator ?? '/');
  return { type, name: known?.name ?? null, package: joined, rangeType: known?.semver ? 'SEMVER' : 'ECOSYSTEM', vers: type };
}

/** The purl of one version of a package. */
export function purlOfVersion(packagePurl: string, version: string): string {
  return `${packagePurl}@${encodeURIComponent(version).replaceAll('%3A', ':')}`;
}
