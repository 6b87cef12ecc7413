import type { Instant } from '../../../base/instant.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import type { Case } from '../case.ts';
import type { History } from '../histories/history.ts';
import {
  happenings,
  type Letter,
  letters,
  type Occurrence,
  type Step,
  settling,
  steps,
  type Vfdpxa,
  vfdOf,
  vfds,
  within,
} from '../vfdpxa.ts';
import { moved, type Participant, type RmState, type RmTrigger, type Transition, wayTo } from './participant.ts';

/** Who saw it, when and why. */
export interface Seen {
  readonly at: Instant;
  readonly byId: string;
  readonly because: string;
}

/** What an observation changes; `participants` are those that changed. */
interface Observed {
  readonly vfdpxa: Vfdpxa;
  readonly participants: readonly Participant[];
  readonly transitions: readonly Transition[];
}

/** A fix is ready where the report was accepted, at some time (Vultron, model interactions: fix ready). */
const haveAccepted: readonly RmState[] = ['accepted', 'deferred', 'closed'];
const isCommon = (letter: Letter) => letters.indexOf(letter) >= 3;

/**
 * Something happened, as the table has it. Public, exploited and attacked are everybody's; the others are one supplier's own: of `id`, or of
 * the only one there is. A case without suppliers has a state of its own.
 */
export function observed(of: Case, all: readonly Participant[], what: Occurrence, seen: Seen, id?: string): Observed | Refusal {
  const suppliers = all.filter((p) => p.kind === 'supplier');
  if (isCommon(letters[happenings.indexOf(what)]!)) return everybodys(of, suppliers, what, seen);
  const supplier = id === undefined && suppliers.length === 1 ? suppliers[0] : suppliers.find((p) => p.id === id);
  if (!supplier && (id !== undefined || suppliers.length > 0))
    return refuse('malformed', 'a case of several suppliers: say of which one, by its id', '/participantId');
  const passed = steps(supplier ? within(supplier.vfd!, of.vfdpxa) : of.vfdpxa, what);
  if (!passed) return refuse('wrong_state', `${what} cannot have happened while ${of.vfdpxa}`, '/what');
  if (!supplier)
    return { vfdpxa: passed.at(-1)?.to ?? of.vfdpxa, participants: [], transitions: passed.map((s) => csOf(of, null, s, seen)) };
  return one(of, suppliers, supplier, passed, seen);
}

function one(of: Case, suppliers: readonly Participant[], before: Participant, passed: readonly Step[], seen: Seen): Observed | Refusal {
  const to: RmState = passed.some((s) => s.letter === 'F' || s.letter === 'D') ? 'accepted' : 'received';
  const along = to === 'accepted' ? !haveAccepted.includes(before.rm) : passed.length > 0 && before.rm === 'start';
  const managed = along ? managedTo(before, to, seen) : { participant: before, transitions: [] };
  if (isRefusal(managed)) return managed;
  const vfd = passed.length > 0 ? vfdOf(passed.at(-1)!.to) : before.vfd;
  const participant = { ...managed.participant, vfd, askedAt: before.askedAt ?? (before.rm === 'start' && along ? seen.at : null) };
  const transitions = [...managed.transitions, ...passed.map((s) => csOf(of, before, s, seen))];
  return {
    vfdpxa: stateOf(
      of.vfdpxa,
      suppliers.map((p) => (p.id === before.id ? participant : p)),
    ),
    participants: [participant],
    transitions,
  };
}

