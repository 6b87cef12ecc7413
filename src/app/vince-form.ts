import type { VinceFile } from '../clearinghouse/findings/formats/vince.ts';
import { type Part, readMedia } from './multipart.ts';

interface Form {
  readonly fields: Readonly<Record<string, string[]>>;
  readonly file: VinceFile | undefined;
}

/** multipart/form-data (RFC 7578) of VINCE's form: fields in UTF-8, and the one file it has; or why it is none. */
export function vinceFormOf(parts: readonly Part[]): Form | string {
  const fields = new Map<string, string[]>();
  let file: VinceFile | undefined;
  for (const [i, part] of parts.entries()) {
    const disposition = headerOf(part, 'content-disposition');
    const media = disposition === undefined ? undefined : readMedia(disposition);
    const name = media?.parameters.get('name');
    if (media?.type !== 'form-data' || name === undefined) return `part ${i + 1} must have one Content-Disposition: form-data; name=…`;
    const encoding = headerOf(part, 'content-transfer-encoding') ?? 'binary';
    if (!/^(binary|8bit|7bit)$/i.test(encoding)) return `part ${i + 1} has a Content-Transfer-Encoding that is not taken`;
    const filename = filenameOf(media.parameters);
    if (filename === undefined) {
      const text = textOf(part.bytes);
      if (text === undefined) return `part ${i + 1} is not UTF-8`;
      // Whatever else is sent is let be, and not kept: only names of the form are looked for.
      if (name.length <= 64)
        fields
          .set(name, fields.get(name) ?? [])
          .get(name)!
          .push(text);
    } else if (name === 'user_file' && filename !== '') {
      if (file) return 'one file may be sent';
      file = { filename, contentType: headerOf(part, 'content-type') ?? 'application/octet-stream', bytes: part.bytes };
    }
  }
  return { fields: Object.fromEntries(fields), file };
}

/** Undefined when it is not there, or is there twice. */
function headerOf(part: Part, wanted: string): string | undefined {
  const found = part.headers.filter(([name]) => name === wanted);
  return found.length === 1 ? found[0]![1] : undefined;
}

/** An empty one is a form's file field that nobody filled in. RFC 5987's form is what some clients send for names beyond ASCII. */
function filenameOf(parameters: ReadonlyMap<string, string>): string | undefined {
  const encoded = /^utf-8'[^']*'(.*)$/is.exec(parameters.get('filename*') ?? '')?.[1];
  if (encoded === undefined) return parameters.get('filename');
  try {
    return decodeURIComponent(encoded);
  } catch {
    return '\ufffd';
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
