import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { type Move, move } from '../../../base/states.ts';
import type { Case } from '../case.ts';
import type { Vfd } from '../vfdpxa.ts';

export const participantKinds = ['finder', 'supplier', 'coordinator'] as const;
export type ParticipantKind = (typeof participantKinds)[number];

/** Report management of one participant (CERT/CC, Vultron, RM model): each has its own. `start` = the report has not reached it. */
export const rmStates = ['start', 'received', 'invalid', 'valid', 'accepted', 'deferred', 'closed'] as const;
export type RmState = (typeof rmStates)[number];
export const rmTriggers = ['receive', 'validate', 'invalidate', 'accept', 'defer', 'close'] as const;
export type RmTrigger = (typeof rmTriggers)[number];

export const rmMoves: readonly Move<RmState, RmTrigger>[] = [
  { from: 'start', by: 'receive', to: 'received' },
  { from: 'received', by: 'validate', to: 'valid' },
  { from: 'received', by: 'invalidate', to: 'invalid' },
  { from: 'invalid', by: 'validate', to: 'valid' },
  { from: 'valid', by: 'accept', to: 'accepted' },
  { from: 'valid', by: 'defer', to: 'deferred' },
  { from: 'accepted', by: 'defer', to: 'deferred' },
  { from: 'deferred', by: 'accept', to: 'accepted' },
  { from: 'accepted', by: 'close', to: 'closed' },
  { from: 'deferred', by: 'close', to: 'closed' },
  { from: 'invalid', by: 'close', to: 'closed' },
];

/** Somebody who takes part in one case. */
export interface Participant {
  readonly id: Id<'par'>;
  readonly caseId: Id<'cas'>;
  readonly kind: ParticipantKind;
  /** Null: no member (yet), or a finder whom its proxy alone knows. */
  readonly orgId: Id<'org'> | null;
  /** What it is called in the case; never the name of somebody behind a proxy. */
  readonly name: string;
  /** Of a supplier: canonical purls without version. */
  readonly packages: readonly string[];
  /** How a supplier who is no member is reached. */
  readonly contact: string | null;
  /** The coordinating organisation that speaks for a finder, and alone knows who it is. */
  readonly proxyOrgId: Id<'org'> | null;
  /** The coordinating organisation that looks after it. */
  readonly coordinatorOrgId: Id<'org'> | null;
  readonly rm: RmState;
  /** A supplier's own; null for the others. What is public, exploited or attacked is the case's. */
  readonly vfd: Vfd | null;
  /** The finders and the other suppliers may see that it takes part. */
  readonly isListed: boolean;
  readonly addedBy: string;
  readonly addedAt: Instant;
  /** When it was first told, or an attempt was first made; from then on it is silent until it is heard. */
  readonly askedAt: Instant | null;
  /** When it last said anything. */
  readonly heardAt: Instant | null;
  /** When a finder left the case. */
  readonly withdrawnAt: Instant | null;
  readonly label: Label;
}

/** Of a finder behind a proxy: lies under the proxy organisation's own label. */
export interface Identity {
  readonly participantId: Id<'par'>;
  readonly name: string;
  readonly contact: string;
  /** How it wants to be thanked; null = not at all. */
  readonly credit: string | null;
  readonly label: Label;
}

/** A step that a state table allowed. */
export interface Transition {
  readonly caseId: Id<'cas'>;
  /** Null: the case's own, of what is public, exploited or attacked. */
  readonly participantId: Id<'par'> | null;
  readonly model: 'rm' | 'cs';
  readonly trigger: string;
  readonly from: string;
  readonly to: string;
  readonly at: Instant;
  readonly byId: string;
  readonly because: string;
  readonly label: Label;
}

/** A participant as it is when it is added: what is not said is not there. */
export function newParticipant(
  of: Pick<Case, 'id' | 'label'>,
  given: Pick<Participant, 'id' | 'kind' | 'name' | 'addedBy' | 'addedAt'> & Partial<Participant>,
): Participant {
  return {
    ...{ caseId: of.id, orgId: null, packages: [], contact: null, proxyOrgId: null, coordinatorOrgId: null, isListed: false },
    // A finder who reports and a coordinator who opens a case have both decided to work on it (Vultron, "The Secret Lives of Finders").
    ...{ rm: given.kind === 'supplier' ? 'start' : 'accepted', vfd: given.kind === 'supplier' ? 'vfd' : null },
    ...{ askedAt: null, heardAt: null, withdrawnAt: null, label: of.label },
    ...given,
  };
}

/** The rows of the table from one state to another, the fewest; a refusal where there is no way. */
export function wayTo(from: RmState, to: RmState): readonly Move<RmState, RmTrigger>[] | Refusal {
  let ways: (readonly Move<RmState, RmTrigger>[])[] = [[]];
  const seen = new Set<RmState>([from]);
  while (ways.length > 0) {
    const there = ways.find((way) => (way.at(-1)?.to ?? from) === to);
    if (there) return there;
    ways = ways.flatMap((way) =>
      rmMoves
        .filter((m) => m.from === (way.at(-1)?.to ?? from) && !seen.has(m.to))
        .map((m) => {
          seen.add(m.to);
          return [...way, m];
        }),
    );
  }
  return refuse('wrong_state', `whoever is ${from} does not come to be ${to}`);
}

/** One step, as the table has it. */
export function moved(of: Participant, by: RmTrigger): Participant | Refusal {
  const rm = move(rmMoves, of.rm, by);
  return isRefusal(rm) ? rm : { ...of, rm };
}
