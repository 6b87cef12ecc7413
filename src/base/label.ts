/**
 * Who may see a thing: a TLP 2.0 colour (FIRST, https://www.first.org/tlp/) and the compartments one must all have been read into.
 * Labels form a lattice: `join` is the least label at least as strict as both.
 */
export const tlps = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;
export type Tlp = (typeof tlps)[number];

export interface Label {
  readonly tlp: Tlp;
  /** Sorted, without repeats: ids of organisations or cases. */
  readonly compartments: readonly string[];
}

export const publicLabel: Label = { tlp: 'CLEAR', compartments: [] };

/** The compartment of everybody who has signed in: the community of TLP:GREEN. */
export const members = 'hub_members';

/** What an organisation alone reads, the clearinghouse's staff not: which products it runs, what it is exposed to. */
export function ownOf(orgId: string): string {
  return `own_${orgId.slice(4)}`;
}

/** GREEN without a compartment is for all members; AMBER and above without one would be for nobody or for all, and is a mistake. */
export function label(tlp: Tlp, ...compartments: string[]): Label {
  if (compartments.length === 0 && tlp === 'GREEN') return { tlp, compartments: [members] };
  if (compartments.length === 0 && tlp !== 'CLEAR') throw new RangeError(`TLP:${tlp} needs a compartment`);
  return { tlp, compartments: [...new Set(compartments)].sort() };
}

export function join(a: Label, b: Label): Label {
  const tlp = tlps.indexOf(a.tlp) >= tlps.indexOf(b.tlp) ? a.tlp : b.tlp;
  return label(tlp, ...a.compartments, ...b.compartments);
}

/** True when whoever may see `upper` may also see `lower`. */
export function dominates(upper: Label, lower: Label): boolean {
  return tlps.indexOf(upper.tlp) >= tlps.indexOf(lower.tlp) && lower.compartments.every((c) => upper.compartments.includes(c));
}

export function isPublic(of: Label): boolean {
  return of.tlp === 'CLEAR' && of.compartments.length === 0;
}

/** The two columns that every labelled table has (`migrations/010_house.sql`). */
export function labelColumns(of: Label): { tlp: Tlp; compartments: string[] } {
  return { tlp: of.tlp, compartments: [...of.compartments] };
}

/** Of a row: nothing is sorted or made anew, what was written is what is read. */
export function labelOfRow(row: Label): Label {
  return { tlp: row.tlp, compartments: row.compartments };
}
