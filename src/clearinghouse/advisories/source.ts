import type { Instant } from '../../base/instant.ts';
import type { Tlp } from '../../base/label.ts';

/**
 * What an advisory says, in no format: every format is written from this and read back into it.
 * The granularity is that of the richest format (CSAF 2.1); each reader and writer under formats/ says what its format cannot carry.
 */
export interface Source {
  /** CSAF document category (CSAF 2.1 §4), e.g. `csaf_security_advisory`, `csaf_vex`. */
  readonly category: string;
  readonly title: string;
  /** BCP 47; null where it is not said. */
  readonly language: string | null;
  /** The language that this was translated from. */
  readonly translatedFrom: string | null;
  /** TLP 2.0; null where the format says nothing (everything in OSV is public). */
  readonly tlp: Tlp | null;
  readonly publisher: Publisher;
  readonly tracking: Tracking;
  readonly severity: { readonly text: string; readonly namespace: string | null } | null;
  /** SPDX licence expression, of the document. */
  readonly license: string | null;
  readonly notes: readonly Note[];
  readonly references: readonly Reference[];
  readonly credits: readonly Credited[];
  readonly products: readonly Product[];
  readonly groups: readonly ProductGroup[];
  readonly relationships: readonly Relationship[];
  readonly vulnerabilities: readonly Vulnerability[];
  /** What the format it was read from says beyond this model, under that format's name; written back into the same format only. */
  readonly beyond: Beyond;
}

export type Beyond = Readonly<Record<string, unknown>>;

const publisherCategories = ['coordinator', 'discoverer', 'multiplier', 'other', 'translator', 'user', 'vendor'] as const;
interface Publisher {
  readonly category: (typeof publisherCategories)[number];
  readonly name: string;
  /** URL. */
  readonly namespace: string;
  readonly contact: string | null;
  readonly authority: string | null;
}

export interface Tracking {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly status: 'draft' | 'interim' | 'final';
  readonly initialAt: Instant;
  readonly currentAt: Instant;
  /** Oldest first, at least one. */
  readonly revisions: readonly Revision[];
  /** Taken back: what it says is not to be acted upon. */
  readonly withdrawnAt: Instant | null;
  readonly generator: { readonly name: string; readonly version: string | null; readonly at: Instant | null } | null;
}

interface Revision {
  /** CSAF version: an integer or a semantic version. */
  readonly number: string;
  readonly legacy: string | null;
  readonly at: Instant;
  readonly summary: string;
}

const noteCategories = ['description', 'details', 'faq', 'general', 'legal_disclaimer', 'other', 'summary'] as const;
export interface Note {
  readonly category: (typeof noteCategories)[number];
  readonly title: string | null;
  readonly text: string;
  readonly audience: string | null;
  /** Of which products it speaks; absent = of none in particular. */
  readonly productIds?: readonly string[];
  readonly groupIds?: readonly string[];
  readonly beyond?: Beyond;
}

export interface Reference {
  /** As OSV names it, lower-case: `advisory`, `fix`, `web`, …; CSAF keeps `self` and `external` apart by `isSelf`. */
  readonly kind: string;
  readonly url: string;
  readonly summary: string | null;
  readonly isSelf: boolean;
}

export interface Credited {
  readonly names: readonly string[];
  readonly organization: string | null;
  readonly summary: string | null;
  readonly urls: readonly string[];
  /** OSV credit type, lower-case: `finder`, `reporter`, `coordinator`, `tool`, …; null where the format has none. */
  readonly kind: string | null;
  /** When their report came in. */
  readonly at: Instant | null;
}

/** One product, package or set of versions that the source speaks of. */
export interface Product {
  /** What statuses, scores and remedies refer to it by; unique in the source. */
  readonly id: string;
  readonly name: string;
  /** Root first (CSAF branches): `vendor` → `product_name` → `product_version`; empty for a product that lies in no tree. */
  readonly path: readonly { readonly category: string; readonly name: string }[];
  /** The package without version, canonical, where it is known. */
  readonly package: string | null;
  /** Which versions are meant; null = as the name says, or all of them. */
  readonly versions: Versions | null;
  readonly identifiers: Identifiers;
  readonly beyond?: Beyond;
}

/** Versions by their order, by list, or both (a union), as OSV has them. */
interface Versions {
  readonly ranges: readonly Range[];
  readonly listed: readonly string[];
}

export interface Range {
  readonly type: 'SEMVER' | 'ECOSYSTEM' | 'GIT';
  /** Of a `GIT` range. */
  readonly repository: string | null;
  /** In the order of the versions. */
  readonly events: readonly RangeEvent[];
  readonly beyond?: Beyond;
}

interface RangeEvent {
  /** `introduced` `0` = from the beginning; `last-affected` is in the range, `fixed` and `limit` are not. */
  readonly kind: 'introduced' | 'fixed' | 'last-affected' | 'limit';
  readonly version: string;
}

