import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { depthOf } from '../../base/wire.ts';
import type { Component, SbomFormat } from './inventory.ts';
import { packageOf, versionOf } from './package-name.ts';
import { canonicalPurl } from './purl.ts';

export interface Sbom {
  readonly format: SbomFormat;
  readonly components: readonly Component[];
  readonly unreadable: number;
}

const cycloneDxVersions = ['1.4', '1.5', '1.6', '1.7'];
const spdxVersions = ['SPDX-2.3'];

/**
 * CycloneDX JSON 1.4 to 1.7 (ECMA-424) or SPDX 2.3 JSON (ISO/IEC 5962 §7). The text is hostile.
 * A component without a readable purl is counted, not refused: real SBOMs hold some, and the rest still counts.
 */
export function readSbom(text: string): Sbom | Refusal {
  if (Buffer.byteLength(text) > limits.sbomBytes) return refuse('too_large', `an SBOM holds at most ${limits.sbomBytes} bytes`);
  let document: unknown;
  try {
    document = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return refuse('malformed', 'this is not JSON; send CycloneDX JSON or SPDX 2.3 JSON');
  }
  if (!isObject(document)) return refuse('malformed', 'an SBOM is a JSON object');
  if (depthOf(document) > limits.jsonDepth) return refuse('too_large', `an SBOM nests at most ${limits.jsonDepth} levels deep`);
  if (document.bomFormat === 'CycloneDX') return readCycloneDx(document);
  if (typeof document.spdxVersion === 'string') return readSpdx(document);
  return refuse('unsupported', 'neither bomFormat "CycloneDX" nor spdxVersion is there; send CycloneDX JSON or SPDX 2.3 JSON');
}

interface Named {
  readonly name: string;
  readonly purl: unknown;
}

function readCycloneDx(document: Members): Sbom | Refusal {
  if (!cycloneDxVersions.includes(String(document.specVersion)))
    return refuse('unsupported', `CycloneDX ${cycloneDxVersions.join(', ')} are read`, '/specVersion');
  const product = isObject(document.metadata) && isObject(document.metadata.component) ? [document.metadata.component] : [];
  if (document.components !== undefined && !Array.isArray(document.components))
    return refuse('malformed', 'must be an array', '/components');
  const queue: unknown[] = [...product, ...(document.components ?? [])];
  const found: Named[] = [];
  // Assemblies nest (components within components); the product described is itself one of the things one runs.
  for (let i = 0; i < queue.length; i++) {
    if (i >= limits.sbomComponents) return tooMany();
    const component = queue[i];
    if (!isObject(component) || typeof component.name !== 'string')
      return refuse('malformed', 'a component is an object with a name', '/components');
    found.push({ name: component.name, purl: component.purl });
    if (Array.isArray(component.components)) for (const inner of component.components) queue.push(inner);
  }
  return sbomOf('CycloneDX', found);
}

function readSpdx(document: Members): Sbom | Refusal {
  if (!spdxVersions.includes(String(document.spdxVersion))) return refuse('unsupported', 'SPDX 2.3 is read', '/spdxVersion');
  const packages = document.packages ?? [];
  if (!Array.isArray(packages)) return refuse('malformed', 'must be an array', '/packages');
  if (packages.length > limits.sbomComponents) return tooMany();
  const found: Named[] = [];
  for (const [i, entry] of packages.entries()) {
    if (!isObject(entry) || typeof entry.name !== 'string')
      return refuse('malformed', 'a package is an object with a name', `/packages/${i}`);
    const refs = Array.isArray(entry.externalRefs) ? entry.externalRefs.filter(isObject) : [];
    // One package may carry several purls (source and binary): each is a name it may be found by.
    const purls = refs.filter((ref) => ref.referenceType === 'purl').map((ref) => ref.referenceLocator);
    for (const purl of purls.length ? purls : [undefined]) found.push({ name: entry.name, purl });
    if (found.length > limits.sbomComponents) return tooMany();
  }
  return sbomOf('SPDX', found);
}

function sbomOf(format: SbomFormat, found: readonly Named[]): Sbom {
  const byPurl = new Map<string, Component>();
  let unreadable = 0;
  for (const { name, purl } of found) {
    const canonical = typeof purl === 'string' && Buffer.byteLength(purl) <= limits.purlBytes ? canonicalPurl(purl) : undefined;
    if (canonical === undefined || isRefusal(canonical) || hasNul(canonical)) unreadable++;
    else if (!byPurl.has(canonical)) byPurl.set(canonical, componentOf(canonical, name));
  }
  return { format, components: [...byPurl.values()], unreadable };
}

function componentOf(purl: string, name: string): Component {
  return { purl, package: packageOf(purl), version: versionOf(purl) ?? null, name: plain(name) };
}

/** PostgreSQL holds neither NUL nor lone surrogates; nor does a name. */
function plain(name: string): string {
  return [...name.toWellFormed().replaceAll('\u0000', '\uFFFD')].slice(0, limits.nameChars).join('');
}

function hasNul(purl: string): boolean {
  return /%00/.test(purl) || purl.includes('\u0000');
}

function tooMany(): Refusal {
  return refuse('too_large', `an SBOM holds at most ${limits.sbomComponents} components`);
}

type Members = Record<string, unknown>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
