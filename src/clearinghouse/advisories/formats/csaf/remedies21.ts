import { statusGroup } from '../../csaf/status.ts';
import { prohibited, rivals } from '../../csaf/tests/statuses.ts';
import type { Note, Remedy, Vulnerability } from '../../source.ts';

/** Who gives way to whom, where two remedies of a product contradict each other. */
const order: readonly Remedy['category'][] = [
  'vendor_fix',
  'workaround',
  'mitigation',
  'optional_patch',
  'fix_planned',
  'no_fix_planned',
  'none_available',
];

/**
 * Remedies that do not contradict the status of their products nor each other (6.1.35, 6.1.36): a fix for what is not affected is optional;
 * what contradicts says its words in a note about the same products.
 */
export function remediesOf21(
  of: Vulnerability,
  groups: ReadonlyMap<string, readonly string[]>,
): { remedies: readonly Remedy[]; notes: Note[] } {
  const status = statusOf(of);
  const pieces = of.remedies.flatMap((remedy) => adapted(remedy, status, groups));
  const kept = new Map<string, Set<string>>();
  const told: { remedy: Remedy; productIds: readonly string[] }[] = [];
  const fate = new Map<Remedy, readonly string[]>();
  for (const category of order)
    for (const remedy of pieces.filter((p) => p.category === category)) {
      const ids = productsOf(remedy, groups);
      const no = new Set(ids.filter((id) => contradicts(category, status.get(id), kept.get(id))));
      for (const id of ids) if (!no.has(id)) kept.set(id, (kept.get(id) ?? new Set()).add(category));
      if (no.size === 0) continue;
      fate.set(
        remedy,
        ids.filter((id) => !no.has(id)),
      );
      told.push({ remedy, productIds: [...no] });
    }
  const remedies = pieces.flatMap((remedy) => {
    const ids = fate.get(remedy);
    if (!ids) return [remedy];
    return ids.length === 0 ? [] : [{ ...remedy, productIds: ids, groupIds: [] }];
  });
  return { remedies, notes: told.map(noteOf) };
}

function noteOf({ remedy, productIds }: { remedy: Remedy; productIds: readonly string[] }): Note {
  const words = remedy.category.replaceAll('_', ' ');
  return { category: 'other', title: `Remediation: ${words}`, text: remedy.details, audience: null, productIds };
}

type Groups = ReadonlySet<string>;

function statusOf({ status }: Vulnerability): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [list, ids] of Object.entries(status))
    for (const id of ids) {
      const group = statusGroup(list, '2.1');
      if (group) found.set(id, (found.get(id) ?? new Set()).add(group));
    }
  return found;
}

function productsOf({ productIds, groupIds }: Remedy, groups: ReadonlyMap<string, readonly string[]>): string[] {
  return [...new Set([...productIds, ...groupIds.flatMap((id) => groups.get(id) ?? [])])];
}

/** `vendor_fix` of products that are fixed or not affected is `optional_patch`; a remedy of both kinds becomes two. */
function adapted(remedy: Remedy, status: ReadonlyMap<string, Groups>, groups: ReadonlyMap<string, readonly string[]>): Remedy[] {
  if (remedy.category !== 'vendor_fix') return [remedy];
  const ids = productsOf(remedy, groups);
  const isFree = (id: string) => prohibited.vendor_fix!.some((group) => status.get(id)?.has(group));
  const free = ids.filter(isFree);
  if (free.length === 0) return [remedy];
  if (free.length === ids.length) return [{ ...remedy, category: 'optional_patch' }];
  const bound = ids.filter((id) => !isFree(id));
  return [
    { ...remedy, productIds: bound, groupIds: [] },
    { ...remedy, category: 'optional_patch', productIds: free, groupIds: [] },
  ];
}

function contradicts(category: Remedy['category'], status: Groups | undefined, kept: Groups | undefined): boolean {
  return (
    prohibited[category]?.some((group) => status?.has(group)) === true || rivals[category]!.split(' ').some((other) => kept?.has(other))
  );
}
