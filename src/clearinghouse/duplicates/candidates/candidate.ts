import type { Id } from '../../../base/id.ts';
import { join, type Label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { type Attachment, isTextual } from '../../findings/attachment.ts';
import type { Finding, FindingState } from '../../findings/finding.ts';
import { houseLabel } from '../duplicate.ts';
import type { Decision } from '../same.ts';
import type { Traits } from '../traits.ts';

/** A finding as it is compared, without its texts and files. */
export interface Candidate {
  readonly findingId: Id<'fnd'>;
  readonly state: FindingState;
  readonly traits: Traits;
  readonly label: Label;
}

/** What rules already between a candidate and the finding that is compared. */
export interface Known {
  readonly decision: Decision;
  readonly reasons: readonly string[];
  readonly turn: number;
  readonly binding: boolean;
}

/** A candidate as it is found for a finding. */
export interface Found extends Candidate {
  readonly known: Known | null;
  /** Where it is counted now. */
  readonly home: Id<'vul'> | null;
}

export function candidateOf(finding: Finding, traits: Traits): Candidate {
  return { findingId: finding.id, state: finding.state, traits, label: join(houseLabel, finding.label) };
}

/** What our re-run contradicts, and what its finder took back, is compared with nothing and counted nowhere. */
export function isCompared(state: FindingState): boolean {
  return state !== 'invalid' && state !== 'withdrawn' && state !== 'corrected';
}

/** The files whose text is read: patches first, then whatever may be a log; so many, and so many bytes in all. */
export function textsToRead(attachments: readonly Attachment[]): Attachment[] {
  const textual = attachments.filter((a) => a.type === 'patch' || (isTextual(a.contentType) && a.type !== 'threat-model'));
  const patchesFirst = [...textual.filter((a) => a.type === 'patch'), ...textual.filter((a) => a.type !== 'patch')];
  const read: Attachment[] = [];
  let bytes = 0;
  for (const file of patchesFirst.slice(0, limits.comparedFiles)) {
    if (bytes + file.bytes > limits.comparedTextBytes) continue;
    bytes += file.bytes;
    read.push(file);
  }
  return read;
}
