import * as advisories from '../clearinghouse/advisories/actions.ts';
import * as cases from '../clearinghouse/cases/actions.ts';
import { strikeClocks } from '../clearinghouse/cases/clocks/actions.ts';
import { lapseBasis, recordShares } from '../clearinghouse/cases/clocks/bases/actions.ts';
import { craMeasured, startCra } from '../clearinghouse/cases/clocks/cra/actions.ts';
import { reckonSuppliers } from '../clearinghouse/cases/clocks/suppliers/actions.ts';
import { endContacts } from '../clearinghouse/cases/contacts/ladders/actions.ts';
import { endLastResorts } from '../clearinghouse/cases/contacts/records/actions.ts';
import * as cves from '../clearinghouse/cases/cves/actions.ts';
import { endEmbargoes, lapseProposal } from '../clearinghouse/cases/embargoes/actions.ts';
import * as ends from '../clearinghouse/cases/embargoes/ends/actions.ts';
import { countedEvents, factOf, note, publishQuarter } from '../clearinghouse/cases/metrics/actions.ts';
import { tell } from '../clearinghouse/cases/notices/actions.ts';
import { mailLabour, wakeMail } from '../clearinghouse/cases/notices/mails/actions.ts';
import { eventsTold } from '../clearinghouse/cases/notices/points.ts';
import { deliverDue, endDeliveries, noteSeverity, reorderDelivery } from '../clearinghouse/cases/pacing/actions.ts';
import { patchCheck } from '../clearinghouse/cases/patches/actions.ts';
import { endReadInsDue } from '../clearinghouse/cases/read-ins/actions.ts';
import * as claims from '../clearinghouse/claims/actions.ts';
import * as duplicates from '../clearinghouse/duplicates/actions.ts';
import * as findings from '../clearinghouse/findings/actions.ts';
import { labPriorityOf } from '../clearinghouse/findings/queue/store.ts';
import * as fixes from '../clearinghouse/fixes/actions.ts';
import * as releases from '../clearinghouse/releases/actions.ts';
import { tellRecord } from '../clearinghouse/releases/cves/actions.ts';
import * as feeds from '../clearinghouse/releases/feeds/actions.ts';
import * as repository from '../clearinghouse/releases/repository/actions.ts';
import * as webhooks from '../clearinghouse/releases/webhooks/actions.ts';
import * as validations from '../clearinghouse/validations/actions.ts';
import * as bisections from '../clearinghouse/validations/bisections/actions.ts';
import { considerFixes, matrixLabour } from '../clearinghouse/validations/matrices/actions.ts';
import * as minimisations from '../clearinghouse/validations/minimisations/actions.ts';
import * as estimates from '../reviews/estimates/actions.ts';
import * as grades from '../reviews/grades/actions.ts';
import * as logs from '../reviews/logs/actions.ts';
import * as runs from '../reviews/runs/actions.ts';
import * as submissions from '../reviews/submissions/actions.ts';
import { type Flow, type Happened, hop, work } from '../trust/flow.ts';
import { forgetReplies, sumTiles } from '../trust/log/actions.ts';

const thing = ({ thing }: Happened) => ({ id: thing });

/** After which a supplier may owe more than before, or less. */
const supplierEvents = [
  ...['participant-added', 'participant-moved', 'participant-bound', 'read-in', 'observed', 'patch-judged', 'embargo-terminated'],
  ...['contact-attempted', 'contact-heard', 'statement-given', 'statement-approved', 'vulnerability-added', 'vulnerability-dropped'],
].map((event) => `case.${event}`);

const tidings = ({ seq, event, thing, actor, payload }: Happened) => {
  const caseId = thing.startsWith('cas_') ? thing : null;
  return { caseId, event, entrySeq: seq, actor, payload };
};

