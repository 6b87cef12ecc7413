import { z } from 'zod';
import { day, epochMs, type Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireName, wireText } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import type { Case } from '../case.ts';
import type { Duty } from '../duties/duty.ts';
import { dutyOut } from '../duties/wire.ts';
import { type Statement, statementStatuses } from '../statements/statement.ts';
import { vfds, within } from '../vfdpxa.ts';
import { type Identity, type Participant, participantKinds, rmStates, rmTriggers } from './participant.ts';

const supplier = z
  .object({
    /** Of a member; a supplier who is none has a name. */
    orgId: wireId('org').optional(),
    name: wireName.optional(),
    /** Purls without version. */
    packages: z.array(wireText(limits.purlBytes)).max(limits.packagesPerParticipant).default([]),
    contact: wireText(limits.descriptionBytes).optional(),
    isListed: z.boolean().default(false),
  })
  .refine((s) => (s.orgId === undefined) !== (s.name === undefined), {
    message: 'give orgId of a member, or the name of one who is none',
    path: ['name'],
  });
export const addSuppliersInput = z.object({ id: wireId('cas'), suppliers: z.array(supplier).min(1).max(limits.participantsPerCase) });
export const addCoordinatorInput = z.object({ id: wireId('cas'), orgId: wireId('org') });
export const addFinderInput = z.object({
  id: wireId('cas'),
  /** What the others call it; never its name. */
  pseudonym: wireName,
  /** Kept where your organisation alone reads it. */
  name: wireName,
  contact: wireText(limits.descriptionBytes),
  /** How it wants to be thanked; left out = not at all. */
  credit: wireName.optional(),
});
export const byCase = z.object({ id: wireId('cas') });
export const byParticipant = z.object({ id: wireId('par') });
export const manageInput = z.object({ id: wireId('par'), by: z.enum(rmTriggers), because: wireName });
export const bindInput = z.object({ id: wireId('par'), orgId: wireId('org') });
export const listInput = z.object({ id: wireId('par'), isListed: z.boolean() });
const answerOut = z.object({
  vulnerabilityId: wireId('vul'),
  package: z.string().nullable(),
  status: z.enum([...statementStatuses, 'not-answered']),
  statementId: wireId('stm').nullable(),
  state: z.enum(['given', 'approved']).nullable(),
  /** Of the statement; of what is not answered: since when it is owed, null where nobody asked. */
  since: wireInstant.nullable(),
});
const standings = ['not-asked', 'silent', 'awaited', 'answered', 'withdrawn'] as const;
const participantOut = z.object({
  id: wireId('par'),
  kind: z.enum(participantKinds),
  orgId: wireId('org').nullable(),
  name: z.string(),
  isListed: z.boolean(),
  coordinatorOrgId: wireId('org').nullish(),
  proxyOrgId: wireId('org').nullish(),
  packages: z.array(z.string()).optional(),
  contact: z.string().nullish(),
  rm: z.enum(rmStates).optional(),
  vfd: z.enum(vfds).nullish(),
  /** All six letters: its own three within what everybody sees. */
  vfdpxa: z.string().nullish(),
  addedAt: wireInstant.optional(),
  askedAt: wireInstant.nullish(),
  heardAt: wireInstant.nullish(),
  /** `silent`: asked, and never heard since; `awaited`: heard, and something is not answered yet. */
  standing: z.enum(standings).optional(),
  waitingSince: wireInstant.nullish(),
  waitingDays: z.number().nullish(),
  answers: z.array(answerOut).optional(),
});
export type ParticipantOut = z.input<typeof participantOut>;
export const participantsOut = z.object({
  items: z.array(participantOut),
  duties: z.array(dutyOut).optional(),
  vulnerabilities: z.array(wireId('vul')).optional(),
  /** Names of organisations that look after somebody or speak for somebody. */
  orgNames: z.record(z.string(), z.string()),
});
export const addedOut = z.object({ ids: z.array(wireId('par')) });
export const oneOut = z.object({ id: wireId('par'), rm: z.enum(rmStates), vfd: z.enum(vfds).nullable(), name: z.string() });
export const identityOut = z.object({ name: z.string(), contact: z.string(), credit: z.string().nullable() });

