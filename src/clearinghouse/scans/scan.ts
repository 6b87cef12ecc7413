import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Interval } from '../../base/interval.ts';
import type { Label } from '../../base/label.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { type Claim, isWithin } from '../claims/claim.ts';

/** What a finder looked at, with what and when, under a claim: also a scan that found nothing is worth knowing. */
export interface Scan {
  readonly id: Id<'scn'>;
  readonly orgId: Id<'org'>;
  readonly claimId: Id<'clm'>;
  /** Of the claim. */
  readonly purl: string;
  readonly package: string;
  readonly tool: string;
  readonly toolVersion: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** Empty = all that was claimed. */
  readonly paths: readonly string[];
  /** SHA-256 (hex) of the report, when there is one. */
  readonly sarifDigest: string | null;
  readonly results: number;
  readonly label: Label;
  readonly recordedAt: Instant;
}

interface Scanned {
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly paths: readonly string[];
}

/** Whether a scan lies inside the claim it was made under. */
export function withinClaim(scanned: Scanned, claim: Claim): Refusal | undefined {
  if (claim.state !== 'held') return refuse('wrong_state', `the claim is ${claim.state}; a scan is recorded while it is held`, '/claimId');
  const window: Interval = claim;
  if (scanned.startedAt < window.startsAt || scanned.endedAt > window.endsAt)
    return refuse('not_permitted', 'the scan lies outside the window of its claim', '/startedAt');
  const stray = claim.paths.length === 0 ? -1 : scanned.paths.findIndex((path) => !claim.paths.some((root) => isWithin(path, root)));
  if (stray >= 0) return refuse('not_permitted', 'this path is not among those claimed', `/paths/${stray}`);
  return undefined;
}

/** Scanning a running system needs its owner's signed word; this hub cannot check one yet, so it takes none. */
export function decideLive(live: boolean, authorisation: string | undefined): Refusal | undefined {
  if (!live) return undefined;
  return authorisation === undefined
    ? refuse('not_permitted', "a running system is scanned only with its owner's signed authorisation", '/authorisation')
    : refuse('unavailable', 'this hub cannot check authorisations for running systems yet; scan a copy instead', '/authorisation');
}
