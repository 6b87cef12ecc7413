import type {
  Agreement,
  Case,
  Clock,
  Contacts,
  Cve,
  CvePool,
  Deliveries,
  Determination,
  Finding,
  Fix,
  Grade,
  Participant,
  Release,
  Run,
  Statements,
  Submission,
  Validation,
} from '../wire.ts';
import type { Tone } from './chips.tsx';

/** Which words stand out; one table a kind of state, so that a new state does not compile until somebody has thought about it. */
export const findingTone: Record<Finding['state'], Tone> = {
  received: 'plain',
  deferred: 'care',
  valid: 'good',
  invalid: 'bad',
  closed: 'plain',
  withdrawn: 'plain',
  corrected: 'plain',
};
export const verdictTone: Record<NonNullable<Finding['verdict']>, Tone> = {
  reproduced: 'good',
  'reproduced-fix-incomplete': 'care',
  'not-reproduced': 'bad',
  flaky: 'care',
  'could-not-tell': 'care',
};
export const validationTone: Record<Validation['state'], Tone> = {
  requested: 'plain',
  running: 'plain',
  parked: 'bad',
  concluded: 'good',
  cancelled: 'plain',
};
export const caseTone: Record<Case['state'], Tone> = { open: 'plain', disclosed: 'good', closed: 'plain' };
export const deliveryTone: Record<Deliveries['items'][number]['state'], Tone> = { waiting: 'care', delivered: 'good', withdrawn: 'plain' };
export const ladderTone: Record<Contacts['items'][number]['state'], Tone> = {
  climbing: 'care',
  answered: 'good',
  decided: 'plain',
  ended: 'plain',
};
export const embargoTone: Record<NonNullable<Case['embargo']>['state'], Tone> = {
  none: 'plain',
  proposed: 'care',
  active: 'good',
  revise: 'care',
  exited: 'plain',
};
export const clockTone: Record<Clock['standing'], Tone> = {
  running: 'plain',
  overdue: 'care',
  escalated: 'bad',
  done: 'good',
  'done-late': 'care',
};
type PatchVerdict = NonNullable<NonNullable<Case['patches']>[number]['verdict']>;
export const patchTone: Record<PatchVerdict, Tone> = {
  verified: 'good',
  incomplete: 'bad',
  'breaks-tests': 'bad',
  'new-crash': 'bad',
  'could-not-tell': 'care',
};
export const submissionTone: Record<Submission['state'], Tone> = { offered: 'good', closed: 'plain', withdrawn: 'plain', erased: 'plain' };
export const agreementTone: Record<Agreement['state'], Tone> = { proposed: 'care', 'in-force': 'good', withdrawn: 'plain' };
export const determinationTone: Record<Determination['verdict'], Tone> = { covered: 'plain', 'not-covered': 'plain', inconclusive: 'care' };
export const runTone: Record<Run['state'], Tone> = { waiting: 'plain', queued: 'plain', running: 'care', finished: 'good' };
/** What a model did not do is no fault of anybody's; what our own tests could not tell is somebody's to look at. */
export const outcomeTone: Record<NonNullable<Grade['outcome']>, Tone> = {
  solved: 'good',
  'not-solved': 'plain',
  refused: 'plain',
  'infra-error': 'care',
  ungradable: 'care',
  'suspected-cheat': 'bad',
};
export const fixTone: Record<Fix['state'], Tone> = {
  exposed: 'bad',
  'could-not-tell': 'care',
  'fix-claimed': 'plain',
  observed: 'good',
  'not-affected': 'plain',
};
export const statementTone: Record<Statements['items'][number]['state'], Tone> = { given: 'care', approved: 'good', replaced: 'plain' };
export const releaseTone: Record<Release['state'], Tone> = { scheduled: 'care', published: 'good', held: 'bad', unscheduled: 'plain' };
export const standingTone: Record<NonNullable<Participant['standing']>, Tone> = {
  'not-asked': 'care',
  silent: 'bad',
  awaited: 'care',
  answered: 'good',
  withdrawn: 'plain',
};
export const cveTone: Record<Cve['state'], Tone> = {
  pooled: 'plain',
  assigned: 'care',
  published: 'good',
  rejecting: 'care',
  rejected: 'plain',
  foreign: 'plain',
};
export const errandTone: Record<CvePool['errands'][number]['state'], Tone> = {
  waiting: 'care',
  done: 'good',
  refused: 'bad',
  replaced: 'plain',
};
