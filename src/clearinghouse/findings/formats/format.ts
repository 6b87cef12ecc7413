import type { Refusal } from '../../../base/refusal.ts';
import type { Document } from './document.ts';
import type { Context, Reading } from './drafting.ts';

/** A format that is read: how it is told by its looks, and how its drafts are made. Documents are hostile in both. */
export interface Format {
  readonly name: string;
  is(document: Document): boolean;
  /** undefined: a document of another kind altogether. */
  read(document: Document, context: Context): Reading | Refusal | undefined;
}

export function ofJson(
  name: string,
  is: (value: unknown) => boolean,
  read: (value: unknown, context: Context) => Reading | Refusal,
): Format {
  return {
    name,
    is: (document) => document.kind === 'json' && is(document.value),
    read: (document, context) => (document.kind === 'json' ? read(document.value, context) : undefined),
  };
}

/** JSON Lines; a JSON document of one line, or a list, is taken as its lines. */
export function ofLines(
  name: string,
  is: (values: readonly unknown[]) => boolean,
  read: (values: readonly unknown[], context: Context) => Reading | Refusal,
): Format {
  const linesOf = (document: Document) =>
    document.kind === 'lines' ? document.values : document.kind === 'json' ? [document.value].flat() : undefined;
  return {
    name,
    is: (document) => is(linesOf(document) ?? []),
    read: (document, context) => {
      const lines = linesOf(document);
      return lines && read(lines, context);
    },
  };
}
