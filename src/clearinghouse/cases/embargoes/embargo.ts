import { day, hour, type Instant, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { type Move, move } from '../../../base/states.ts';
import type { Judged } from './eligibility.ts';
import { type Bound, type Marks, type Policy, windowOf } from './policies/policy.ts';

export const embargoStates = ['none', 'proposed', 'active', 'revise', 'exited'] as const;
type EmbargoState = (typeof embargoStates)[number];
type EmbargoTrigger = 'propose' | 'accept' | 'counter' | 'decline' | 'exit';

/** The embargo process of coordinated disclosure (CERT/CC, MPCVD embargo management model), as a table. */
export const embargoMoves: readonly Move<EmbargoState, EmbargoTrigger>[] = [
  { from: 'none', by: 'propose', to: 'proposed' },
  { from: 'proposed', by: 'accept', to: 'active' },
  { from: 'proposed', by: 'counter', to: 'proposed' },
  { from: 'proposed', by: 'decline', to: 'none' },
  { from: 'active', by: 'propose', to: 'revise' },
  { from: 'revise', by: 'accept', to: 'active' },
  { from: 'revise', by: 'counter', to: 'revise' },
  { from: 'revise', by: 'decline', to: 'active' },
  { from: 'none', by: 'exit', to: 'exited' },
  { from: 'proposed', by: 'exit', to: 'exited' },
  { from: 'active', by: 'exit', to: 'exited' },
  { from: 'revise', by: 'exit', to: 'exited' },
];

/** Highest precedence first. */
export const windowSources = ['project-policy', 'list-cap', 'reporter-policy', 'elsewhere', 'negotiated', 'house-default'] as const;
/** These cut what else is said; alone they do not lengthen the house default: a finder's wish governs nobody. */
const onlyCut: readonly EmbargoWindow['source'][] = ['reporter-policy', 'elsewhere'];

/** A span after which nobody is bound any more, and who says so. */
interface EmbargoWindow {
  readonly source: (typeof windowSources)[number];
  readonly endsAt: Instant;
  /** Shown to everybody read in, at any tier: it never tells what the flaw is. */
  readonly because: string;
}

/** What somebody puts forward. */
interface Offer {
  readonly byId: string;
  readonly byOrgId: string | null;
  readonly endsAt: Instant;
  readonly because: string;
  readonly at: Instant;
}

interface EmbargoProposal extends Offer {
  /** Organisations that have to agree, and those that did; with nobody asked, the next answer settles it. */
  readonly asked: readonly string[];
  readonly accepted: readonly string[];
  /** Until when they may answer, and what it means when they do not. */
  readonly answerBy: Instant;
  readonly silence: 'accept' | 'decline';
}

export interface Embargo {
  readonly state: EmbargoState;
  readonly windows: readonly EmbargoWindow[];
  readonly proposal: EmbargoProposal | null;
  readonly ended: { readonly at: Instant; readonly because: string } | null;
  /** Policies that bind this case beside those of its package. */
  readonly bound: readonly Bound[];
  readonly judged: readonly Judged[];
  readonly fixReadyAt: Instant | null;
  readonly exploitedAt: Instant | null;
  /** Since when everything goes at once, and why. */
  readonly fastTrack: { readonly at: Instant; readonly because: string } | null;
}

export function openEmbargo(openedAt: Instant, policies: readonly Policy[]): Embargo {
  const days = limits.houseEmbargoDays;
  const house: EmbargoWindow = { source: 'house-default', endsAt: plusMs(openedAt, days * day), because: `house default ${days} days` };
  const blank = { proposal: null, ended: null, bound: [], judged: [], fixReadyAt: null, exploitedAt: null, fastTrack: null };
  return withPolicies({ state: 'none', windows: [house], ...blank }, openedAt, policies);
}

/** What binds anew from the policies as they are read now; a policy read while the case is open binds from the case's opening on. */
export function withPolicies(embargo: Embargo, openedAt: Instant, policies: readonly Policy[]): Embargo {
  const { fixReadyAt, exploitedAt, bound, judged } = embargo;
  const marks: Marks = { openedAt, fixReadyAt, exploitedAt };
  const ofPackage = policies.flatMap((policy) => windowOf(policy, marks, null) ?? []);
  const ofCase = bound.flatMap(({ policy, since }) => windowOf(policy, marks, since) ?? []);
  const elsewhere = judged.findLast((j) => j.rule === 'embargo-elsewhere');
  const tied = elsewhere?.holds && elsewhere.endsAt ? [window('elsewhere', elsewhere.endsAt, 'an embargo elsewhere ends then')] : [];
  const merged = embargo.windows.filter((w) => w.source === 'elsewhere' && w.because === mergedBecause);
  const kept = embargo.windows.filter((w) => w.source === 'negotiated' || w.source === 'house-default');
  return { ...embargo, windows: [...ofPackage, ...ofCase, ...tied, ...merged, ...kept] };
}

const mergedBecause = 'agreed in the case that was taken over';

/** Of two cases that become one, the earlier end holds until another is agreed (CERT/CC, Vultron, case mergers). */
export function withMerged(embargo: Embargo, endsAt: Instant): Embargo {
  const others = embargo.windows.filter((w) => w.because !== mergedBecause);
  const before = embargo.windows.find((w) => w.because === mergedBecause);
  return {
    ...embargo,
    windows: [...others, window('elsewhere', before && before.endsAt < endsAt ? before.endsAt : endsAt, mergedBecause)],
  };
}

function window(source: EmbargoWindow['source'], endsAt: Instant, because: string): EmbargoWindow {
  return { source, endsAt, because };
}

/** The shortest binding window governs; the house default binds only where nothing else does. A tie goes to the higher precedence. */
export function governing(embargo: Embargo): EmbargoWindow {
  const rank = (w: EmbargoWindow) => windowSources.indexOf(w.source);
  const cuts = embargo.windows.filter((w) => onlyCut.includes(w.source));
  const binding = embargo.windows.filter((w) => w.source !== 'house-default' && !onlyCut.includes(w.source));
  const house = embargo.windows.filter((w) => w.source === 'house-default');
  const candidates = [...(binding.length > 0 ? binding : house), ...cuts];
  const shortest = candidates.toSorted((a, b) => (a.endsAt === b.endsAt ? rank(a) - rank(b) : a.endsAt < b.endsAt ? -1 : 1))[0]!;
  return embargo.ended && embargo.ended.at < shortest.endsAt
    ? { ...shortest, endsAt: embargo.ended.at, because: embargo.ended.because }
    : shortest;
}

/** `answerBy` is what the proposer asked for, or the usual time; it is never shorter than somebody needs to answer. */
export function propose(
  embargo: Embargo,
  offer: Offer,
  openedAt: Instant,
  asked: readonly string[] = [],
  answerBy?: Instant,
): Embargo | Refusal {
  const state = move(embargoMoves, embargo.state, 'propose');
  return isRefusal(state)
    ? state
    : (endsWithin(offer.endsAt, openedAt, offer.at) ?? { ...embargo, state, proposal: put(embargo, offer, asked, answerBy) });
}

/** A deadline so short that nobody can keep it is lengthened, not refused: it would be a way to shut somebody out. */
function put(embargo: Embargo, offer: Offer, asked: readonly string[], answerBy: Instant | undefined): EmbargoProposal {
  const [least, usual, most] = [limits.answerHoursLeast * hour, limits.answerDaysUsual * day, limits.answerDaysMost * day].map((ms) =>
    plusMs(offer.at, ms),
  );
  const wished = answerBy ?? usual!;
  const clamped = wished < least! ? least! : wished > most! ? most! : wished;
  const { endsAt } = governing(embargo);
  const silence = offer.endsAt <= endsAt ? 'accept' : 'decline';
  return { ...offer, asked, accepted: [], answerBy: [clamped, offer.endsAt, endsAt].toSorted()[0]!, silence };
}

interface Answerer extends Offer {
  /** The coordinator settles it where the parties do not (CERT/CC: a case lead resolves what consensus does not). */
  readonly isLead: boolean;
  /** Whom a counter asks. */
  readonly asked: readonly string[];
}

/** An answer comes from another organisation than the proposal; a counter is the proposal of whoever makes it. */
export function answer(embargo: Embargo, how: 'accept' | 'counter' | 'decline', by: Answerer, openedAt: Instant): Embargo | Refusal {
  const { proposal } = embargo;
  const state = move(embargoMoves, embargo.state, how);
  if (isRefusal(state)) return state;
  if (!proposal || proposal.byOrgId === by.byOrgId)
    return refuse('not_permitted', 'a proposal is answered by another organisation than made it');
  const { isLead, asked, ...offer } = by;
  if (how === 'counter')
    return endsWithin(by.endsAt, openedAt, by.at) ?? { ...embargo, state, proposal: put(embargo, offer, asked, undefined) };
  if (how === 'decline') return { ...embargo, state, proposal: null };
  if (proposal.endsAt <= by.at) return refuse('expired', 'the proposed time has passed; propose another');
  const accepted = [...new Set([...proposal.accepted, by.byOrgId ?? ''])];
  const isSettled = isLead || proposal.asked.every((orgId) => accepted.includes(orgId));
  return isSettled ? settled(embargo, state, proposal.endsAt) : { ...embargo, proposal: { ...proposal, accepted } };
}

function settled(embargo: Embargo, state: EmbargoState, endsAt: Instant): Embargo {
  const agreed = window('negotiated', endsAt, 'agreed between the parties');
  return { ...embargo, state, proposal: null, windows: [...embargo.windows.filter((w) => w.source !== 'negotiated'), agreed] };
}

/** What silence means once the time to answer is over; undefined while it is not, or where nothing is asked. */
export function lapse(embargo: Embargo, now: Instant): { embargo: Embargo; silence: 'accept' | 'decline' } | undefined {
  const { proposal } = embargo;
  if (!proposal || proposal.answerBy > now) return undefined;
  const silence = proposal.silence === 'accept' && proposal.endsAt > now ? 'accept' : 'decline';
  const state = move(embargoMoves, embargo.state, silence);
  if (isRefusal(state)) return undefined;
  return { silence, embargo: silence === 'accept' ? settled(embargo, state, proposal.endsAt) : { ...embargo, state, proposal: null } };
}

/** An embargo that is over stays over. */
export function exit(embargo: Embargo, at: Instant, because: string): Embargo {
  const state = move(embargoMoves, embargo.state, 'exit');
  return isRefusal(state) ? embargo : { ...embargo, state, proposal: null, ended: { at, because } };
}

function endsWithin(endsAt: Instant, openedAt: Instant, now: Instant): Refusal | undefined {
  if (endsAt <= now) return refuse('expired', 'an embargo ends in the future', '/endsAt');
  if (endsAt > plusMs(openedAt, limits.embargoDays * day))
    return refuse('too_large', `an embargo lasts at most ${limits.embargoDays} days from the opening of the case`, '/endsAt');
  return undefined;
}
