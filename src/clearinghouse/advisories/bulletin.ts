import type { Instant } from '../../base/instant.ts';
import type { AdvisoryText } from './text.ts';

/** A published (or about to be published) version of an advisory. */
export interface Version {
  readonly number: number;
  readonly at: Instant;
  readonly change: string;
}

/** The one source of every format: what the advisory says, under which identifier, from when on. */
export interface Bulletin {
  /** `BW-2026-0001`. */
  readonly trackingId: string;
  /** `draft` only in a preview for those who review it. */
  readonly status: 'draft' | 'final';
  readonly text: AdvisoryText;
  /** Host name of the hub, which is its namespace. */
  readonly origin: string;
  /** Oldest first, at least one. */
  readonly versions: readonly Version[];
}

export function trackingIdOf(year: string, number: number): string {
  return `BW-${year}-${String(number).padStart(4, '0')}`;
}

export function firstOf(bulletin: Bulletin): Version {
  return bulletin.versions[0]!;
}

export function latestOf(bulletin: Bulletin): Version {
  return bulletin.versions.at(-1)!;
}

/** CSAF 2.0 §5.1: lower-case tracking id, everything else than `+ - a-z 0-9` an underscore. */
export function csafFile(trackingId: string): string {
  return `${trackingId.toLowerCase().replace(/[^+\-a-z0-9]+/g, '_')}.json`;
}

/** Under the public root; the year is that of the first version (CSAF 2.0 §7.1.14), so that an address never changes. */
export function csafPath(bulletin: Bulletin): string {
  return `csaf/white/${firstOf(bulletin).at.slice(0, 4)}/${csafFile(bulletin.trackingId)}`;
}

/** CSAF 2.1 beside it: TLP 2.0 calls the same label CLEAR (CSAF 2.1 §7.1.13). */
export function csaf21Path(bulletin: Bulletin): string {
  return csafPath(bulletin).replace(/^csaf\/white\//, 'csaf21/clear/');
}

/** Of one flaw of an advisory: the first goes by the advisory's own id, whether or not there are others. */
export function flawId(trackingId: string, number: number): string {
  return number === 1 ? trackingId : `${trackingId}-${number}`;
}

/** OSV gives each home database a prefix; one that is not registered with it uses `x_`. */
export function osvId(trackingId: string): string {
  return `x_${trackingId}`;
}

export function publicUrl(origin: string, path: string): string {
  return `https://${origin}/public/${path}`;
}
