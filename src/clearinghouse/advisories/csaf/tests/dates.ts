import { day } from '../../../../base/instant.ts';
import type { Clauses, Report } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { type Obj, objectOf, objectsIn } from '../json.ts';
import { isDateTime21, momentOf } from '../moment.ts';

type Visit = (value: unknown, pointer: string) => void;

function member(parent: Obj, key: string, pointer: string, visit: Visit): void {
  if (parent[key] !== undefined) visit(parent[key], `${pointer}/${key}`);
}

/** The paths of 6.1.37. */
function eachDate(csaf: Csaf, visit: Visit): void {
  const tracking = '/document/tracking';
  for (const key of ['current_release_date', 'initial_release_date']) member(csaf.tracking, key, tracking, visit);
  member(objectOf(csaf.tracking.generator), 'date', `${tracking}/generator`, visit);
  for (const { pointer, value } of objectsIn(csaf.tracking, 'revision_history', tracking)) member(value, 'date', pointer, visit);
  for (const vulnerability of csaf.vulnerabilities) {
    for (const key of ['disclosure_date', 'discovery_date']) member(vulnerability.value, key, vulnerability.pointer, visit);
    for (const list of ['first_known_exploitation_dates', 'flags', 'involvements', 'remediations', 'threats'])
      for (const { pointer, value } of vulnerability.list(list)) {
        member(value, 'date', pointer, visit);
        if (list === 'first_known_exploitation_dates') member(value, 'exploitation_date', pointer, visit);
      }
    for (const { content } of vulnerability.metrics) {
      member(objectOf(content.value.epss), 'timestamp', `${content.pointer}/epss`, visit);
      member(objectOf(content.value.ssvc_v2), 'timestamp', `${content.pointer}/ssvc_v2`, visit);
    }
  }
}

function newestRevision(csaf: Csaf): number | undefined {
  return csaf.revisions.length === 0
    ? undefined
    : csaf.revisions.reduce((newest, revision) => Math.max(newest, revision.moment), -Infinity);
}

const isReleased = (csaf: Csaf) => csaf.status === 'final' || csaf.status === 'interim';

/** A date may not be later than the newest revision of a released document. */
function notAfterRevision(csaf: Csaf, value: unknown, pointer: string, report: Report): void {
  const newest = newestRevision(csaf);
  const moment = momentOf(value);
  if (newest !== undefined && moment !== undefined && moment > newest) report(pointer, 'is later than the newest revision');
}

function timestamps(member: 'epss' | 'ssvc_v2'): Clauses[string] {
  return (csaf, report) => {
    if (!isReleased(csaf)) return;
    for (const { metrics } of csaf.vulnerabilities)
      for (const { content } of metrics)
        notAfterRevision(csaf, objectOf(content.value[member]).timestamp, `${content.pointer}/${member}/timestamp`, report);
  };
}

export const dates21: Clauses = {
  '6.1.37': (csaf, report) =>
    eachDate(csaf, (value, pointer) => {
      if (typeof value !== 'string' || !isDateTime21(value)) report(pointer, 'is no date-time of RFC 3339 as the standard takes it');
    }),
  '6.1.45': (csaf, report) => {
    if (csaf.tlp !== 'CLEAR' || !isReleased(csaf)) return;
    for (const { pointer, value } of csaf.vulnerabilities)
      notAfterRevision(csaf, value.disclosure_date, `${pointer}/disclosure_date`, report);
  },
  '6.1.49': timestamps('ssvc_v2'),
  '6.1.51': timestamps('epss'),
  '6.1.52': (csaf, report) => {
    if (!isReleased(csaf)) return;
    for (const vulnerability of csaf.vulnerabilities)
      for (const { pointer, value } of vulnerability.list('first_known_exploitation_dates'))
        for (const key of ['date', 'exploitation_date']) notAfterRevision(csaf, value[key], `${pointer}/${key}`, report);
  },
  '6.1.53': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities)
      for (const { pointer, value } of vulnerability.list('first_known_exploitation_dates')) {
        const [told, happened] = [momentOf(value.date), momentOf(value.exploitation_date)];
        if (told !== undefined && happened !== undefined && happened > told)
          report(`${pointer}/exploitation_date`, 'is later than the day it was told');
      }
  },
  '6.2.41': (csaf, report) => {
    const newest = newestRevision(csaf);
    if (!isReleased(csaf) || newest === undefined) return;
    for (const { metrics } of csaf.vulnerabilities) {
      const places = metrics.flatMap(({ content }) => {
        const moment = momentOf(objectOf(content.value.epss).timestamp);
        return moment === undefined ? [] : [{ pointer: `${content.pointer}/epss/timestamp`, moment }];
      });
      const youngest = places.reduce<(typeof places)[number] | undefined>((a, b) => (a && a.moment >= b.moment ? a : b), undefined);
      if (youngest && newest - youngest.moment > 15 * day) report(youngest.pointer, 'is more than 15 days older than the newest revision');
    }
  },
};

/** 6.2.33 asks whether a date is in the past. */
export function disclosureAfterRevision(now: string): Clauses {
  return {
    '6.2.33': (csaf, report) => {
      const present = momentOf(now);
      for (const { pointer, value } of csaf.vulnerabilities) {
        const disclosed = momentOf(value.disclosure_date);
        if (present !== undefined && disclosed !== undefined && disclosed <= present)
          notAfterRevision(csaf, value.disclosure_date, `${pointer}/disclosure_date`, report);
      }
    },
  };
}
