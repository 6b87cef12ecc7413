import { type Refusal, refuse } from '../../base/refusal.ts';

/**
 * Which patches of debian/patches/series to apply, in order, so that the tree stops before `patch` (vulnerable) or after it (fixed).
 * Forward only: taking a patch off a finished tree fails when a later one touches the same lines.
 */
export function patchesUpTo(series: string, patch: string, including: boolean): string[] | Refusal {
  const names = series
    .split('\n')
    .map(
      (line) =>
        line
          .replace(/\s*#.*$/, '')
          .trim()
          .split(/\s+/)[0] ?? '',
    )
    .filter((name) => name !== '');
  const bad = names.find((name) => name.startsWith('/') || name.startsWith('-') || name.split('/').includes('..'));
  if (bad !== undefined) return refuse('untrusted', `the series names a patch outside of the package: ${bad}`, 'patch');
  const at = names.indexOf(patch);
  if (at < 0) return refuse('not_found', `no patch ${patch} in this package; it has ${names.join(', ') || 'none'}`, 'patch');
  return names.slice(0, including ? at + 1 : at);
}