function everybodys(of: Case, suppliers: readonly Participant[], what: Occurrence, seen: Seen): Observed | Refusal {
  const passed = steps(of.vfdpxa, what);
  if (!passed) return refuse('wrong_state', `${what} cannot have happened while ${of.vfdpxa}`, '/what');
  const common = passed.filter((s) => isCommon(s.letter));
  const own = suppliers.length === 0 ? passed.filter((s) => !isCommon(s.letter)) : [];
  const after = (passed.findLast((s) => isCommon(s.letter))?.to ?? of.vfdpxa) as Vfdpxa;
  const aware = suppliers.map((p) => presumed({ ...of, vfdpxa: after }, p, seen)).filter((a) => a.transitions.length > 0);
  const now = suppliers.map((p) => aware.find((a) => a.participant.id === p.id)?.participant ?? p);
  return {
    vfdpxa: suppliers.length === 0 ? (passed.at(-1)?.to ?? of.vfdpxa) : stateOf(after, now),
    participants: aware.map((a) => a.participant),
    transitions: [...[...common, ...own].map((s) => csOf(of, null, s, seen)), ...aware.flatMap((a) => a.transitions)],
  };
}

/** A supplier as it stands within what everybody sees: of what is public it is taken to know. */
export function presumed(of: Case, p: Participant, seen: Seen): { participant: Participant; transitions: readonly Transition[] } {
  const brought = settling(within(p.vfd!, of.vfdpxa)).filter((s) => s.letter === 'V');
  const vfd = brought.length > 0 ? vfdOf(brought.at(-1)!.to) : p.vfd;
  return { participant: { ...p, vfd }, transitions: brought.map((s) => csOf(of, p, s, seen)) };
}

/** A participant brought to where it evidently is, row by row of the table. */
export function managedTo(
  before: Participant,
  to: RmState,
  seen: Seen,
): { readonly participant: Participant; readonly transitions: readonly Transition[] } | Refusal {
  const way = wayTo(before.rm, to);
  if (isRefusal(way)) return way;
  return { participant: { ...before, rm: to }, transitions: way.map((m) => rmOf(before, m.by, m.from, m.to, seen)) };
}

/** One move of report management; a refusal where the table has no such row. */
export function managed(before: Participant, by: RmTrigger, seen: Seen): { participant: Participant; transitions: Transition[] } | Refusal {
  const participant = moved(before, by);
  return isRefusal(participant) ? participant : { participant, transitions: [rmOf(before, by, before.rm, participant.rm, seen)] };
}

/** The case's own state among several suppliers: the lowest of those whom it concerns (Vultron, measuring MPCVD). */
export function stateOf(of: Vfdpxa, suppliers: readonly Participant[]): Vfdpxa {
  const concerned = suppliers.filter((p) => p.rm !== 'invalid' && p.rm !== 'closed');
  const counted = concerned.length > 0 ? concerned : suppliers;
  const lowest = vfds.find((vfd) => counted.some((p) => p.vfd === vfd));
  return lowest === undefined ? of : within(lowest, of);
}

/** What a supplier's history is: its own steps among everybody's. Whoever came late is taken to have known what was public by then. */
export function historyOf(all: readonly Transition[], participantId: string | null): History {
  const history: Letter[] = [];
  for (const { model, participantId: whose, trigger } of all) {
    const letter = trigger as Letter;
    if (model !== 'cs' || (whose !== null && whose !== participantId) || history.includes(letter)) continue;
    // Before there were suppliers, their steps were the case's own.
    history.push(letter);
    if (letter === 'P' && !history.includes('V')) history.push('V');
  }
  return history;
}

function csOf(of: Case, whose: Participant | null, { letter, from, to }: Step, { at, byId, because }: Seen): Transition {
  const cut = (state: Vfdpxa) => (isCommon(letter) ? state.slice(3) : state.slice(0, 3));
  const what = { model: 'cs' as const, trigger: letter, from: cut(from), to: cut(to) };
  return { caseId: of.id, participantId: whose?.id ?? null, ...what, at, byId, because, label: of.label };
}

function rmOf(of: Participant, trigger: RmTrigger, from: RmState, to: RmState, { at, byId, because }: Seen): Transition {
  return { caseId: of.caseId, participantId: of.id, model: 'rm', trigger, from, to, at, byId, because, label: of.label };
}
