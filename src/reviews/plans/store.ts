import type { JSONColumnType } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import { type Task, taskOf } from '../suites/suite.ts';
import type { Budget, Plan, Rule, SecondGrading } from './plan.ts';
import type { Prices, Solver } from './solver.ts';

type Flat = {
  id: Id<'pln'>;
  org_id: Id<'org'>;
  submission_id: Id<'sub'>;
  suite_id: Id<'sui'>;
  suite_digest: string;
  epochs: number;
  arms: string[];
  stopping_rule: string;
  ungated: number | null;
  digest: string;
  tlp: Tlp;
  compartments: string[];
  frozen_at: Instant;
};
type Second = { second_grading: SecondGrading | null };
type PlanRow = Flat & { tasks: Task[]; budgets: Budget[]; seeds: number[]; rule: Rule; solver: Solver; prices: Prices | null } & Second;
type PlanColumns = Flat & {
  tasks: JSONColumnType<Task[]>;
  budgets: JSONColumnType<Budget[]>;
  seeds: JSONColumnType<number[]>;
  rule: JSONColumnType<Rule>;
  solver: JSONColumnType<Solver>;
  prices: JSONColumnType<Prices | null>;
  second_grading: JSONColumnType<SecondGrading | null>;
};

const plans = (tx: Tx) => tx.withTables<{ plans: PlanColumns }>();

export async function insertPlan(tx: Tx, p: Plan): Promise<void> {
  const row = {
    id: p.id,
    org_id: p.orgId,
    submission_id: p.submissionId,
    suite_id: p.suiteId,
    suite_digest: p.suiteDigest,
    tasks: JSON.stringify(p.tasks),
    epochs: p.epochs,
    budgets: JSON.stringify(p.budgets),
    arms: [...p.arms],
    seeds: JSON.stringify(p.seeds),
    stopping_rule: p.stoppingRule,
    rule: JSON.stringify(p.rule),
    solver: JSON.stringify(p.solver),
    prices: JSON.stringify(p.prices),
    ungated: p.ungated,
    second_grading: JSON.stringify(p.secondGrading),
    digest: p.digest,
    ...labelColumns(p.label),
    frozen_at: p.frozenAt,
  };
  await plans(tx).insertInto('plans').values(row).execute();
}

/** Not locked: what is frozen does not change. */
export async function planById(tx: Tx, id: string): Promise<Plan | undefined> {
  const row = await plans(tx)
    .selectFrom('plans')
    .selectAll()
    .where('id', '=', id as Id<'pln'>)
    .executeTakeFirst();
  return row && planOf(row);
}

/** By plan: without their tasks, which are long. */
export async function solversOf(tx: Tx, ids: readonly Id<'pln'>[]): Promise<Map<Id<'pln'>, Solver['name']>> {
  if (ids.length === 0) return new Map();
  const rows = await plans(tx).selectFrom('plans').select(['id', 'solver']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, solver }) => [id, solver.name]));
}

export async function plansOfSubmission(tx: Tx, submissionId: Id<'sub'>): Promise<Plan[]> {
  const rows = await plans(tx).selectFrom('plans').selectAll().where('submission_id', '=', submissionId).orderBy('id').execute();
  return rows.map(planOf);
}

export async function listPlans(tx: Tx, after: string, limit: number): Promise<Plan[]> {
  const rows = await plans(tx)
    .selectFrom('plans')
    .selectAll()
    .where('id', '>', after as Id<'pln'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(planOf);
}

function planOf(r: PlanRow): Plan {
  return {
    id: r.id,
    orgId: r.org_id,
    submissionId: r.submission_id,
    suiteId: r.suite_id,
    suiteDigest: r.suite_digest,
    tasks: r.tasks.map(taskOf),
    epochs: r.epochs,
    budgets: r.budgets,
    arms: r.arms,
    seeds: r.seeds,
    stoppingRule: r.stopping_rule,
    rule: r.rule,
    solver: r.solver,
    prices: r.prices,
    ungated: r.ungated,
    secondGrading: r.second_grading,
    digest: r.digest,
    label: labelOfRow(r),
    frozenAt: r.frozen_at,
  };
}
