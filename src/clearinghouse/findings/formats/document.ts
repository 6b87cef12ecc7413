import { hasMoreValues } from '../../../base/json.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { depthOf } from '../../../base/wire.ts';
import { isZip, readZip, type ZipEntry } from './zip.ts';

/** What was handed in, opened as far as its outermost form goes. */
export type Document =
  | { readonly kind: 'json'; readonly value: unknown }
  /** JSON Lines. */
  | { readonly kind: 'lines'; readonly values: readonly unknown[] }
  | { readonly kind: 'zip'; readonly files: readonly ZipEntry[] }
  /** Only its first element is looked at. */
  | { readonly kind: 'xml'; readonly root: string }
  | { readonly kind: 'csv'; readonly rows: readonly Readonly<Record<string, string>>[]; readonly columns: readonly string[] }
  | { readonly kind: 'text' }
  | { readonly kind: 'empty' };

export function openDocument(bytes: Uint8Array): Document | Refusal {
  if (bytes.length > limits.importBytes) return refuse('too_large', `a document holds at most ${limits.importBytes} bytes`);
  if (isZip(bytes)) {
    const files = readZip(bytes);
    return isRefusal(files) ? files : { kind: 'zip', files };
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return refuse('unsupported', 'a gzip archive: send what is in it, or a zip');
  const text = decode(bytes);
  if (text === undefined) return refuse('malformed', 'is not valid UTF-8');
  return openText(text);
}

/** A value that came as JSON within a request. */
export function openValue(value: unknown): Document | Refusal {
  if (typeof value === 'string') return openDocument(Buffer.from(value));
  return depthOf(value) > limits.jsonDepth ? tooDeep() : { kind: 'json', value };
}

/** One JSON value of bounded depth. */
export function readJson(bytes: Uint8Array): { readonly value: unknown } | Refusal {
  const text = decode(bytes);
  if (text === undefined) return refuse('malformed', 'is not valid UTF-8');
  if (hasMoreValues(text, limits.jsonValues)) return tooManyValues();
  const value = parsed(text);
  if (value === undefined) return refuse('malformed', 'is not JSON');
  return depthOf(value) > limits.jsonDepth ? tooDeep() : { value };
}

function openText(text: string): Document | Refusal {
  const head = text.slice(0, 4096).trimStart();
  if (head === '' && text.trim() === '') return { kind: 'empty' };
  if (/^[[{"]/.test(head)) {
    if (hasMoreValues(text, limits.jsonValues)) return tooManyValues();
    const value = parsed(text);
    if (value !== undefined) return depthOf(value) > limits.jsonDepth ? tooDeep() : { kind: 'json', value };
    return openLines(text);
  }
  const root = /^(?:\s|<\?[^>]{0,200}\?>|<!--[^>]{0,400}-->|<![^>]{0,200}>){0,8}<([A-Za-z_][\w.:-]{0,64})/.exec(head)?.[1];
  if (root !== undefined) return { kind: 'xml', root };
  return openCsv(text);
}

/** Each line a JSON value of its own; refused as JSON when the first line already is none. */
function openLines(text: string): Document | Refusal {
  const values: unknown[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = parsed(line);
    if (value === undefined)
      return refuse('malformed', values.length === 0 ? 'is not JSON' : 'is neither JSON nor JSON Lines', `line ${i + 1}`);
    if (depthOf(value) > limits.jsonDepth) return tooDeep();
    if (values.push(value) > limits.findingsPerImport * 4) return refuse('too_many', `at most ${limits.findingsPerImport * 4} lines`);
  }
  return { kind: 'lines', values };
}

/** RFC 4180, with a header; a text whose first line has no comma is no table. */
function openCsv(text: string): Document | Refusal {
  const [columns = [], ...records] = recordsOf(text);
  const names = columns.map((name) => name.trim());
  if (names.length < 2 || names.some((name) => !/^[\w ()./-]{1,64}$/.test(name))) return { kind: 'text' };
  if (records.length > limits.findingsPerImport) return refuse('too_many', `a table holds at most ${limits.findingsPerImport} rows`);
  const rows = records
    .filter((r) => r.some((cell) => cell !== ''))
    .map((r) => Object.fromEntries(names.map((name, i) => [name, r[i] ?? ''])));
  return { kind: 'csv', rows, columns: names };
}

function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const cell = /[^,\r\n]*/y;
  for (let at = 0; at <= text.length && records.length <= limits.findingsPerImport + 1; ) {
    cell.lastIndex = at;
    const [whole, quoted] = text[at] === '"' ? quotedAt(text, at) : [cell.exec(text)?.[0] ?? '', undefined];
    record.push(quoted ?? whole);
    at += whole.length;
    if (text[at] === ',') at++;
    else {
      records.push(record);
      record = [];
      // A quote in the middle of a cell: what follows is taken as the next cell's beginning rather than looked at for ever.
      at += text.startsWith('\r\n', at) ? 2 : 1;
    }
  }
  if (records.at(-1)?.every((c) => c === '')) records.pop();
  return records;
}

function quotedAt(text: string, at: number): [whole: string, inner: string] {
  let end = at + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) return [text.slice(at), text.slice(at + 1)];
    if (text[end + 1] !== '"') return [text.slice(at, end + 1), text.slice(at + 1, end).replaceAll('""', '"')];
    end += 2;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooManyValues(): Refusal {
  return refuse('too_large', `a document has at most ${limits.jsonValues} JSON values`);
}

function tooDeep(): Refusal {
  return refuse('too_large', `a document nests at most ${limits.jsonDepth} levels deep`);
}
