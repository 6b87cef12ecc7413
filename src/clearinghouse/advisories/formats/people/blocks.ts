/** A word of a cell or line; with `url` it leads somewhere. */
export interface Words {
  readonly text: string;
  readonly url?: string;
}

export type Block =
  /** Paragraphs of whoever wrote the advisory, in its language. */
  | { readonly kind: 'prose'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly (readonly Words[])[] }
  | { readonly kind: 'fields'; readonly rows: readonly (readonly [string, readonly Words[]])[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly (readonly Words[])[])[] };

export interface Section {
  readonly heading: string;
  readonly level: 2 | 3;
  readonly blocks: readonly Block[];
}

export const plain = (text: string | null | undefined): Words[] => (text ? [{ text }] : []);
export const linked = (url: string, text = url): Words => ({ text, url });
export const worded = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).replaceAll('_', ' ');

export function section(heading: string, level: 2 | 3, blocks: readonly Block[]): Section[] {
  return blocks.length === 0 ? [] : [{ heading, level, blocks }];
}