/** CSAF product_identification_helper, beyond the package. */
export interface Identifiers {
  readonly purls: readonly string[];
  readonly cpe: string | null;
  readonly hashes: readonly {
    readonly filename: string;
    readonly hashes: readonly { readonly algorithm: string; readonly value: string }[];
  }[];
  readonly modelNumbers: readonly string[];
  readonly serialNumbers: readonly string[];
  readonly skus: readonly string[];
  readonly sbomUrls: readonly string[];
  readonly uris: readonly { readonly namespace: string; readonly uri: string }[];
}

interface ProductGroup {
  readonly id: string;
  readonly productIds: readonly string[];
  readonly summary: string | null;
}

/** `product` as a component of, or installed with, others, one step after another: together they are the product `id`. */
export interface Relationship {
  readonly id: string;
  readonly name: string;
  readonly product: string;
  /** At least one; `category` as CSAF has it: `installed_on`, `default_component_of`, … */
  readonly steps: readonly { readonly category: string; readonly of: string }[];
  readonly package: string | null;
  readonly identifiers: Identifiers;
  readonly beyond?: Beyond;
}

const statuses = [
  'first_affected',
  'first_fixed',
  'fixed',
  'known_affected',
  'known_not_affected',
  'last_affected',
  'recommended',
  'under_investigation',
  'unknown',
] as const;
type Status = (typeof statuses)[number];

export interface Vulnerability {
  readonly title: string | null;
  readonly cve: string | null;
  readonly ids: readonly {
    readonly system: string;
    readonly text: string;
    /** Of which products it is the id; absent = of all. */
    readonly productIds?: readonly string[];
    readonly groupIds?: readonly string[];
  }[];
  readonly weaknesses: readonly { readonly id: string; readonly name: string | null; readonly version: string | null }[];
  readonly notes: readonly Note[];
  /** Product ids by what is said of them. */
  readonly status: Readonly<Partial<Record<Status, readonly string[]>>>;
  /** Why a product is not affected (CSAF flags, the five VEX justifications). */
  readonly justifications: readonly About<{ readonly label: string; readonly at: Instant | null }>[];
  /** Impact, exploitation and targets in words (CSAF threats). */
  readonly threats: readonly About<{
    readonly category: 'exploit_status' | 'impact' | 'target_set';
    readonly details: string;
    readonly at: Instant | null;
  }>[];
  readonly remedies: readonly Remedy[];
  readonly scores: readonly Score[];
  readonly credits: readonly Credited[];
  readonly references: readonly Reference[];
  readonly involvements: readonly About<Involvement>[];
  readonly discoveredAt: Instant | null;
  readonly disclosedAt: Instant | null;
  readonly exploitedAt: readonly About<{ readonly at: Instant; readonly statedAt: Instant }>[];
  readonly beyond?: Beyond;
}

/** Something said of some products; both lists empty = of all that the vulnerability speaks of. */
export type About<T> = T & { readonly productIds: readonly string[]; readonly groupIds: readonly string[] };

const remedyCategories = [
  'fix_planned',
  'mitigation',
  'no_fix_planned',
  'none_available',
  'optional_patch',
  'vendor_fix',
  'workaround',
] as const;
export type Remedy = About<{
  readonly category: (typeof remedyCategories)[number];
  readonly details: string;
  readonly url: string | null;
  readonly at: Instant | null;
  readonly entitlements: readonly string[];
  readonly restart: { readonly category: string; readonly details: string | null } | null;
}>;

/** What somebody measured of some products; every part may be absent. */
export interface Score {
  readonly productIds: readonly string[];
  /** Who says so: a URL or a name; null = the publisher. */
  readonly by: string | null;
  readonly cvss: readonly {
    readonly version: '2.0' | '3.0' | '3.1' | '4.0';
    readonly vector: string;
    readonly base: number | null;
    /** Upper-case, as FIRST has it. */
    readonly severity: string | null;
    readonly beyond?: Beyond;
  }[];
  readonly ssvc: SsvcSelections | null;
  readonly epss: { readonly probability: string; readonly percentile: string; readonly at: Instant } | null;
  /** `critical`, `high`, `medium`, `low` or `none`, where there is no vector. */
  readonly rating: string | null;
  readonly beyond?: Beyond;
}

/** SSVC Selection List 2.0.0 (CERTCC/SSVC): the outcome of a decision is a selection like its points. */
export interface SsvcSelections {
  readonly at: Instant;
  readonly selections: readonly {
    readonly namespace: string;
    readonly key: string;
    readonly version: string;
    readonly name: string | null;
    readonly values: readonly { readonly key: string; readonly name: string | null }[];
  }[];
  /** Definitions, resources and references. */
  readonly beyond?: Beyond;
}

interface Involvement {
  readonly party: string;
  readonly status: string;
  readonly summary: string | null;
  readonly contact: string | null;
  readonly at: Instant | null;
}

/** Nothing known beyond the package. */
export const noIdentifiers: Identifiers = {
  purls: [],
  cpe: null,
  hashes: [],
  modelNumbers: [],
  serialNumbers: [],
  skus: [],
  sbomUrls: [],
  uris: [],
};
