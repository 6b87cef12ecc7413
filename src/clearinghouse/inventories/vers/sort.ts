import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import { orderOfScheme } from '../versions/compare.ts';
import { normalNuget } from '../versions/nuget.ts';
import type { Order } from '../versions/order.ts';

/** From the oldest to the newest; equal ones stay in their order. */
export function sortVersions(scheme: string, versions: readonly string[]): string[] | Refusal {
  const order = orderFor(scheme, versions);
  if (typeof order !== 'function') return order;
  const list = versions.toSorted((a, b) => order(a, b)!);
  return scheme === 'nuget' ? list.map(normalNuget) : list;
}

/** Whether all of the versions are the same one. */
export function equalVersions(scheme: string, versions: readonly string[]): boolean | Refusal {
  const order = orderFor(scheme, versions);
  return typeof order === 'function' ? versions.every((version) => order(versions[0]!, version) === 0) : order;
}

function orderFor(scheme: string, versions: readonly string[]): Order | Refusal {
  const order = orderOfScheme(scheme);
  if (!order) return refuse('unsupported', 'versions of this type cannot be ordered here');
  if (versions.length > limits.versionsPerSort) return refuse('too_many', `at most ${limits.versionsPerSort} versions`, 'versions');
  if (versions.some((version) => version.length > limits.versionChars))
    return refuse('too_large', `a version has at most ${limits.versionChars} characters`, 'versions');
  if (versions.some((version) => order(version, version) === undefined))
    return refuse('malformed', 'this is no version of the type', 'versions');
  return order;
}
