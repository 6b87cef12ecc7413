import type { Instant } from '../../../base/instant.ts';

/** What a recipient may switch off is optional; what they owe, or what ends for them, is not. */
export const kinds = ['messages', 'progress', 'statements', 'embargo', 'access', 'deadlines', 'incidents', 'mail'] as const;
export type Kind = (typeof kinds)[number];
export const optionalKinds = ['messages', 'progress', 'statements'] as const satisfies readonly Kind[];

/**
 * Whom a point is for: `tier` = everybody who reads the case at that tier or a narrower one; `person` = the one the event names;
 * `message` = who reads the message, `mentioned` = whom it names; `owner` = the organisation that owes it; `org` = the coordinators of the
 * organisation that it is handed to, others have no part in it; `staff` = the coordinators alone.
 */
type For = 'tier' | 'person' | 'message' | 'mentioned' | 'owner' | 'org' | 'staff';

export interface Point {
  readonly on: `${string}.${string}`;
  readonly kind: Kind;
  readonly for: For;
  /** Of `tier`: the widest that may know that it happened. */
  readonly tier: number;
  /** Coordinators too, where it is not for them alone. */
  readonly staff: boolean;
  readonly isIncident: boolean;
  /** In our own words, and for a mail in the open: never what the flaw is, whose it is, or what somebody wrote. */
  readonly says: string;
  /** Of several lines on one event: whether this is its line. */
  when?(payload: Record<string, unknown>): boolean;
  /** Of `person` and `org`: the field of the event that names whom. */
  readonly whom?: string;
  /** By when something is owed, as the event says it. */
  deadline?(payload: Record<string, unknown>): unknown;
}

const told = { for: 'tier', tier: 1, staff: true, isIncident: false } as const;
const deadlineOf = (name: string) => (payload: Record<string, unknown>) => payload[name];

