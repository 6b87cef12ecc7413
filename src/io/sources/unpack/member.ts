import type { Refusal, RefusalCode } from '../../../base/refusal.ts';
import { refuse } from '../../../base/refusal.ts';

/** One entry of an archive, as its reader found it; what it is called is the stranger's own word. */
export type Member = { readonly path: string } & (
  | { readonly kind: 'directory' }
  | {
      readonly kind: 'file';
      readonly bytes: number;
      readonly executable: boolean;
      /** Seconds since 1970: make(1) decides by times. */
      readonly changedAt: number;
      /** Exactly `bytes` bytes; read before the next member is asked for. */
      readonly content: AsyncIterable<Uint8Array>;
    }
  /** A symbolic link. */
  | { readonly kind: 'link'; readonly to: string }
  /** A hard link: the same bytes as an earlier file of the archive. */
  | { readonly kind: 'same'; readonly as: string }
);

/** Ends the reading of an archive from however deep in its stream; `unpack` turns it into the refusal it carries. */
export class Rejected extends Error {
  readonly refusal: Refusal;
  constructor(code: RefusalCode, because: string, at?: string) {
    super(because);
    this.refusal = refuse(code, because, at?.slice(0, 200));
  }
}

/** Names of files are UTF-8 here: anything else would be another file for the next reader. */
export function textOf(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Rejected('malformed', 'a name in the archive is not UTF-8');
  }
  if (text.includes('\0')) throw new Rejected('malformed', 'a name in the archive holds a NUL');
  return text;
}
