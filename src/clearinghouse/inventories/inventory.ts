import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';

export const sbomFormats = ['CycloneDX', 'SPDX'] as const;
export type SbomFormat = (typeof sbomFormats)[number];

/** What an operator or supplier chose to share of one product: an SBOM under a name of its own choosing. */
export interface Inventory {
  readonly id: Id<'inv'>;
  readonly orgId: Id<'org'>;
  /** Unique within the organisation; keeping under the same name replaces. */
  readonly name: string;
  readonly format: SbomFormat;
  /** SHA-256 (hex) of the document as it was sent. */
  readonly documentDigest: string;
  /** Components with a readable purl, each purl once. */
  readonly components: number;
  /** Components without a purl, or with one that cannot be read: nothing can be matched against them. */
  readonly unreadable: number;
  /** From 1. */
  readonly revision: number;
  readonly label: Label;
  readonly keptAt: Instant;
}

export interface Component {
  /** Canonical. */
  readonly purl: string;
  /** The purl without version, qualifiers and subpath. */
  readonly package: string;
  readonly version: string | null;
  readonly name: string;
}
