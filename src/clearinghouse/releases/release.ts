import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { type Label, label, type Tlp } from '../../base/label.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { Move } from '../../base/states.ts';
import type { Bulletin } from '../advisories/bulletin.ts';
import type { documentFormats } from '../advisories/documents.ts';

export type ReleaseState = 'scheduled' | 'published' | 'held' | 'unscheduled';
type ReleaseTrigger = 'publish' | 'hold' | 'unschedule';

export const releaseMoves: readonly Move<ReleaseState, ReleaseTrigger>[] = [
  { from: 'scheduled', by: 'publish', to: 'published' },
  { from: 'scheduled', by: 'hold', to: 'held' },
  { from: 'scheduled', by: 'unschedule', to: 'unscheduled' },
];

export type DocumentFormat = (typeof documentFormats)[number];

/** One file as it was published. */
export interface Document {
  readonly format: DocumentFormat;
  /** Of which flaw of the advisory, where the format has a record of each; else 1. */
  readonly part: number;
  /** Where it lies under the public root: at least one place, an OSV record in one per ecosystem. */
  readonly paths: readonly string[];
  /** Canonical JSON (RFC 8785), or what people read. */
  readonly text: string;
  /** Hexadecimal, of the text's UTF-8 bytes. */
  readonly sha256: string;
}

/** What publication adds: all of it public, none of it ever changed. */
export interface Publication {
  /** Place in the feed, from 1; leaf `seq − 1` of its Merkle tree. */
  readonly seq: number;
  readonly at: Instant;
  readonly bulletin: Bulletin;
  /** Canonical JSON of the feed entry: the leaf's data. */
  readonly entry: string;
  /** RFC 6962 leaf hash of `entry`, hexadecimal. */
  readonly leaf: string;
}

export interface Release {
  readonly id: Id<'rel'>;
  readonly advisoryId: Id<'adv'>;
  readonly caseId: Id<'cas'>;
  readonly package: string;
  /** Digest of the approved text that was scheduled; another text is not published in its place. */
  readonly advisoryDigest: string;
  /** The agreed hour, the same for everybody. */
  readonly goLiveAt: Instant;
  readonly state: ReleaseState;
  /** Why it was held. */
  readonly because: string | null;
  readonly scheduledBy: string;
  readonly scheduledAt: Instant;
  readonly publication: Publication | null;
  readonly label: Label;
}

/** Before the hour only the clearinghouse's staff knows. */
export const beforeTheHour: Label = label('RED', 'hou_clearinghouse');

export interface Gate {
  /** `tlp`: to whom the text may ever go; only CLEAR is for everybody. */
  readonly advisory: { readonly state: string; readonly digest: string; readonly tlp: Tlp };
  readonly embargo: { readonly isOver: boolean; readonly endsAt: Instant; readonly because: string };
}

/** Whether an hour may be agreed. */
export function decideSchedule(goLiveAt: Instant, now: Instant, gate: Gate): Refusal | undefined {
  if (gate.advisory.state !== 'approved') return refuse('wrong_state', 'a second person must approve the advisory first');
  if (gate.advisory.tlp !== 'CLEAR') return refuse('not_permitted', `its label forbids it: TLP:${gate.advisory.tlp} is not for everybody`);
  if (goLiveAt <= now) return refuse('expired', 'the hour lies in the past', '/goLiveAt');
  if (!gate.embargo.isOver && goLiveAt < gate.embargo.endsAt)
    return refuse('not_permitted', `the embargo lasts until ${gate.embargo.endsAt} (${gate.embargo.because})`, '/goLiveAt');
  return undefined;
}

/** Looked at once more at the hour itself: why it must not go out, or undefined. What changed meanwhile closes the gate. */
export function decideHold(release: Pick<Release, 'advisoryDigest'>, now: Instant, gate: Gate | undefined): string | undefined {
  if (!gate) return 'the advisory or its case is gone';
  if (gate.advisory.digest !== release.advisoryDigest) return 'the advisory was drafted anew after it had been scheduled';
  if (gate.advisory.state !== 'approved') return 'the advisory is not approved';
  if (gate.advisory.tlp !== 'CLEAR') return `its label forbids it: TLP:${gate.advisory.tlp} is not for everybody`;
  if (!gate.embargo.isOver && now < gate.embargo.endsAt) return `the embargo was moved to ${gate.embargo.endsAt}`;
  return undefined;
}
