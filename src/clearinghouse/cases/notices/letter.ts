import { written } from '../../../base/business-days.ts';
import { answerLine } from '../messages/answer.ts';
import type { Choices, Notice } from './notice.ts';
import { type Point, points } from './points.ts';

/** A notice as a mail tells it. `content`: for a recipient whose mail is encrypted to them. */
export interface Told extends Pick<Notice, 'point' | 'caseId' | 'deadlineAt'> {
  readonly content?: string;
}

interface Letter {
  readonly subject: string;
  readonly text: string;
}

/** Of the hub: the name it signs under, and where its desk is. */
interface Sender {
  readonly name: string;
  readonly desk: string;
}

/**
 * What goes out: what happened in general words, which case by its id, the link, the hour. Links only, so that whoever reads it on the way,
 * or on a lost telephone, learns that there is a case, and no more.
 */
export function letterOf(notices: readonly Told[], choices: Choices, { name, desk }: Sender, answers: ReadonlyMap<string, string>): Letter {
  const cases = new Set(notices.map((n) => n.caseId));
  const [only] = cases;
  const about = cases.size === 1 && only ? `case ${only}` : 'your cases';
  const urgency = notices.some((n) => (points[n.point] as Point).isIncident)
    ? 'urgent'
    : isOwed(notices)
      ? 'your answer is waited for'
      : 'news';
  const items = notices.map((n, i) => item(n, choices, desk, notices.length > 1 ? `${i + 1}. ` : '', answers));
  const reply = answers.size > 0 && cases.size === 1 ? [answerLine, ''] : [];
  const foot = [
    cases.size === 1 && answers.size > 0
      ? 'Answer this mail to write in the case: your words go to those at your tier, marked as written by mail.'
      : 'Nobody reads what is answered to this mail; follow the link.',
    `What you are sent, when and how, you choose at ${desk}/notices`,
  ];
  return { subject: `${name}: ${about}: ${urgency}`, text: [...reply, ...items, '-- ', ...foot, ''].join('\n') };
}

function isOwed(notices: readonly Told[]): boolean {
  return notices.some((n) => n.deadlineAt !== null || points[n.point].kind === 'deadlines');
}

function item(n: Told, { zone }: Choices, desk: string, number: string, answers: ReadonlyMap<string, string>): string {
  const answer = answers.size > 1 && n.caseId ? answers.get(n.caseId) : undefined;
  const lines = [
    `${number}${points[n.point].says}`,
    ...(n.caseId ? [`   Case:     ${n.caseId}`] : []),
    ...(n.deadlineAt ? [`   By:       ${written(n.deadlineAt, zone)}`] : []),
    ...(n.deadlineAt && zone !== 'UTC' ? [`             ${written(n.deadlineAt, 'UTC')}`] : []),
    `   See:      ${desk}/${linkOf(n)}`,
    ...(answer ? [`   Answers:  ${answer}`] : []),
    ...(n.content ? ['', ...n.content.split('\n').map((line) => `   ${line}`)] : []),
    '',
  ];
  return lines.join('\n');
}

/** Where somebody goes who was told. An offer waits on the queue: the case is not open to them yet. */
export function linkOf(n: Pick<Notice, 'point' | 'caseId'>): string {
  if (points[n.point].kind === 'mail') return 'mail';
  return n.caseId === null || n.point === 'read-in-offered' || n.point === 'read-in-ended' ? '' : `cases/${n.caseId}`;
}
