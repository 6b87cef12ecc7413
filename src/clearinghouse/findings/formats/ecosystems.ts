import { isRefusal } from '../../../base/refusal.ts';
import { buildPurl } from '../../inventories/purl.ts';
import { purlTypes } from '../../inventories/purl-types.ts';

/** The purl type of an ecosystem, and the namespace where the ecosystem is one vendor of that type; null = it has no purl type. */
type Ecosystem = readonly [type: string, namespace?: string] | null;

/** OSV schema "Defined Ecosystems"; each may carry a release after a colon (`Debian:13`). */
const osvEcosystems: Readonly<Record<string, Ecosystem>> = {
  AlmaLinux: ['rpm', 'almalinux'],
  Alpaquita: ['apk', 'alpaquita'],
  Alpine: ['apk', 'alpine'],
  Android: null,
  'BellSoft Hardened Containers': ['apk', 'bellsoft-hardened-containers'],
  Bioconductor: ['bioconductor'],
  Bitnami: ['bitnami'],
  Chainguard: ['apk', 'chainguard'],
  ConanCenter: ['conan'],
  CRAN: ['cran'],
  'crates.io': ['cargo'],
  Debian: ['deb', 'debian'],
  Echo: ['deb', 'echo'],
  FreeBSD: ['generic'],
  GHC: ['generic'],
  'GitHub Actions': null,
  Go: ['golang'],
  Hackage: ['hackage'],
  Hardware: null,
  Hex: ['hex'],
  Julia: ['julia'],
  Kubernetes: ['golang'],
  Linux: null,
  Mageia: ['rpm', 'mageia'],
  Maven: ['maven'],
  MinimOS: ['apk', 'minimos'],
  npm: ['npm'],
  NuGet: ['nuget'],
  openEuler: ['rpm', 'openeuler'],
  openSUSE: ['rpm', 'opensuse'],
  'OSS-Fuzz': null,
  Packagist: ['composer'],
  'Photon OS': ['rpm', 'photon'],
  Pub: ['pub'],
  PyPI: ['pypi'],
  'Red Hat': ['rpm', 'redhat'],
  'Rocky Linux': ['rpm', 'rocky-linux'],
  RubyGems: ['gem'],
  SUSE: ['rpm', 'suse'],
  SwiftURL: ['swift'],
  Ubuntu: ['deb', 'ubuntu'],
  VSCode: ['vscode-extension'],
  Wolfi: ['apk', 'wolfi'],
};

const byName = new Map<string, Ecosystem>([
  ...Object.keys(purlTypes).map((type): [string, Ecosystem] => [type, [type]]),
  ...Object.entries(osvEcosystems).map(([name, ecosystem]): [string, Ecosystem] => [name.toLowerCase(), ecosystem]),
]);

/** undefined = unknown. Purl types are taken as well: TAP's own list is not OSV's yet ("Errata"). */
export function ecosystemNamed(name: string): Ecosystem | undefined {
  return byName.get(name.toLowerCase()) ?? byName.get(name.toLowerCase().replace(/:.*$/s, ''));
}

/** Whether a purl of this type and namespace may belong to the ecosystem. */
export function agrees(ecosystem: Ecosystem, type: string, namespace: string | null): boolean {
  if (ecosystem === null) return true;
  const [ownType, ownNamespace] = ecosystem;
  return ownType === type && (ownNamespace === undefined || namespace === null || namespace === ownNamespace);
}

/** The purl of software that was named without one; under `generic` where its type asks for more than a name. */
export function purlOfSoftware(ecosystem: Ecosystem, software: string): string | undefined {
  const [type, namespace] = ecosystem ?? ['generic'];
  const separator = type === 'maven' ? ':' : '/';
  const segments = software.split(separator).filter((s) => s !== '');
  const name = segments.pop();
  const built = buildPurl({ type, namespace: [...(namespace ? [namespace] : []), ...segments].join('/'), name });
  if (!isRefusal(built)) return built;
  const generic = buildPurl({ type: 'generic', name: software });
  return isRefusal(generic) ? undefined : generic;
}
