import { expect, test } from 'vitest';
import type { Instant } from '../../../base/instant.ts';
import { publishedRanges, suggestionOf } from './suggestion.ts';

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

test('what a maintainer will not fix is proposed in its own words, unless there is a version with a fix', () => {
  const nonFixes = [{ supplier: 'Looper', position: 'We are done with 1.x.', saidAt: '2026-11-21T09:00:00.000Z' as Instant }];
  const tried = (fixed: string | null) => [{ recipeId: 'looper', package: 'pkg:npm/looper', vulnerable: '1.0.0', fixed }];
  const material = {
    package: 'pkg:npm/looper',
    title: 'It loops',
    reports: [],
    bisected: [],
    patches: [],
    statements: [],
    hasPriority: true,
  };
  const unfixed = suggestionOf({ ...material, nonFixes, tried: tried(null) });
  expect(unfixed.draft.workarounds).toEqual([{ kind: 'no_fix_planned', text: 'We are done with 1.x.' }]);
  expect(unfixed.origins.find((o) => o.at === '/workarounds/0')?.from).toContain('Looper');
  expect(suggestionOf({ ...material, nonFixes, tried: tried('1.0.1') }).draft.workarounds).toEqual([]);
});
