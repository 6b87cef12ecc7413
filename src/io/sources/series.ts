import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';

/**
 * Which patches of debian/patches/series to apply, in order, so that the tree stops before `patch` (vulnerable) or after it (fixed). All, without one.
 * Forward only: taking a patch off a finished tree fails when a later one touches the same lines.
 */
export function patchesUpTo(series: string, patch: string | undefined, including: boolean): string[] | Refusal {
  const names = patchNames(series);
  if (isRefusal(names) || patch === undefined) return names;
  const at = names.indexOf(patch);
  if (at < 0) return refuse('not_found', `no patch ${patch} in this package; it has ${names.join(', ') || 'none'}`, 'patch');
  return names.slice(0, including ? at + 1 : at);
}

/** All of them, in the order they are applied. `untrusted` when one would lead out of the package. */
export function patchNames(series: string): string[] | Refusal {
  const firstWords = series.split('\n').map((line) => line.trim().split(/\s/, 1)[0]!);
  const names = firstWords.filter((word) => word !== '' && !word.startsWith('#'));
  const bad = names.find((name) => name.startsWith('/') || name.startsWith('-') || name.split('/').includes('..'));
  return bad === undefined ? names : refuse('untrusted', `the series names a patch outside of the package: ${bad}`, 'patch');
}
