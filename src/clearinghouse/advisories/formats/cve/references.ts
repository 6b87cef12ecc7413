import type { Source } from '../../source.ts';

type Kind = Pick<Source['references'][number], 'kind' | 'isSelf'>;

/** Kinds of a reference by the tag that says the most; the first of each kind is the one that is written. */
const byTag: readonly (readonly [string, string])[] = [
  ['patch', 'fix'],
  ['third-party-advisory', 'advisory'],
  ['vendor-advisory', 'advisory'],
  ['exploit', 'evidence'],
  ['signature', 'detection'],
  ['issue-tracking', 'report'],
  ['mailing-list', 'discussion'],
  ['technical-description', 'article'],
  ['media-coverage', 'article'],
  ['product', 'package'],
];
/** Tags of our own: the record format lets them begin so. */
const self = 'x_self';

export function kindOfTags(tags: readonly unknown[]): Kind {
  return { kind: byTag.find(([tag]) => tags.includes(tag))?.[1] ?? 'web', isSelf: tags.includes(self) };
}

export function tagsOfKind({ kind, isSelf }: Kind): string[] {
  const tag = byTag.find(([, known]) => known === kind)?.[0];
  return [...(tag === undefined ? [] : [tag]), ...(isSelf ? [self] : [])];
}
