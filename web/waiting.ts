import type { CaseSummary, FindingSummary } from './wire.ts';

/** Who has the next move, and what it is; undefined = nobody. */
export interface Awaited {
  readonly who: 'the lab' | 'coordinator' | 'maintainer' | 'finder' | 'operators';
  readonly what: string;
}

/** A finding's next move, from its state alone. */
export function awaitedOn(finding: Pick<FindingSummary, 'state' | 'verdict' | 'hasPoc'>): Awaited | undefined {
  switch (finding.state) {
    case 'received':
      return { who: 'the lab', what: finding.hasPoc ? 're-runs the proof of concept' : 'has no proof of concept to run' };
    case 'deferred':
      return finding.hasPoc
        ? { who: 'coordinator', what: 'look why it could not be re-run' }
        : { who: 'finder', what: 'send something that can be re-run' };
    case 'valid':
      return { who: 'coordinator', what: 'carry it on in its case' };
    case 'invalid':
    case 'closed':
    case 'withdrawn':
    case 'corrected':
      return undefined;
  }
}

/** A case's next move, as far as the viewer's tier tells. */
export function awaitedOnCase(of: Pick<CaseSummary, 'state' | 'goLiveAt' | 'vfdpxa'>, now: string): Awaited | undefined {
  if (of.state === 'closed') return undefined;
  if (of.state === 'disclosed') return { who: 'operators', what: 'deploy the fix' };
  if (of.goLiveAt <= now) return { who: 'coordinator', what: 'the embargo is over: disclose' };
  if (of.vfdpxa === undefined) return undefined;
  // CERT/CC's six letters: upper case = has happened.
  if (of.vfdpxa.includes('F')) return { who: 'coordinator', what: 'advisory and release' };
  return of.vfdpxa.includes('V') ? { who: 'maintainer', what: 'write the fix' } : { who: 'coordinator', what: 'reach the maintainer' };
}
