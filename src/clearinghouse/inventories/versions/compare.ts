import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import { alpm } from './alpm.ts';
import { apk } from './apk.ts';
import { conan } from './conan.ts';
import { datetime } from './datetime.ts';
import { debian } from './debian.ts';
import { cran, hackage, intdot } from './dotted.ts';
import { generic, lexicographic } from './generic.ts';
import { gentoo } from './gentoo.ts';
import { maven } from './maven.ts';
import { nuget } from './nuget.ts';
import { openssl } from './openssl.ts';
import type { Order } from './order.ts';
import { packagist } from './packagist.ts';
import { pypi } from './pypi.ts';
import { rpm } from './rpm.ts';
import { rubygems } from './rubygems.ts';
import { pub, semver } from './semver.ts';

/** By scheme: the type of a package URL, or of a version range (`vers:`), which has some of its own. */
const orders = new Map<string, Order>(
  Object.entries({
    alpine: apk,
    alpm,
    apache: semver,
    apk,
    bitnami: semver,
    cargo: semver,
    composer: packagist,
    conan,
    cran,
    dart: pub,
    datetime,
    deb: debian,
    ebuild: gentoo,
    gem: rubygems,
    generic,
    gentoo,
    github: semver,
    golang: semver,
    hackage,
    hex: semver,
    intdot,
    julia: semver,
    lexicographic,
    mattermost: semver,
    maven,
    mozilla: semver,
    nginx: semver,
    npm: semver,
    nuget,
    openssl,
    pub,
    pypi,
    rpm,
    semver,
    swift: semver,
  }),
);

/** OSV's names of ecosystems (ossf.github.io/osv-schema, "Defined ecosystems") that can be ordered. */
const ecosystems = new Map<string, string>(
  Object.entries({
    AlmaLinux: 'rpm',
    Alpaquita: 'apk',
    Alpine: 'apk',
    'BellSoft Hardened Containers': 'apk',
    Bioconductor: 'cran',
    Bitnami: 'bitnami',
    CRAN: 'cran',
    Chainguard: 'apk',
    ConanCenter: 'conan',
    Debian: 'deb',
    Go: 'golang',
    Hackage: 'hackage',
    Hex: 'hex',
    Julia: 'julia',
    Mageia: 'rpm',
    Maven: 'maven',
    MinimOS: 'apk',
    NuGet: 'nuget',
    Packagist: 'composer',
    'Photon OS': 'rpm',
    Pub: 'pub',
    PyPI: 'pypi',
    'Red Hat': 'rpm',
    'Rocky Linux': 'rpm',
    RubyGems: 'gem',
    SUSE: 'rpm',
    SwiftURL: 'swift',
    Ubuntu: 'deb',
    Wolfi: 'apk',
    'crates.io': 'cargo',
    npm: 'npm',
    openEuler: 'rpm',
    openSUSE: 'rpm',
  }),
);

/** Types of package URLs whose versions have an order of their own: not those of special schemes, whose order is a guess. */
const packageTypes = new Set([...ecosystems.values(), 'alpm']);

/** undefined when versions of the scheme cannot be ordered here. */
export function orderOfScheme(scheme: string): Order | undefined {
  return orders.get(scheme);
}

/**
 * Which of two versions is older: −1 when `a` is. The ecosystem is named as OSV names it; a release behind a colon (`Debian:13`) does not matter.
 * Refused: `unsupported` ecosystems, `too_large` texts, and `malformed` ones, which are no versions there.
 */
export function compareVersions(ecosystem: string, a: string, b: string): -1 | 0 | 1 | Refusal {
  const scheme = ecosystems.get(ecosystem.split(':', 1)[0]!);
  return scheme === undefined
    ? refuse('unsupported', 'versions of this ecosystem cannot be ordered here', 'ecosystem')
    : judge(scheme, a, b);
}

/** The same by the type of a package URL. */
export function comparePackageVersions(purlType: string, a: string, b: string): -1 | 0 | 1 | Refusal {
  return packageTypes.has(purlType) ? judge(purlType, a, b) : refuse('unsupported', 'versions of this type cannot be ordered here');
}

function judge(scheme: string, a: string, b: string): -1 | 0 | 1 | Refusal {
  const order = orders.get(scheme)!;
  for (const [at, text] of Object.entries({ a, b }))
    if (text.length > limits.versionChars) return refuse('too_large', `a version has at most ${limits.versionChars} characters`, at);
  const difference = order(a, b);
  if (difference === undefined) return refuse('malformed', 'this is no version there', order(a, a) === undefined ? 'a' : 'b');
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}
