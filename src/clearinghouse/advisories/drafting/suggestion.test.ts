import { expect, test } from 'vitest';
import { publishedRanges } from './suggestion.ts';

const at = (by: string) => ({ after: null, by, exact: true });
const range = (from: string, last: string, fixed: string | null) => ({
  ...{ introduced: at(from), lastKnownAffected: last, fixed: fixed === null ? null : at(fixed) },
});

test('only ranges between published versions are proposed', () => {
  const versions = range('1.6-2', '1.6-2.1', '1.7.1-3');
  for (const kind of ['npm', 'pypi', 'debian']) expect(publishedRanges(kind, [versions])).toEqual([versions]);
  for (const kind of ['git', 'archive']) expect(publishedRanges(kind, [versions])).toEqual([]);
  const open = range('1.6-2', '1.7.1-3', null);
  const series = range('1.6-2 before a.patch', '1.6-2 before a.patch', '1.6-2 with a.patch');
  const within = range('1.6-2', '1.6-2', '1.6-2 with a.patch');
  expect(publishedRanges('debian', [open, series, within])).toEqual([open]);
});
