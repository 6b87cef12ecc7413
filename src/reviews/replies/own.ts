import type { z } from 'zod';
import type { Instant } from '../../base/instant.ts';
import { msBetween, plusMs } from '../../base/instant.ts';
import { limits } from '../../base/limits.ts';
import type { Actor } from '../../trust/access.ts';
import type { Agreement } from '../agreements/agreement.ts';
import * as agreements from '../agreements/wire.ts';
import type { Determination } from '../determinations/determination.ts';
import * as determinations from '../determinations/wire.ts';
import type { Estimate } from '../estimates/estimate.ts';
import * as estimates from '../estimates/wire.ts';
import type { Grade } from '../grades/grade.ts';
import * as grades from '../grades/wire.ts';
import type { Plan } from '../plans/plan.ts';
import * as plans from '../plans/wire.ts';
import type { Report } from '../reports/report.ts';
import * as reports from '../reports/wire.ts';
import type { Run } from '../runs/run.ts';
import * as runs from '../runs/wire.ts';
import type { Submission } from '../submissions/submission.ts';
import * as submissions from '../submissions/wire.ts';
import type { Reply } from './reply.ts';
import * as wire from './wire.ts';

/** What is held of one developer under one agreement. */
export interface Own {
  readonly submissions: readonly Submission[];
  readonly plans: readonly Plan[];
  readonly runs: readonly Run[];
  readonly grades: readonly Grade[];
  readonly estimates: readonly Estimate[];
  readonly determinations: readonly Determination[];
  readonly reports: readonly Report[];
  readonly replies: readonly Reply[];
}

interface Leaving extends Own {
  readonly agreement: Agreement;
  readonly exportedAt: Instant;
}

export function presentOwn(of: Leaving, viewer: Actor): z.input<typeof wire.ownOut> {
  const solvers = new Map(of.plans.map(({ id, solver }) => [id, solver.name]));
  return {
    exportedAt: of.exportedAt,
    agreement: agreements.present(of.agreement, viewer),
    submissions: of.submissions.map((s) => submissions.present(s, viewer)),
    plans: of.plans.map((p) => plans.present(p, viewer)),
    runs: of.runs.map((r) => runs.present(r, viewer)),
    grades: of.grades.map((g) => grades.present(g, viewer)),
    estimates: of.estimates.map((e) => estimates.present({ ...e, solver: solvers.get(e.planId)! }, viewer)),
    determinations: of.determinations.map((d) => determinations.present(d, viewer)),
    reports: of.reports.map((r) => reports.presentIssued(r, viewer)),
    replies: of.replies.map((r) => wire.present(r, viewer)),
  };
}

/** Things whose words in the log are the developer's, or about its model. The frozen plan's digest is neither: it shows how the judging was fixed. */
export function erasable(own: Own): string[] {
  return [own.submissions, own.runs, own.grades, own.estimates, own.determinations, own.reports, own.replies]
    .flat()
    .map((thing) => thing.id);
}

/** A worker whose run was ended from outside may write its record once more before it notices; undefined = none can. */
export function writingUntil(runs: readonly Run[], now: Instant): Instant | undefined {
  const late = runs.filter(
    (r) => r.begunAt !== null && msBetween(r.begunAt, now) < limits.runMs && (r.state === 'running' || r.ended === 'not-run'),
  );
  const last = late
    .map((r) => r.begunAt!)
    .sort()
    .at(-1);
  return last && plusMs(last, limits.runMs);
}
