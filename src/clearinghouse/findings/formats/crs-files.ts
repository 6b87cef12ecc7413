import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { type Parts, type Pov, readParts } from './crs.ts';
import { readJson } from './document.ts';
import type { Context, Reading } from './drafting.ts';
import { isObject, type Members, memberOf, textOf } from './members.ts';
import { isZip, type ZipEntry } from './zip.ts';

/** libCRS `SUBMIT_DIR` (ossf/oss-crs docs/design/libCRS.md); `seeds`, `diffs` and `harnesses` tell of no flaw. */
const folders: Readonly<Record<string, 'pov' | 'patch' | 'sarif' | 'report' | 'nothing'>> = {
  povs: 'pov',
  pov: 'pov',
  patches: 'patch',
  patch: 'patch',
  'bug-candidates': 'sarif',
  'bug-candidate': 'sarif',
  sarif: 'sarif',
  reports: 'report',
  seeds: 'nothing',
  diffs: 'nothing',
  harnesses: 'nothing',
};

/** An OSS-CRS directory, zipped: `povs/`, `patches/`, `bug-candidates/`, `reports/`, at the top or under other folders; or files named alike. */
export function isCrsFiles(files: readonly ZipEntry[]): boolean {
  return files.some((file) => kindOf(file.name) !== undefined);
}

export function readCrsFiles(files: readonly ZipEntry[], context: Context): Reading | Refusal {
  const [povs, patches, sarifs, others]: [Pov[], Uint8Array[], Members[], ZipEntry[]] = [[], [], [], []];
  let description = '';
  for (const file of files) {
    const kind = kindOf(file.name);
    // What libCRS itself bundles is a tarball; a zip within a zip is how bombs are built.
    if (kind !== undefined && kind !== 'pov' && isZip(file.bytes))
      return refuse('unsupported', 'archives within archives are not opened', file.name);
    if (kind === 'pov') povs.push({ bytes: file.bytes, name: file.name });
    else if (kind === 'patch') patches.push(file.bytes);
    else if (kind === 'report') others.push(file);
    else if (kind === 'sarif' || kind === 'bundle') {
      const value = jsonOf(file);
      if (isRefusal(value)) return value;
      if (kind === 'sarif') sarifs.push(value);
      else description = textOf(value.description);
    }
  }
  return readParts({ povs, patches, sarifs, description, others } satisfies Parts, context);
}

function kindOf(name: string): 'pov' | 'patch' | 'sarif' | 'report' | 'bundle' | 'nothing' | undefined {
  const path = name.split('/');
  const file = path.pop()!;
  // Hidden files are the packer's own.
  if (file.startsWith('.')) return 'nothing';
  const folder = path.findLast((part) => Object.hasOwn(folders, part));
  if (folder !== undefined) return folders[folder];
  if (/^bundle\.json$/i.test(file)) return 'bundle';
  if (/\.(patch|diff)$/i.test(file)) return 'patch';
  if (/\.sarif(\.json)?$|^sarif\.json$/i.test(file)) return 'sarif';
  return /^(pov|testcase|crash)([-_.].*)?$/i.test(file) ? 'pov' : undefined;
}

function jsonOf({ name, bytes }: ZipEntry): Members | Refusal {
  const read = readJson(bytes);
  if (isRefusal(read)) return { ...read, at: name };
  const inner = memberOf(read.value, 'sarif') ?? read.value;
  return isObject(inner) ? inner : refuse('malformed', 'must be a JSON object', name);
}
