import { limits } from '../../../base/limits.ts';
import { packageOf } from '../../inventories/package-name.ts';
import { blankDraft, type Draft } from '../finding.ts';
import { repeatedKey } from './strict-json.ts';
import { checkFiles, type TapPart } from './tap-files.ts';
import { checkEnrichment, checkIdentity, checkProvenance, checkTarget, complaints, type Target, type Violation } from './tap-rules.ts';
import { isObject, payloadFields, shapeOf, type TapReport } from './tap-shape.ts';

export type { TapPart } from './tap-files.ts';
export type { Violation } from './tap-rules.ts';

interface TapWarning {
  readonly code: 'deprecated_field';
  readonly field: 'exploit' | 'raw';
  readonly reason: string;
}

/** TAP v1 (Akrites-Foundation/SIRT docs/TAP-API-Spec.md): a report is a draft, is no report at all, or breaks rules that are all told. */
type TapReading =
  | { readonly kind: 'draft'; readonly draft: Draft; readonly warnings: readonly TapWarning[] }
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'violations'; readonly violations: readonly Violation[] };

/** The bytes of a JSON body or of a multipart `report` part: exactly one JSON object, in UTF-8. */
export function readTapJson(bytes: Uint8Array): { report: Record<string, unknown> } | { malformed: string } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { malformed: 'the report is not valid UTF-8' };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { malformed: 'the report is not exactly one JSON document' };
  }
  if (!isObject(value)) return { malformed: 'the report must be a JSON object' };
  const repeated = repeatedKey(text, ['', '/attachments/*']);
  return repeated === undefined ? { report: value } : { malformed: `the key ${JSON.stringify(repeated.slice(0, 64))} is repeated` };
}

/** `parts`: the payload parts of a multipart submission in body order; undefined for a JSON one. */
export function readTap(report: Readonly<Record<string, unknown>>, parts?: readonly TapPart[]): TapReading {
  const no = complaints();
  const inReport = parts ? payloadFields.filter((field) => Object.hasOwn(report, field)) : [];
  for (const field of inReport) no.add('field_not_allowed', field, 'travels in a part of its own in a multipart submission');
  const shape = shapeOf(Object.fromEntries(Object.entries(report).filter(([field]) => !inReport.includes(field))));
  if (typeof shape === 'string') return { kind: 'malformed', detail: shape };
  const target = checkTarget(no, shape);
  checkIdentity(no, shape);
  checkProvenance(no, shape);
  checkEnrichment(no, shape);
  const files = checkFiles(no, shape, parts);
  if (no.all.length > 0) return { kind: 'violations', violations: no.all };
  if (target.purl === undefined)
    return { kind: 'violations', violations: [{ code: 'degenerate_value', field: 'software', reason: 'cannot be the name of a package' }] };
  return { kind: 'draft', draft: draftOf(shape, { ...target, purl: target.purl }, files, report), warnings: warningsOf(shape, parts) };
}

function draftOf(
  shape: TapReport,
  target: Target & { purl: string },
  attachments: Draft['attachments'],
  report: Readonly<Record<string, unknown>>,
): Draft {
  const { text, lists, symbol, enrichment } = shape;
  const { cvss_vector: cvss, cwe } = enrichment ?? {};
  return blankDraft({
    format: 'tap',
    title: titleOf(shape, target.purl),
    text: textOf(text),
    purl: target.purl,
    versions: target.versions,
    cwe: (typeof cwe === 'string' && /^CWE-\d{1,6}(?!\d)/.exec(cwe)?.[0]) || null,
    cvss: typeof cvss === 'string' && /^CVSS:4\.0\/[A-Za-z:/]{1,400}$/.test(cvss) ? cvss : null,
    symbol:
      symbol && (symbol.file || symbol.function)
        ? { file: symbol.file || null, function: symbol.function || null, line: symbol.line ?? null }
        : null,
    attachments,
    discoveryMethod: text.discovery_method || null,
    discoveryTooling: text.discovery_tooling || null,
    references: lists.references ?? [],
    upstreamIds: lists.upstream_ids ?? [],
    introducedCommit: text.introduced_commit || null,
    fixedCommit: text.fixed_commit || null,
    repository: text.package_repo_url || null,
    original: Object.fromEntries(Object.entries(report).filter(([field]) => !payloadFields.includes(field))),
  });
}

/** TAP has no title; its readers still need a line to know the finding by. */
function titleOf({ text, symbol }: TapReport, purl: string): string {
  const name = text.software || packageOf(purl);
  const where = symbol?.function || symbol?.file || text.code_path || '';
  return cut(where ? `${name}: ${where}` : name, limits.titleChars);
}

/** TAP has no description either, unless the exploit carries one: what is said is kept, nothing is made up. */
function textOf(text: TapReport['text']): string {
  const lines = [text.code_path && `Code path: ${text.code_path}`, text.package_repo_url && `Repository: ${text.package_repo_url}`];
  return lines.filter(Boolean).join('\n');
}

function cut(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1).toWellFormed()}…`;
}

function warningsOf(shape: TapReport, parts: readonly TapPart[] | undefined): TapWarning[] {
  const used = (name: 'exploit' | 'raw') =>
    parts ? parts.some((part) => part.name === name && part.bytes.length > 0) : Boolean(shape.text[name]);
  return (['exploit', 'raw'] as const)
    .filter(used)
    .map((field) => ({ code: 'deprecated_field', field, reason: `${field} is deprecated; send it as an attachment instead` }));
}
