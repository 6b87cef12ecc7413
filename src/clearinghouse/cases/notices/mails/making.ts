import type { Id } from '../../../../base/id.ts';
import type { Ctx } from '../../../../trust/action.ts';
import { dueOf, type Notice, type Recipient } from '../notice.ts';
import { type Point, points } from '../points.ts';
import type { Mail } from './mail.ts';
import { saveMail, waitingMails } from './store.ts';

/** The mails that carry these notices: what is due at a later hour goes with what waits for the same hour already. */
export async function mailsFor(
  ctx: Ctx,
  told: readonly { readonly recipient: Recipient; readonly notice: Notice }[],
  isIncident: boolean,
): Promise<{ readonly made: readonly Mail[]; readonly of: ReadonlyMap<string, Id<'mal'>> }> {
  const made: Mail[] = [];
  const of = new Map<string, Id<'mal'>>();
  if (!ctx.doors.mail.sends) return { made, of };
  const waiting = await waitingMails(
    ctx.tx,
    told.map(({ notice }) => notice.personId),
    ctx.now,
  );
  for (const { recipient, notice } of told) {
    const point: Point = points[notice.point];
    if (recipient.off.includes(point.kind)) continue;
    // What an incident's case waits for is as urgent; that somebody wrote something in it is not.
    const isUrgent = point.isIncident || (isIncident && point.kind !== 'messages' && point.kind !== 'progress');
    const dueAt = dueOf(recipient, { isIncident: isUrgent, deadlineAt: notice.deadlineAt }, ctx.now);
    const same = waiting.find((m) => m.personId === notice.personId && m.dueAt === dueAt);
    if (same) {
      of.set(notice.personId, same.id);
      if (same.caseId !== notice.caseId || (isUrgent && !same.isUrgent))
        await saveMail(ctx.tx, {
          ...same,
          caseId: same.caseId === notice.caseId ? same.caseId : null,
          isUrgent: same.isUrgent || isUrgent,
        });
      continue;
    }
    const fails = recipient.addressFailsSince !== null;
    const mail: Mail = {
      ...{ id: ctx.id('mal'), personId: notice.personId, caseId: notice.caseId, isUrgent, state: fails ? 'parked' : 'waiting', dueAt },
      ...{ leasedUntil: null, tries: 0, unanswered: 0, madeAt: ctx.now, lastAt: null, lastStatus: null },
      because: fails ? 'mail to this person comes back' : null,
    };
    made.push(mail);
    of.set(notice.personId, mail.id);
  }
  return { made, of };
}
