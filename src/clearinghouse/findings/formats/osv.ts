import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { type Context, draftFrom, purlOf, type Reading, repositoryPurl } from './drafting.ts';
import { isObject, listOf, type Members, memberOf, objectsOf, textOf, textsOf, within } from './members.ts';

/** OSV schema: `id` and `modified` are the two members that every record has. */
export function isOsv(value: unknown): boolean {
  return recordsOf(value) !== undefined;
}

/** One record, a list of them, or an answer of the OSV API (`{"vulns": […]}`). */
function recordsOf(value: unknown): readonly Members[] | undefined {
  const isRecord = (v: unknown): v is Members =>
    isObject(v) && typeof v.id === 'string' && typeof v.modified === 'string' && typeof v.type !== 'string';
  if (isRecord(value)) return [value];
  const list = isObject(value) && Object.keys(value).every((name) => name === 'vulns' || name === 'next_page_token') ? value.vulns : value;
  return Array.isArray(list) && list.length > 0 && list.every(isRecord) ? list : undefined;
}

/**
 * OSV schema 1.0 to 1.9 (ossf/osv-schema), one draft a record: its first affected package is the finding's, the others stand in `original`.
 * A withdrawn record is skipped.
 */
export function readOsv(value: unknown, context: Context): Reading | Refusal {
  const records = recordsOf(value);
  if (!records) return refuse('malformed', 'an OSV record has id and modified');
  if (records.length > limits.findingsPerImport)
    return refuse('too_many', `a document tells of at most ${limits.findingsPerImport} findings; send it in parts`);
  const drafts: Reading['drafts'][number][] = [];
  for (const [i, record] of records.entries()) {
    const at = isObject(value) && record === value ? '' : `/${i}`;
    const schema = record.schema_version ?? '1.0.0';
    if (typeof schema !== 'string' || !/^1\.\d{1,3}(\.\d{1,3})?/.test(schema))
      return refuse('unsupported', 'OSV schema 1.x is read', `${at}/schema_version`);
    if (textOf(record.withdrawn) !== '') continue;
    const draft = draftFrom(toldBy(record, context), at);
    if (isRefusal(draft)) return draft;
    drafts.push(draft);
  }
  return { drafts, skipped: records.length - drafts.length, notes: [] };
}

function toldBy(record: Members, context: Context) {
  const affected = objectsOf(record.affected);
  const ranges = affected.flatMap((a) => objectsOf(a.ranges));
  const git = ranges.find((r) => r.type === 'GIT');
  const event = (name: string) => objectsOf(git?.events).map((e) => memberOf(e, name));
  const references = objectsOf(record.references);
  const [head = {}] = affected;
  const id = textOf(record.id);
  return {
    format: 'osv',
    title: textOf(record.summary) || id,
    text: [textOf(record.details) || textOf(record.summary)],
    purl: packageOf(affected, git) ?? context.purl ?? undefined,
    versions: listOf(head.versions),
    cwes: [...listOf(within(record.database_specific).cwe_ids), ...objectsOf(within(head.database_specific).cwes).map((c) => c.cweId)],
    vectors: vectorsOf([...objectsOf(record.severity), ...affected.flatMap((a) => objectsOf(a.severity))]),
    function: functionOf(head),
    tooling: textOf(objectsOf(record.credits).find((c) => c.type === 'TOOL')?.name),
    repository: git?.repo,
    // What shows the flaw and its mending before what merely speaks of it.
    references: [...references].sort((a, b) => rank(a) - rank(b)).map((r) => r.url),
    ids: [id, ...listOf(record.aliases), ...listOf(record.upstream)],
    introduced: event('introduced').find((commit) => textOf(commit).length > 6),
    fixed: event('fixed').find((commit) => textOf(commit) !== ''),
    original: {
      id,
      schemaVersion: record.schema_version,
      published: record.published,
      modified: record.modified,
      related: record.related,
      credits: record.credits,
      affected: affected.map(({ package: named, ranges: between }) => ({ package: named, ranges: between })),
    },
  } as const;
}

function packageOf(affected: readonly Members[], git: Members | undefined): string | undefined {
  for (const { package: named } of affected) {
    const { purl, ecosystem, name } = within(named);
    const found = ecosystem === 'GIT' ? repositoryPurl(textOf(name)) : purlOf({ purl, ecosystem, name });
    if (found !== undefined) return found;
  }
  return repositoryPurl(textOf(git?.repo));
}

const newestFirst = ['CVSS_V4', 'CVSS_V3'];

function vectorsOf(severities: readonly Members[]): unknown[] {
  return newestFirst.flatMap((type) => severities.filter((s) => s.type === type).map((s) => s.score));
}

/** As the Go and Rust databases tell it. */
function functionOf(affected: Members): string {
  const specific = within(affected.ecosystem_specific);
  const [entry] = objectsOf(specific.imports);
  const [symbol] = textsOf(entry?.symbols);
  if (symbol !== undefined) return [textOf(entry!.path), symbol].filter(Boolean).join('.');
  const functions = within(specific, 'affects').functions ?? within(affected.database_specific, 'affects').functions;
  return textsOf(functions)[0] ?? '';
}

const ranks = ['EVIDENCE', 'FIX', 'REPORT', 'INTRODUCED', 'ADVISORY'];

function rank(reference: Members): number {
  const at = ranks.indexOf(textOf(reference.type));
  return at < 0 ? ranks.length : at;
}