/** Everything about the participants of a case, before the viewer's place takes away. */
export interface Participation {
  readonly of: Case;
  readonly participants: readonly Participant[];
  readonly statements: readonly Statement[];
  readonly duties: readonly Duty[];
  readonly orgNames: Readonly<Record<string, string>>;
  /** A finder who is nothing else in the case does not see the other finders. */
  readonly isOnlyFinder: boolean;
  readonly now: Instant;
}

/** Staff sees all; everybody else itself, the coordinators, whoever is listed, and the finders unless it is one of several. */
export function present(all: Participation, viewer: Actor): z.input<typeof participantsOut> {
  const isStaff = viewer.roles.includes('coordinator');
  const isOwn = (p: Participant) => p.orgId !== null && p.orgId === viewer.orgId;
  const seen = all.participants.filter(
    (p) => isStaff || isOwn(p) || p.kind === 'coordinator' || p.isListed || (p.kind === 'finder' && !all.isOnlyFinder),
  );
  const said = Map.groupBy(
    all.statements.filter((s) => s.state !== 'replaced'),
    (s) => s.participantId,
  );
  const items = seen.map((p) => {
    const { id, kind, orgId, name, isListed } = p;
    const least: ParticipantOut = { id, kind, orgId, name, isListed, proxyOrgId: p.proxyOrgId };
    return isStaff || isOwn(p) ? { ...least, ...inFull(p, all, said.get(p.id) ?? []) } : least;
  });
  const shown = { items, orgNames: all.orgNames };
  const owed = all.duties.map(({ duty, orgId, since, offeredToId }) => ({ duty, orgId, since, offeredToId }));
  return isStaff ? { ...shown, duties: owed, vulnerabilities: all.of.vulnerabilities.map((v) => v.id) } : shown;
}

function inFull(p: Participant, { of, now }: Participation, said: readonly Statement[]): Partial<ParticipantOut> {
  const answers = p.kind === 'supplier' ? answersOf(p, of, said) : [];
  const { standing, since } = standingOf(p, answers);
  return {
    ...{ coordinatorOrgId: p.coordinatorOrgId, packages: [...p.packages], contact: p.contact, rm: p.rm, vfd: p.vfd },
    ...{ vfdpxa: p.vfd && within(p.vfd, of.vfdpxa), addedAt: p.addedAt, askedAt: p.askedAt, heardAt: p.heardAt, answers: [...answers] },
    ...{ standing, waitingSince: since, waitingDays: since && Math.floor((epochMs(now) - epochMs(since)) / day) },
  };
}

/** What a supplier says of a vulnerability, or that it says nothing and since when. */
type Answer = z.output<typeof answerOut>;

/** Nothing said is said as nothing: never as "not affected". */
export function answersOf(p: Participant, of: Case, said: readonly Statement[]): readonly Answer[] {
  return of.vulnerabilities.flatMap(({ id, addedAt }): Answer[] => {
    const own = said.filter((s) => s.vulnerabilityId === id);
    const owedSince = p.askedAt && (p.askedAt > addedAt ? p.askedAt : addedAt);
    if (own.length === 0)
      return [{ vulnerabilityId: id, package: null, status: 'not-answered' as const, statementId: null, state: null, since: owedSince }];
    return own.map((s) => {
      const state = s.state === 'approved' ? ('approved' as const) : ('given' as const);
      return { vulnerabilityId: id, package: s.package, status: s.status, statementId: s.id, state, since: s.saidAt };
    });
  });
}

function standingOf(p: Participant, answers: readonly Answer[]): { standing: (typeof standings)[number]; since: Instant | null } {
  if (p.withdrawnAt !== null) return { standing: 'withdrawn', since: null };
  if (p.kind !== 'supplier') return { standing: 'answered', since: null };
  if (p.askedAt === null) return { standing: 'not-asked', since: null };
  if (p.heardAt === null || p.heardAt < p.askedAt) return { standing: 'silent', since: p.askedAt };
  const owed = answers.filter((a) => a.status === 'not-answered').map((a) => a.since!);
  return owed.length > 0 ? { standing: 'awaited', since: owed.toSorted()[0]! } : { standing: 'answered', since: null };
}

export function presentOne({ id, rm, vfd, name }: Participant): z.input<typeof oneOut> {
  return { id, rm, vfd, name };
}

export function presentIdentity({ name, contact, credit }: Identity): z.input<typeof identityOut> {
  return { name, contact, credit };
}