/** The points of a case's life at which somebody is told. One line each; what is not here is seen on the desk only. */
export const points = {
  message: { ...told, on: 'case.message-written', kind: 'messages', for: 'message', says: 'There is a new message in a case.' },
  mention: {
    ...told,
    on: 'case.message-written',
    kind: 'deadlines',
    for: 'mentioned',
    staff: false,
    says: 'A message in a case names you.',
  },
  opened: { ...told, on: 'case.opened', kind: 'progress', tier: 0, says: 'A case was opened.' },
  'read-in-offered': {
    ...{ ...told, on: 'case.read-in-offered', kind: 'access', for: 'person', staff: false, tier: 3 },
    says: 'You are asked to be read into a case. Nothing opens before you accept its terms.',
    deadline: deadlineOf('expiresAt'),
  },
  'read-in-ended': {
    ...{ ...told, on: 'case.read-in-ended', kind: 'access', for: 'person', staff: false, tier: 3 },
    says: 'Your access to a case has ended.',
  },
  'read-in-declined': {
    ...told,
    on: 'case.read-in-declined',
    kind: 'progress',
    for: 'staff',
    says: 'Somebody declined to be read into a case.',
  },
  breach: {
    ...told,
    on: 'case.breach-suspected',
    kind: 'incidents',
    for: 'staff',
    isIncident: true,
    says: 'A breach of a case is suspected.',
  },
  'embargo-proposed': {
    ...{ ...told, on: 'case.embargo-proposed', kind: 'embargo', says: 'A time was proposed until which a case stays closed.' },
    deadline: deadlineOf('answerBy'),
  },
  'embargo-agreed': {
    ...{ ...told, on: 'case.embargo-agreed', kind: 'embargo', tier: 3, says: 'The go-live time of a case was set.' },
    deadline: deadlineOf('endsAt'),
  },
  'embargo-declined': { ...told, on: 'case.embargo-declined', kind: 'embargo', says: 'A proposed time was declined in a case.' },
  'embargo-capped': {
    ...{ ...told, on: 'case.embargo-capped', kind: 'embargo', tier: 3, says: 'The go-live time of a case is earlier than it was.' },
    deadline: deadlineOf('endsAt'),
  },
  'embargo-ended': { ...told, on: 'case.embargo-ended', kind: 'embargo', tier: 3, says: 'The embargo of a case is over.' },
  'embargo-terminated': {
    ...{ ...told, on: 'case.embargo-terminated', kind: 'incidents', tier: 3, isIncident: true },
    says: 'The embargo of a case was ended before its time.',
  },
  leak: {
    ...{ ...told, on: 'case.leak-reported', kind: 'incidents', tier: 0, isIncident: true, says: 'It is reported that a case has leaked.' },
    deadline: deadlineOf('answerBy'),
  },
  'fast-track': {
    ...told,
    on: 'case.fast-track-opened',
    kind: 'incidents',
    tier: 2,
    isIncident: true,
    says: 'A case goes the fast way now.',
  },
  'patch-judged': { ...told, on: 'case.patch-judged', kind: 'progress', tier: 1, says: 'A patch in a case was tried.' },
  statement: { ...told, on: 'case.statement-given', kind: 'statements', for: 'staff', says: 'A supplier said how its package stands.' },
  'clock-near': {
    ...{ ...told, on: 'case.clock-warned', kind: 'deadlines', for: 'owner', staff: false, tier: 3 },
    says: 'Something that you owe in a case is due soon.',
    deadline: deadlineOf('dueAt'),
  },
  'clock-overdue': {
    ...{ ...told, on: 'case.clock-overdue', kind: 'deadlines', for: 'owner', staff: false, tier: 3 },
    says: 'Something that you owe in a case is overdue.',
    deadline: deadlineOf('dueAt'),
  },
  'clock-escalated': {
    ...{ ...told, on: 'case.clock-escalated', kind: 'deadlines', for: 'staff', says: 'Something that others owe in a case is overdue.' },
    deadline: deadlineOf('dueAt'),
  },
  // Whoever says that it will publish has ended the quiet: the desk hears of it at once, whatever its hours.
  'finder-will-publish': {
    ...{ ...told, on: 'case.finder-withdrew', kind: 'incidents', for: 'staff', isIncident: true },
    when: (payload) => payload.intent === 'will-publish',
    says: 'A finder left a case and says that it will publish.',
    deadline: deadlineOf('publishesAt'),
  },
  'finder-withdrew': {
    ...{ ...told, on: 'case.finder-withdrew', kind: 'progress', for: 'staff', says: 'A finder left a case.' },
    when: (payload) => payload.intent !== 'will-publish',
  },
  // Of suppliers, who are added by the hundred, the case tells; whoever is to coordinate it has to know.
  'coordinator-added': {
    ...{ ...told, on: 'case.participant-added', kind: 'deadlines', for: 'org', staff: false },
    says: 'Your organisation is asked to help coordinate a case.',
  },
  entrusted: {
    ...{ ...told, on: 'case.participant-entrusted', kind: 'deadlines', for: 'org', staff: false },
    says: 'Somebody who takes part in a case is yours to look after.',
  },
  'duty-offered': {
    ...{ ...told, on: 'case.duty-offered', kind: 'deadlines', for: 'org', staff: false, whom: 'offeredToId' },
    says: 'You are offered a duty in a case.',
  },
  'duty-handed-over': {
    ...{ ...told, on: 'case.duty-handed-over', kind: 'deadlines', for: 'org', staff: false, whom: 'from' },
    says: 'A duty that you offered in a case was taken.',
  },
  'duty-declined': {
    ...{ ...told, on: 'case.duty-declined', kind: 'deadlines', for: 'org', staff: false, whom: 'from' },
    says: 'A duty that you offered in a case was declined.',
  },
  delegated: {
    ...{ ...told, on: 'case.delegated', kind: 'access', for: 'person', staff: false, tier: 3, whom: 'delegateId' },
    says: 'You may read others into a case.',
    deadline: deadlineOf('expiresAt'),
  },
  'delegation-revoked': {
    ...{ ...told, on: 'case.delegation-revoked', kind: 'access', for: 'person', staff: false, tier: 3, whom: 'delegateId' },
    says: 'You may read nobody into a case any more.',
  },
  foreclosed: {
    ...{ ...told, on: 'case.embargo-foreclosed', kind: 'embargo', says: 'No embargo holds in a case, by the rules that it goes by.' },
  },
  delivered: { ...told, on: 'case.delivered', kind: 'progress', for: 'staff', says: 'A case was handed to its project.' },
  'delivery-withdrawn': {
    ...{ ...told, on: 'case.delivery-withdrawn', kind: 'deadlines', for: 'staff' },
    says: 'A case will not be handed to its project as it was planned.',
  },
  'last-resort-over': {
    ...{ ...told, on: 'case.last-resort-over', kind: 'deadlines', for: 'staff' },
    says: 'The time is over for which somebody stood in for a project.',
  },
  'basis-lapsed': {
    ...{ ...told, on: 'case.basis-lapsed', kind: 'deadlines', for: 'staff' },
    says: 'A law under which somebody shared in a case has lapsed.',
  },
  'cve-assigned': { ...told, on: 'cve.assigned', kind: 'progress', says: 'A CVE id was given in a case.' },
  'cve-recorded': { ...told, on: 'cve.recorded', kind: 'progress', says: 'A CVE id that others gave was noted in a case.' },
  'cve-published': { ...told, on: 'cve.published', kind: 'progress', for: 'staff', says: 'A CVE record was published.' },
  'cve-rejected': { ...told, on: 'cve.rejected', kind: 'deadlines', says: 'A CVE id of a case is rejected.' },
  'cve-refused': { ...told, on: 'cve.errand-refused', kind: 'deadlines', for: 'staff', says: 'CVE Services refused what this hub sent.' },
  disclosed: { ...told, on: 'case.disclosed', kind: 'embargo', tier: 3, says: 'A case is public.' },
  'address-fails': { ...told, on: 'mail.address-failing', kind: 'mail', for: 'staff', says: 'Mail to somebody comes back.' },
  'mail-parked': { ...told, on: 'mail.parked', kind: 'mail', for: 'staff', says: 'A mail could not be sent and waits for you.' },
} as const satisfies Record<string, Point>;
export type PointName = keyof typeof points;
export const pointNames = Object.keys(points) as [PointName, ...PointName[]];

/** The lines of an event; with what it says, those that are for it. */
export function pointsOn(event: string, payload?: Record<string, unknown>): PointName[] {
  return pointNames.filter((name) => {
    const point: Point = points[name];
    return point.on === event && (payload === undefined || (point.when?.(payload) ?? true));
  });
}

/** Every event at which somebody is told something. */
export const eventsTold: readonly string[] = [...new Set(pointNames.map((name) => points[name].on))];

/** What an event says of its deadline, where it is a time at all. */
export function deadlineOfPoint(name: PointName, payload: unknown): Instant | null {
  const point: Point = points[name];
  const said = typeof payload === 'object' && payload !== null ? point.deadline?.(payload as Record<string, unknown>) : undefined;
  return typeof said === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(said) ? (said as Instant) : null;
}