/** The product on one page: what the hub does by itself when something has happened. */
export const flow: Flow = {
  hops: [
    // A finding: compared on arrival, replayed, judged, and compared again with what the replay showed.
    hop('finding.received', duplicates.compare, thing, 4),
    hop('finding.received', findings.takePlace, thing),
    hop('finding.queued', validations.request, thing),
    hop('validation.concluded', findings.judge, ({ thing, payload }) => ({ ...payload, id: payload.findingId, validationId: thing })),
    hop('finding.judged', duplicates.compare, thing, 4),
    hop('finding.judged', findings.reconsiderPlace, ({ thing, payload }) => ({
      id: thing,
      verdict: payload.verdict,
      before: payload.before,
    })),
    // Nobody waits for it: what runs is stopped, and nobody waits behind it. A band set anew is waited in.
    ...['finding.withdrawn', 'finding.corrected', 'finding.closed'].map((event) =>
      hop(event, validations.cancelOfFinding, ({ thing }) => ({ id: thing, because: `the ${event.replace('.', ' was ')}` })),
    ),
    hop('finding.banded', validations.reprioritise, thing),
    hop('flow.parked', validations.park, ({ thing, payload }) =>
      payload.labour === validations.validation.name ? { id: thing, tries: payload.tries } : undefined,
    ),
    hop('flow.parked', minimisations.park, ({ thing, payload }) =>
      payload.labour === minimisations.minimisation.name ? { id: thing, tries: payload.tries } : undefined,
    ),
    hop('flow.parked', bisections.park, ({ thing, payload }) =>
      payload.labour === bisections.bisection.name ? { id: thing, tries: payload.tries } : undefined,
    ),
    hop('validation.parked', findings.leaveLab, ({ payload }) => ({ id: payload.findingId })),
    hop('validation.cancelled', findings.leaveLab, ({ payload }) => ({ id: payload.findingId })),
    hop('finding.withdrawn', duplicates.compare, thing),
    hop('finding.corrected', duplicates.compare, thing),
    // Undecided by words and frames, both replayed: the fixes of the one are tried on the inputs of the other.
    hop('comparison.unsure', considerFixes, ({ payload }) => payload),
    hop('matrix.concluded', duplicates.arbitrate, ({ thing, payload }) => ({ ...payload, matrixId: thing })),
    // A vulnerability: one case, with all who found it.
    hop('vulnerability.opened', cases.open, thing),
    hop('vulnerability.joined', cases.addFinders, thing),
    hop('vulnerability.split', cases.addFinders, thing),
    hop('vulnerability.left', cases.addFinders, thing),
    hop('vulnerability.parted', cases.addFinders, thing),
    // All of it went elsewhere, or is covered there: who moved is let in there by what joined, and the case here says where it goes on.
    hop('vulnerability.emptied', cases.addFinders, thing),
    hop('vulnerability.emptied', cases.follow, ({ thing, payload }) => ({ id: thing, intoId: payload.intoId })),
    hop('vulnerability.subsumed', cases.follow, ({ thing, payload }) => ({ id: thing, intoId: payload.intoId })),
    // A report on its way to a project: its place follows what is known of it, and it leaves the queue with its case.
    hop('finding.banded', reorderDelivery, ({ thing }) => ({ findingId: thing })),
    hop('priority.assessed', noteSeverity, ({ payload }) => ({ id: payload.caseId, base: payload.cvss.base })),
    hop('case.disclosed', endDeliveries, thing),
    hop('case.closed', endDeliveries, thing),
    // An embargo: reckoned anew with what has happened; silence, leaks and attacks have their consequences without anybody asking.
    ...['case.opened', 'case.finders-counted', 'case.observed', 'case.patch-judged'].map((event) => hop(event, ends.reckonEmbargo, thing)),
    hop('case.clock-overdue', lapseProposal, ({ thing, payload }) => (payload.kind === 'embargo-answer' ? { id: thing } : undefined)),
    hop('case.embargo-terminated', ends.openFastTrack, ({ thing, payload }) => ({ id: thing, because: payload.reason })),
    hop('case.observed', ends.openFastTrack, ({ thing, payload }) => ({ id: thing, because: payload.what })),
    hop('case.fast-track-opened', advisories.draftInterim, ({ thing }) => ({ caseId: thing })),
    hop('case.embargo-ended', advisories.draftInterim, ({ thing }) => ({ caseId: thing })),
    // What the law asks: of a supplier who knows that it is exploited, and of everybody on the day a basis for sharing lapses.
    ...['case.observed', 'case.read-in'].map((event) => hop(event, startCra, thing)),
    hop('case.disclosed', craMeasured, thing),
    ...['case.opened', 'case.finders-counted', 'case.read-in'].map((event) => hop(event, recordShares, thing)),
    hop('case.clock-overdue', lapseBasis, ({ thing, payload }) =>
      payload.kind === 'legal-basis' ? { id: thing, orgId: payload.about } : undefined,
    ),
    // What a supplier owes from the hour it is told, as far as it has not yet been done.
    ...supplierEvents.map((event) => hop(event, reckonSuppliers, thing)),
    hop('case.continued', ends.adoptEarlierEnd, ({ thing, payload }) => ({ id: thing, intoId: payload.intoId })),
    ...['case.disclosed', 'case.closed'].map((event) => hop(event, ends.settleClocks, thing)),
    hop('case.closed', endContacts, thing),
    hop('case.contact-decided', endDeliveries, ({ thing, payload }) =>
      payload.outcome === 'suspect' ? { id: thing, because: 'contact was found suspect' } : undefined,
    ),
    // A release: disclosed, settled, matched with what operators keep.
    // A later version of an advisory is of a case that is public already.
    hop('release.published', cases.disclose, ({ payload }) => (payload.version > 1 ? undefined : { id: payload.caseId })),
    hop('case.finding-settled', findings.close, ({ payload }) => ({ id: payload.findingId, because: payload.because })),
    // What a finder committed to on the first day is opened for everybody on the day the flaw is public.
    hop('case.finding-settled', findings.reveal, ({ payload }) =>
      payload.because === 'disclosed' ? { id: payload.findingId } : undefined,
    ),
    // What is published is what its CVE record says, as soon as CVE Services takes it.
    hop('release.published', tellRecord, thing),
    hop('release.cve-record', cves.takeRecord, ({ payload }) => payload),
    // What metrics count, from the log's own entries.
    ...countedEvents.map((event) => hop(event, note, factOf)),
    hop('release.published', fixes.match, thing),
    hop('release.published', feeds.collect, thing),
    // What was shared early with some is for all of the feed once nothing binds any more.
    hop('case.disclosed', feeds.openItems, ({ thing }) => ({ caseId: thing })),
    hop('case.embargo-ended', feeds.openItems, ({ thing }) => ({ caseId: thing })),
    // Whoever should know is told: on the desk, and by mail as they chose.
    ...eventsTold.map((event) => hop(event, tell, tidings)),
    hop('inventory.kept', fixes.observe, thing),
    // A model: runs, grades, the estimate when all are in; whoever leaves takes their model along.
    // Who will grade again is kept in the dark before there is anything to see.
    hop('plan.frozen', grades.nameSeconds, thing),
    hop('plan.frozen', runs.queue, thing),
    hop('run.finished', grades.request, thing),
    hop('run.finished', grades.searchRecord, thing),
    ...['grade.given', 'grade.judged'].map((event) =>
      hop(event, logs.commit, ({ payload }) => (payload.runId ? { id: payload.runId } : undefined)),
    ),
    hop('grade.given', grades.drawSecondsOf, ({ payload }) => ({ id: payload.planId })),
    hop('plan.seconds-drawn', estimates.make, thing),
    ...['grade.given', 'grade.judged'].map((event) => hop(event, estimates.make, ({ payload }) => ({ id: payload.planId }))),
    // What a run tripped by the way in real software; a person has decided to hand it on, and nothing of model or task goes with it.
    hop('flaw.handed-on', findings.takeIn, ({ payload }) => payload ?? undefined),
    hop('agreement.withdrawn', submissions.followLeaving, ({ thing, payload }) => ({ agreementId: thing, ...payload })),
    hop('submission.closed', runs.lapse, thing),
    hop('submission.withdrawn', runs.lapse, thing),
  ],
  works: [
    // A flood waits behind itself: the place in the fair queue is the job's priority.
    ...['validation.requested', 'validation.moved'].map((event) =>
      work(
        event,
        validations.validation,
        ({ thing }) => thing,
        (tx, { payload }) => labPriorityOf(tx, payload.findingId),
      ),
    ),
    work('minimisation.requested', minimisations.minimisation, ({ thing }) => thing),
    work('bisection.requested', bisections.bisection, ({ thing }) => thing),
    work('matrix.requested', matrixLabour, ({ thing }) => thing),
    work('case.patch-submitted', patchCheck, ({ payload }) => payload.patchId),
    work('cve.errand-due', cves.cveErrand, ({ thing }) => thing),
    work(
      'mail.due',
      mailLabour,
      ({ thing }) => thing,
      async (_tx, { payload }) => (payload.isUrgent ? 1 : 0),
    ),
    work('webhook.due', webhooks.tellLabour, ({ thing }) => thing),
    work('run.queued', runs.runLabour, ({ thing }) => thing),
    work('grade.requested', grades.gradeLabour, ({ thing }) => thing),
  ],
  dues: [
    claims.expire,
    findings.remind,
    endEmbargoes,
    deliverDue,
    endReadInsDue,
    endLastResorts,
    strikeClocks,
    releases.publishDue,
    cves.tend,
    publishQuarter,
    wakeMail,
    webhooks.wakeDue,
    repository.refresh,
    submissions.closeDue,
    runs.queueDue,
    runs.lapseDue,
    forgetReplies,
    sumTiles,
  ],
};
