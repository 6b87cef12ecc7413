import type { MailAnswer } from '../../../../base/doors.ts';
import { isRefusal } from '../../../../base/refusal.ts';
import type { WorkDoors } from '../../../../trust/labour.ts';
import { protectedBody } from '../protect.ts';
import type { MailSpec } from './mail.ts';

/** One attempt to send one mail; null when there was nothing left to send. */
export async function post(spec: MailSpec, doors: WorkDoors): Promise<MailAnswer | null> {
  if (spec.mail === null) return null;
  const body = await protectedBody(spec.text, spec);
  // Parked, where a coordinator sees it: what was to be encrypted never goes in the open instead.
  if (isRefusal(body)) return { outcome: 'refused', status: null, enhanced: null, because: body.because };
  return doors.mail.send({ ...spec.mail, body });
}
