import type { Reckoning } from '../../../../base/business-days.ts';
import type { Instant } from '../../../../base/instant.ts';
import type { Case } from '../../case.ts';
import type { Participant } from '../../participants/participant.ts';
import { answersOf } from '../../participants/wire.ts';
import type { Statement } from '../../statements/statement.ts';
import { type Clock, dueOf, type Started } from '../clock.ts';

/** What a supplier owes from the hour it is told: a word that it has it, what it makes of it, and what it says of each vulnerability. */
export const supplierKinds = ['acknowledgement', 'assessment', 'statement'] as const;
type SupplierKind = (typeof supplierKinds)[number];
type Owed = Omit<Started, 'id'> & { readonly kind: SupplierKind };

const becauses: Readonly<Record<SupplierKind, string>> = {
  acknowledgement: 'was told of the case',
  assessment: 'has received the report',
  statement: 'was asked how its packages stand',
};

/** What is known of one supplier: what it said, its clocks that run, and where it works by which calendar. */
interface Standing {
  readonly said: readonly Statement[];
  readonly running: readonly Clock[];
  readonly by: Reckoning | undefined;
}

/** What a supplier owes in a case as it stands; nothing once it has left or the case is over. */
export function owedBySupplier(of: Case, p: Participant, { said, running, by }: Standing): readonly Owed[] {
  if (of.state === 'closed' || p.kind !== 'supplier' || p.askedAt === null || p.withdrawnAt !== null || p.rm === 'closed') return [];
  const owedBy = { by: 'participant', id: p.id, orgId: p.orgId } as const;
  const since: Readonly<Record<SupplierKind, Instant | null>> = {
    acknowledgement: p.heardAt === null ? p.askedAt : null,
    // It is heard again and again; what it owes runs from the first time.
    assessment: p.heardAt !== null && p.rm === 'received' ? (running.find((c) => c.kind === 'assessment')?.startedAt ?? p.heardAt) : null,
    statement: oldestUnanswered(of, p, said),
  };
  return supplierKinds.flatMap((kind) => {
    const startedAt = since[kind];
    const dueAt = startedAt && dueOf(kind, startedAt, by);
    return startedAt && dueAt ? [{ kind, caseId: of.id, about: p.id, owedBy, because: becauses[kind], startedAt, dueAt }] : [];
  });
}

function oldestUnanswered(of: Case, p: Participant, said: readonly Statement[]): Instant | null {
  const unanswered = answersOf(p, of, said).flatMap((a) => (a.status === 'not-answered' && a.since ? [a.since] : []));
  return unanswered.toSorted()[0] ?? null;
}
