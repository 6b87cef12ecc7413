import type { Edition, Vulnerability } from './csaf.ts';
import type { Placed } from './json.ts';

export type StatusGroup = 'affected' | 'not affected' | 'fixed' | 'under investigation' | 'unknown' | 'recommended';

/** CSAF §3.2.3.9 (2.0), "Product Status" (2.1): which lists form a group. Products of `recommended` may be in any other. */
const groupOfList: Readonly<Record<string, StatusGroup>> = {
  first_affected: 'affected',
  known_affected: 'affected',
  last_affected: 'affected',
  known_not_affected: 'not affected',
  first_fixed: 'fixed',
  fixed: 'fixed',
  under_investigation: 'under investigation',
  unknown: 'unknown',
  recommended: 'recommended',
};

export function statusGroup(list: string, edition: Edition): StatusGroup | undefined {
  if (list === 'unknown' && edition === '2.0') return undefined;
  return Object.hasOwn(groupOfList, list) ? groupOfList[list] : undefined;
}

/** Products of some lists of a vulnerability, with their places. */
export function inStatus(vulnerability: Vulnerability, ...lists: readonly string[]): Placed<string>[] {
  return lists.flatMap((list) => vulnerability.statuses.get(list) ?? []);
}

/** The groups each product of a vulnerability is in. */
export function groupsOfProducts(vulnerability: Vulnerability, edition: Edition): Map<string, Set<StatusGroup>> {
  const groups = new Map<string, Set<StatusGroup>>();
  for (const [list, products] of vulnerability.statuses) {
    const group = statusGroup(list, edition);
    if (!group) continue;
    for (const { value } of products) {
      const of = groups.get(value) ?? new Set();
      of.add(group);
      groups.set(value, of);
    }
  }
  return groups;
}
