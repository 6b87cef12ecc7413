import type { TapPart } from '../clearinghouse/findings/formats/tap.ts';
import { type Part, readMedia } from './multipart.ts';

interface TapParts {
  readonly report: Buffer;
  readonly payloads: readonly TapPart[];
}

const known = ['content-disposition', 'content-type', 'content-transfer-encoding', 'content-description', 'content-akrites-type'];

/** TAP v1 "Multipart submissions": which part is what, or why the body is refused. */
export function tapPartsOf(parts: readonly Part[]): TapParts | string {
  let report: Buffer | undefined;
  const payloads: TapPart[] = [];
  for (const [i, part] of parts.entries()) {
    const read = headersOf(part);
    if (typeof read === 'string') return `part ${i + 1}: ${read}`;
    const { name, headers, filename } = read;
    if (name !== 'attachment' && (headers.has('content-description') || headers.has('content-akrites-type')))
      return `part ${i + 1}: Content-Description and Content-Akrites-Type belong to an attachment`;
    if (name === 'report') {
      if (report) return 'the part "report" is repeated';
      if (!isJson(headers.get('content-type'))) return 'the part "report" must be application/json';
      report = part.bytes;
    } else if (name === 'exploit' || name === 'raw') {
      if (payloads.some((p) => p.name === name)) return `the part "${name}" is repeated`;
      payloads.push({ name, contentType: headers.get('content-type'), bytes: part.bytes });
    } else if (name === 'attachment') {
      const [contentType, description, type] = ['content-type', 'content-description', 'content-akrites-type'].map((h) => headers.get(h));
      payloads.push({ name, filename, contentType, description, type, bytes: part.bytes });
    } else return `part ${i + 1}: its name must be report, exploit, raw or attachment`;
  }
  return report ? { report, payloads } : 'the part "report" is missing';
}

function headersOf(part: Part): { name: string; filename: string | undefined; headers: ReadonlyMap<string, string> } | string {
  const headers = new Map<string, string>();
  for (const [name, value] of part.headers) {
    if (!name.startsWith('content-') || name === 'content-length') continue;
    if (!known.includes(name)) return `the header ${name} is not allowed`;
    if (headers.has(name)) return `the header ${name} is repeated`;
    headers.set(name, value);
  }
  const disposition = headers.get('content-disposition');
  if (disposition === undefined) return 'Content-Disposition is missing';
  const media = readMedia(disposition);
  if (media?.type !== 'attachment') return 'Content-Disposition must be attachment; name=…, each parameter once';
  const { parameters } = media;
  const extended = [...parameters.keys()].find((name) => /^(file)?name\*/.test(name));
  if (extended !== undefined) return `${extended} (RFC 2231) is not taken; send raw UTF-8 in quotes`;
  const name = parameters.get('name');
  if (name === undefined) return 'Content-Disposition must carry a name';
  const encoding = headers.get('content-transfer-encoding');
  if (encoding !== undefined && !/^(binary|8bit|7bit)$/i.test(encoding)) return 'Content-Transfer-Encoding must be binary, 8bit or 7bit';
  return { name, filename: parameters.get('filename'), headers };
}

function isJson(contentType: string | undefined): boolean {
  const media = contentType === undefined ? undefined : readMedia(contentType);
  if (media?.type !== 'application/json') return false;
  return [...media.parameters].every(([name, value]) => name === 'charset' && value.toLowerCase() === 'utf-8');
}
