import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { type Move, move } from '../../../base/states.ts';

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
export const windowSources = ['project-policy', 'list-cap', 'negotiated', 'house-default'] as const;

/** A span after which nobody is bound any more, and who says so. */
interface EmbargoWindow {
  readonly source: (typeof windowSources)[number];
  readonly endsAt: Instant;
  /** Shown to everybody read in, at any tier: it never tells what the flaw is. */
  readonly because: string;
}

interface EmbargoProposal {
  readonly byId: string;
  readonly byOrgId: string | null;
  readonly endsAt: Instant;
  readonly because: string;
  readonly at: Instant;
}

export interface Embargo {
  readonly state: EmbargoState;
  readonly windows: readonly EmbargoWindow[];
  readonly proposal: EmbargoProposal | null;
  readonly ended: { readonly at: Instant; readonly because: string } | null;
}

/** What a project has published, or a list demands, as read by a coordinator. */
export interface EmbargoPolicy {
  readonly package: string;
  readonly source: 'project-policy' | 'list-cap';
  readonly name: string;
  readonly maxDays: number;
  readonly url: string;
  readonly readAt: Instant;
}

export function openEmbargo(openedAt: Instant, policies: readonly EmbargoPolicy[]): Embargo {
  const days = limits.houseEmbargoDays;
  const house: EmbargoWindow = { source: 'house-default', endsAt: plusMs(openedAt, days * day), because: `house default ${days} days` };
  return { state: 'none', windows: [...policies.map((p) => windowOf(p, openedAt)), house], proposal: null, ended: null };
}

function windowOf(policy: EmbargoPolicy, openedAt: Instant): EmbargoWindow {
  return {
    source: policy.source,
    endsAt: plusMs(openedAt, policy.maxDays * day),
    because: `${policy.name} caps at ${policy.maxDays} days`,
  };
}

/** A policy read while the case is open binds from the case's opening on. */
export function withPolicies(embargo: Embargo, openedAt: Instant, policies: readonly EmbargoPolicy[]): Embargo {
  const kept = embargo.windows.filter((w) => w.source === 'negotiated' || w.source === 'house-default');
  return { ...embargo, windows: [...policies.map((p) => windowOf(p, openedAt)), ...kept] };
}

/** The shortest binding window governs; the house default binds only where nothing else does. A tie goes to the higher precedence. */
export function governing(embargo: Embargo): EmbargoWindow {
  const rank = (w: EmbargoWindow) => windowSources.indexOf(w.source);
  const binding = embargo.windows.filter((w) => w.source !== 'house-default');
  const candidates = binding.length > 0 ? binding : embargo.windows;
  const window = candidates.toSorted((a, b) => (a.endsAt === b.endsAt ? rank(a) - rank(b) : a.endsAt < b.endsAt ? -1 : 1))[0]!;
  return embargo.ended && embargo.ended.at < window.endsAt
    ? { ...window, endsAt: embargo.ended.at, because: embargo.ended.because }
    : window;
}

export function propose(embargo: Embargo, proposal: EmbargoProposal, openedAt: Instant): Embargo | Refusal {
  const state = move(embargoMoves, embargo.state, 'propose');
  return isRefusal(state) ? state : (endsWithin(proposal.endsAt, openedAt, proposal.at) ?? { ...embargo, state, proposal });
}

/** An answer comes from another organisation than the proposal; a counter is the proposal of whoever makes it. */
export function answer(embargo: Embargo, how: 'accept' | 'counter' | 'decline', by: EmbargoProposal, openedAt: Instant): Embargo | Refusal {
  const { proposal } = embargo;
  const state = move(embargoMoves, embargo.state, how);
  if (isRefusal(state)) return state;
  if (!proposal || proposal.byOrgId === by.byOrgId)
    return refuse('not_permitted', 'a proposal is answered by another organisation than made it');
  if (how === 'counter') return endsWithin(by.endsAt, openedAt, by.at) ?? { ...embargo, state, proposal: by };
  if (how === 'decline') return { ...embargo, state, proposal: null };
  if (proposal.endsAt <= by.at) return refuse('expired', 'the proposed time has passed; propose another');
  const agreed: EmbargoWindow = { source: 'negotiated', endsAt: proposal.endsAt, because: 'agreed between the parties' };
  return { ...embargo, state, proposal: null, windows: [...embargo.windows.filter((w) => w.source !== 'negotiated'), agreed] };
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
