import { semver } from '../../../inventories/versions/semver.ts';
import type { Clauses } from '../clause.ts';
import type { Csaf, Revision } from '../csaf.ts';
import { objectsIn, textOf } from '../json.ts';
import { momentOf } from '../moment.ts';
import { isInteger, isSemver } from '../shapes/forms.ts';

const history = '/document/tracking/revision_history';

/** An integer counts as x.0.0 beside semantic versions: 2.1, 6.1.14; in 2.0 the same, where it says nothing. */
function whole(number: string): string {
  return isInteger(number) ? `${number}.0.0` : number;
}

export function compareNumbers(a: string, b: string): number {
  return semver(whole(a), whole(b)) ?? 0;
}

/** By date and, among equals, by number: 2.1 says so, 2.0 leaves it open. */
function sorted(csaf: Csaf): Revision[] {
  return csaf.revisions.toSorted((a, b) => a.moment - b.moment || compareNumbers(a.number, b.number));
}

const withoutBuild = (number: string) => number.replace(/\+.*$/s, '');
const preRelease = (number: string) => (isSemver(number) ? withoutBuild(number).split('-').slice(1).join('-') : '');
const major = (number: string) => Number(/^\d+/.exec(number)?.[0] ?? Number.NaN);
const isInitial = (number: string) => /^0(?:\.|$)/.test(number);

function numbers(csaf: Csaf): { pointer: string; number: string }[] {
  return objectsIn(csaf.tracking, 'revision_history', '/document/tracking').flatMap(({ pointer, value }) =>
    typeof value.number === 'string' ? [{ pointer: `${pointer}/number`, number: value.number }] : [],
  );
}

const versionOf = (csaf: Csaf) => textOf(csaf.tracking.version);
const isReleased = (csaf: Csaf) => csaf.status === 'final' || csaf.status === 'interim';

/** Of one gap in the history, so many revisions are named. */
const mostMissing = 16;

/** The versions of the document and what its history says of them. */
export const revisions: Clauses = {
  '6.1.14': (csaf, report) => {
    const order = sorted(csaf);
    const wrong = order.findIndex((revision, i) => i > 0 && compareNumbers(order[i - 1]!.number, revision.number) > 0);
    if (wrong > 0) report(history, `sorted by date, ${order[wrong - 1]!.number} comes before ${order[wrong]!.number}`);
  },
  '6.1.16': (csaf, report) => {
    const last = sorted(csaf).at(-1)?.number;
    const version = versionOf(csaf);
    if (last === undefined || version === undefined) return;
    const shown = (number: string) => (csaf.status === 'draft' ? withoutBuild(number).replace(/-.*$/s, '') : withoutBuild(number));
    if (shown(last) !== shown(version)) report('/document/tracking/version', `the latest revision is ${last}, not ${version}`);
  },
  '6.1.17': (csaf, report) => {
    const version = versionOf(csaf);
    if (version !== undefined && csaf.status !== 'draft' && (isInitial(version) || preRelease(version) !== ''))
      report('/document/tracking/status', `version ${version} is a draft, not ${csaf.status}`);
  },
  '6.1.18': (csaf, report) => {
    if (!isReleased(csaf)) return;
    for (const { pointer, number } of numbers(csaf))
      if (isInitial(number)) report(pointer, `a document that is ${csaf.status} has no revision ${number}`);
  },
  '6.1.19': (csaf, report) => {
    for (const { pointer, number } of numbers(csaf)) if (preRelease(number) !== '') report(pointer, `${number} is a pre-release`);
  },
  '6.1.20': (csaf, report) => {
    const version = versionOf(csaf);
    if (version !== undefined && isReleased(csaf) && preRelease(version) !== '')
      report('/document/tracking/version', `a document that is ${csaf.status} has no pre-release version ${version}`);
  },
  '6.1.21': (csaf, report) => {
    const order = sorted(csaf).map((revision) => major(revision.number));
    if (order.length === 0) return;
    if (order[0]! > 1) report(history, `the first revision is ${order[0]}, not 0 or 1`);
    const all = new Set(order);
    for (let i = 1; i < order.length; i++) {
      for (let next = order[i - 1]! + 1; next < order[i]! && next - order[i - 1]! <= mostMissing; next++)
        report(history, all.has(next) ? `revision ${next} is not where it belongs by its date` : `there is no revision ${next} at all`);
    }
  },
  '6.1.22': (csaf, report) => {
    const seen = new Set<string>();
    for (const { pointer, number } of numbers(csaf)) {
      if (seen.has(number)) report(pointer, `revision ${number} is there before`);
      seen.add(number);
    }
  },
  '6.1.30': (csaf, report) => {
    const version = versionOf(csaf);
    const all = [...numbers(csaf), ...(version === undefined ? [] : [{ pointer: '/document/tracking/version', number: version }])];
    const first = all.find(({ number }) => isInteger(number) || isSemver(number));
    if (!first) return;
    for (const { pointer, number } of all)
      if (isInteger(number) !== isInteger(first.number) && (isInteger(number) || isSemver(number)))
        report(pointer, `${number} follows another versioning than ${first.number}`);
  },
  '6.2.4': (csaf, report) => {
    for (const { pointer, number } of numbers(csaf)) if (number.includes('+')) report(pointer, `${number} has build metadata`);
  },
  '6.2.5': (csaf, report) => {
    const oldest = sorted(csaf)[0];
    const initial = momentOf(csaf.tracking.initial_release_date);
    if (oldest && initial !== undefined && initial < oldest.moment)
      report('/document/tracking/initial_release_date', 'the first release is older than the oldest revision');
  },
  '6.2.6': (csaf, report) => {
    const newest = sorted(csaf).at(-1);
    const current = momentOf(csaf.tracking.current_release_date);
    if (newest && current !== undefined && current < newest.moment)
      report('/document/tracking/current_release_date', 'the current release is older than the newest revision');
  },
};

export const revisions21: Clauses = {
  '6.2.21': (csaf, report) => {
    const seen = new Set<number>();
    for (const { pointer, moment } of csaf.revisions) {
      if (seen.has(moment)) report(`${pointer}/date`, 'an earlier revision has the same date');
      seen.add(moment);
    }
  },
};
