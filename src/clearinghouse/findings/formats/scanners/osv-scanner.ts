import { isRefusal } from '../../../../base/refusal.ts';
import type { Context } from '../drafting.ts';
import { purlOf } from '../drafting.ts';
import { isObject, objectsOf, within } from '../members.ts';
import { readOsv } from '../osv.ts';

export function isOsvScanner(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value.results)) return false;
  const [first] = value.results;
  return isObject(first) ? Array.isArray(first.packages) && isObject(first.source) : 'experimental_config' in value;
}

/** google/osv-scanner `--format json`: the OSV records it found, each of the package in the version that is there. */
export function readOsvScanner(value: unknown, context: Context) {
  const found = objectsOf((value as Record<string, unknown>).results).flatMap((result) => objectsOf(result.packages));
  const records = found.flatMap((entry) => {
    const named = within(entry.package);
    const purl = purlOf({ ecosystem: named.ecosystem, name: named.name, version: named.version });
    return objectsOf(entry.vulnerabilities).map((record) => ({
      ...record,
      affected: [{ package: { purl }, versions: [named.version] }, ...objectsOf(record.affected)],
    }));
  });
  if (records.length === 0) return { drafts: [], skipped: 0, notes: [] };
  const read = readOsv(records, context);
  if (isRefusal(read)) return read;
  const drafts = read.drafts.map((draft) => ({
    ...draft,
    format: 'scanner' as const,
    discoveryMethod: 'automated-scan',
    discoveryTooling: 'osv-scanner',
  }));
  return { ...read, drafts };
}
