/**
 * What the verbs answer, as types only: derived from the stations' output schemas, so that the desk cannot drift from the hub.
 * The hub has checked every reply against these schemas before it left; nothing is checked twice here.
 */
import type { z } from 'zod';
import type * as readIns from '../src/clearinghouse/cases/read-ins/wire.ts';
import type * as cases from '../src/clearinghouse/cases/wire.ts';
import type * as outcomes from '../src/clearinghouse/duplicates/outcomes/wire.ts';
import type * as pairs from '../src/clearinghouse/duplicates/pairs/wire.ts';
import type * as duplicates from '../src/clearinghouse/duplicates/wire.ts';
import type * as imports from '../src/clearinghouse/findings/imports/wire.ts';
import type * as queue from '../src/clearinghouse/findings/queue/wire.ts';
import type * as quotas from '../src/clearinghouse/findings/quotas/wire.ts';
import type * as findings from '../src/clearinghouse/findings/wire.ts';
import type * as fixes from '../src/clearinghouse/fixes/wire.ts';
import type * as releases from '../src/clearinghouse/releases/wire.ts';
import type * as matrices from '../src/clearinghouse/validations/matrices/wire.ts';
import type * as validations from '../src/clearinghouse/validations/wire.ts';
import type * as agreements from '../src/reviews/agreements/wire.ts';
import type * as determinations from '../src/reviews/determinations/wire.ts';
import type * as estimates from '../src/reviews/estimates/wire.ts';
import type * as grades from '../src/reviews/grades/wire.ts';
import type * as plans from '../src/reviews/plans/wire.ts';
import type * as reports from '../src/reviews/reports/wire.ts';
import type * as runs from '../src/reviews/runs/wire.ts';
import type * as submissions from '../src/reviews/submissions/wire.ts';
import type * as log from '../src/trust/log/wire.ts';
import type * as orgs from '../src/trust/orgs/wire.ts';

export type Who = z.output<typeof orgs.whoOut>;
export type Founded = z.output<typeof orgs.foundOut>;
export type Secret = z.output<typeof orgs.secretOut>;
export type Entries = z.output<typeof log.entries>;
export type Entry = z.output<typeof log.entryOut>;
export type Checkpoint = z.output<typeof log.checkpointOut>;

export type FindingSummary = z.output<typeof findings.listOut>['items'][number];
export type Finding = z.output<typeof findings.getOut>;
export type Imported = z.output<typeof imports.importOut>;
export type Quarantined = z.output<typeof imports.quarantinedOut>;
export type DeskQueue = z.output<typeof queue.queueOut>;
export type Place = z.output<typeof queue.ownPlaceOut>;
export type Quota = z.output<typeof quotas.quotaOut>;
export type CaseSummary = z.output<typeof cases.listOut>['items'][number];
export type Case = z.output<typeof cases.caseOut>;
export type Knower = z.output<typeof readIns.knowersOut>['items'][number];
export type Offer = z.output<typeof readIns.offersOut>['items'][number];
export type Org = z.output<typeof orgs.orgOut>;
export type Person = z.output<typeof orgs.peopleOut>['items'][number];
export type Received = z.output<typeof findings.submitOut>;
export type CaseOfFinding = z.output<typeof cases.ofFindingOut>;
export type Agreement = z.output<typeof agreements.agreementOut>;
export type Submission = z.output<typeof submissions.submissionOut>;
export type Plan = z.output<typeof plans.planOut>;
export type Run = z.output<typeof runs.runOut>;
export type Determination = z.output<typeof determinations.determinationOut>;
export type Estimate = z.output<typeof estimates.estimateOut>;
export type Grade = z.output<typeof grades.gradeOut>;
export type Validation = z.output<typeof validations.validationOut>;
export type Comparison = z.output<typeof pairs.comparisonsOut>['items'][number];
export type Pair = z.output<typeof pairs.pairOut>;
export type MatrixAsked = z.output<typeof matrices.askedOut>;
export type Vulnerability = z.output<typeof duplicates.listOut>['items'][number];
export type VulnerabilityShown = z.output<typeof duplicates.getOut>;
export type Outcome = z.output<typeof outcomes.outcomeOut>;
export type Fix = z.output<typeof fixes.fixOut>;
export type Release = z.output<typeof releases.releaseOut>;
export type ReportSummary = z.output<typeof reports.listOut>['items'][number];
