import { isNoNumber } from './members.ts';

/** A report whose members are known and of their types; nothing more is sure of it. `null` counts as absent, as does ''. */
export interface TapReport {
  readonly text: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly symbol: { readonly file: string; readonly function: string; readonly line: number | undefined } | undefined;
  readonly attachments: readonly Readonly<Record<string, string>>[];
  readonly enrichment: Readonly<Record<string, unknown>> | undefined;
}

const textFields = [
  'purl',
  'software',
  'ecosystem',
  'code_path',
  'exploit',
  'exploit_content_type',
  'introduced_commit',
  'fixed_commit',
  'raw',
  'raw_content_type',
  'package_repo_url',
  'discovery_method',
  'discovery_tooling',
  'email',
  'notify',
];
const listFields = ['versions', 'references', 'upstream_ids'];
const attachmentFields = ['filename', 'data', 'content_type', 'description', 'type'];

/** Members that travel as parts of their own in a multipart submission. */
export const payloadFields = ['exploit', 'exploit_content_type', 'raw', 'raw_content_type', 'attachments'];

/** The report, or what kind of failure makes it none (TAP v1 `malformed-json`). */
export function shapeOf(value: Readonly<Record<string, unknown>>): TapReport | string {
  const text: Record<string, string> = {};
  const lists: Record<string, string[]> = {};
  let symbol: TapReport['symbol'];
  let attachments: Record<string, string>[] = [];
  let enrichment: TapReport['enrichment'];
  for (const [field, given] of Object.entries(value)) {
    if (given === null && [...textFields, ...listFields, 'affected_symbol', 'attachments', 'enrichment'].includes(field)) continue;
    if (textFields.includes(field)) {
      if (typeof given !== 'string') return `"${field}" must be a string`;
      text[field] = given;
    } else if (listFields.includes(field)) {
      if (!isList(given)) return `"${field}" must be an array of strings`;
      lists[field] = given;
    } else if (field === 'affected_symbol') {
      const read = symbolOf(given);
      if (typeof read === 'string') return read;
      symbol = read;
    } else if (field === 'attachments') {
      const read = attachmentsOf(given);
      if (typeof read === 'string') return read;
      attachments = read;
    } else if (field === 'enrichment') {
      if (!isObject(given)) return '"enrichment" must be an object';
      if (holdsNoNumber(given)) return '"enrichment" holds a number that is too large';
      enrichment = given;
    } else return `unknown field ${JSON.stringify(field.slice(0, 64))}`;
  }
  return { text, lists, symbol, attachments, enrichment };
}

function symbolOf(given: unknown): NonNullable<TapReport['symbol']> | string {
  if (!isObject(given)) return '"affected_symbol" must be an object';
  const { file, function: name, line, ...others } = given;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) return `unknown field "affected_symbol.${unknown.slice(0, 64)}"`;
  if (!isAbsentOr('string', file)) return '"affected_symbol.file" must be a string';
  if (!isAbsentOr('string', name)) return '"affected_symbol.function" must be a string';
  if (!isAbsentOr('number', line) || (typeof line === 'number' && !Number.isInteger(line)))
    return '"affected_symbol.line" must be an integer';
  return { file: (file ?? '') as string, function: (name ?? '') as string, line: (line ?? undefined) as number | undefined };
}

function attachmentsOf(given: unknown): Record<string, string>[] | string {
  if (!Array.isArray(given)) return '"attachments" must be an array of objects';
  const read: Record<string, string>[] = [];
  for (const [i, attachment] of given.entries()) {
    if (!isObject(attachment)) return `"attachments[${i}]" must be an object`;
    const fields: Record<string, string> = {};
    for (const [field, value] of Object.entries(attachment)) {
      if (!attachmentFields.includes(field)) return `unknown field "attachments[${i}].${field.slice(0, 64)}"`;
      if (value === null) continue;
      if (typeof value !== 'string') return `"attachments[${i}].${field}" must be a string`;
      fields[field] = value;
    }
    read.push(fields);
  }
  return read;
}

/** Level by level: how deep it nests is not known yet. */
function holdsNoNumber(given: object): boolean {
  let level: unknown[] = [given];
  while (level.length > 0 && !level.some(isNoNumber))
    level = level.flatMap((v) => (typeof v === 'object' && v !== null ? Object.values(v) : []));
  return level.length > 0;
}

function isList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isAbsentOr(type: 'string' | 'number', value: unknown): boolean {
  return value === undefined || value === null || typeof value === type;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
