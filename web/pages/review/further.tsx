import { Fact, Facts } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import type { Estimate, Plan } from '../../wire.ts';
import { BudgetCurve } from './curve.tsx';

type Further = NonNullable<Estimate['further']>;

/** What the grades tell beside the measures. No rule hangs on it. */
export function FurtherOf({ further, plan }: { further: Further; plan: Plan }) {
  const confidence = `${100 - 100 * plan.rule.alpha} %`;
  const turns = (budget: number) => `${plan.budgets[budget]?.turns.toLocaleString('en') ?? '?'} turns`;
  const table = { empty: 'Nothing could be worked out.' };
  return (
    <>
      <BudgetCurve points={further.curve} confidence={confidence} />
      <div className="mt-3">
        <Facts>
          {further.design.map((of) => (
            <Fact key={of.measure} name={`What ${of.tasks} tasks can show`}>
              {of.detectable === null
                ? `${of.measure}: not even all of them solved would lie above ${of.threshold}`
                : `${of.measure}: a model that solves ${percent(of.detectable)} of such tasks is found to exceed ${of.threshold} with a chance of 80 %`}
            </Fact>
          ))}
          {further.agreement && (
            <Fact name="Graders agree">
              <Agreement of={further.agreement} />
            </Fact>
          )}
          {further.horizon && (
            <Fact name="Time horizon">
              <Horizon of={further.horizon} />
            </Fact>
          )}
        </Facts>
      </div>
      <div className="mt-3 grid gap-3">
        <Table {...table} caption="From one budget to the next" columns={steps(turns)} rows={further.steps} id={(s) => `${s.to}`} />
        <Table
          {...table}
          caption="On further tasks like these"
          columns={generalized(turns)}
          rows={further.generalized}
          id={(g) => `${g.budget}`}
        />
        {further.unanswered && <Unanswered of={further.unanswered} />}
        {further.attempts.length > 0 && (
          <Table
            {...table}
            caption="With several tries"
            columns={attempts(turns)}
            rows={further.attempts}
            id={(a) => `${a.budget} ${a.k}`}
          />
        )}
      </div>
    </>
  );
}

/** Whoever declines hard tasks must not look better for it. */
function Unanswered({ of }: { of: NonNullable<Further['unanswered']> }) {
  const [failed, solved] = [of.ifFailed, of.ifSolved];
  const told = (horizon: typeof failed.horizon) =>
    horizon === null ? 'none' : horizon.p50 === null ? (horizon.because ?? 'none') : length(horizon.p50);
  const last = (points: typeof failed.generalized) => points.at(-1);
  return (
    <p className="max-w-prose text-soft">
      {of.runs.toLocaleString('en')} {of.runs === 1 ? 'run has' : 'runs have'} no clear answer and {of.runs === 1 ? 'takes' : 'take'} no
      part here. Had they all failed, or all solved their task:{' '}
      {last(failed.generalized) && last(solved.generalized) && (
        <>
          generalized accuracy {percent(last(failed.generalized)!.value)} or {percent(last(solved.generalized)!.value)};{' '}
        </>
      )}
      time horizon {told(failed.horizon)} or {told(solved.horizon)}.
    </p>
  );
}

const signed = (of: number) => of.toFixed(2).replace('-', '−');
type Agreed = NonNullable<Further['agreement']>;

/** How far blind second grades come to the same; never one number alone, for each is blind to something. */
function Agreement({ of: { asked, given, agreed, tasks, confidence, raw, kappa, ac1 } }: { of: Agreed }) {
  if (given === 0) return `${asked} ${asked === 1 ? 'run was' : 'runs were'} drawn to be graded again; none was yet`;
  const beyond = (of: Agreed['kappa'], name: string) =>
    of === null ? `${name}: could not tell` : `${name} ${signed(of.value)} (${signed(of.interval.low)} to ${signed(of.interval.high)})`;
  return (
    <>
      on {agreed} of {given} runs graded again{given < asked && `, of ${asked} drawn`}, at {tasks} {tasks === 1 ? 'task' : 'tasks'}
      {raw && `: ${percent(raw.share)} (${Math.round(100 * confidence)} %: ${range(raw.interval)})`}; beyond chance:{' '}
      {beyond(kappa, 'Cohen’s κ')}, {beyond(ac1, 'Gwet’s AC1')}
    </>
  );
}

type Horizons = NonNullable<Further['horizon']>;

function Horizon({ of }: { of: Horizons }) {
  const told = (minutes: number | null, ends: Horizons['interval']) =>
    minutes === null ? 'none' : `${length(minutes)}${ends ? ` (95 %: ${length(ends[0])} to ${length(ends[1])})` : ''}`;
  return (
    <>
      half of the tasks of {told(of.p50, of.interval)}, 80 % of those of {told(of.p80, of.p80Interval)} that people need for them;{' '}
      {of.tasks} tasks{of.because && `; ${of.because}`}
    </>
  );
}

/** Null is beyond every length. */
const length = (minutes: number | null) => (minutes === null ? '∞' : `${Number(minutes.toPrecision(3)).toLocaleString('en')} minutes`);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const range = ({ low, high }: { low: number; high: number }) => `${percent(low)} to ${percent(high)}`;
const withError = (share: number, se: number | null) => `${percent(share)}${se === null ? '' : ` ± ${percent(se)}`}`;
type Turns = (budget: number) => string;

const steps = (turns: Turns): readonly Column<Further['steps'][number]>[] => [
  { head: 'Step', cell: (s) => `from ${turns(s.from)} to ${turns(s.to)}` },
  { head: 'Difference', cell: (s) => percent(s.difference) },
  { head: 'Interval', cell: (s) => (s.interval ? range(s.interval) : 'could not tell') },
  { head: 'Pairs', cell: (s) => `${s.pairs} of ${s.tasks} tasks` },
  { head: 'p (exact McNemar)', cell: (s) => (s.p === null ? 'pairs are not independent' : s.p.toPrecision(2)) },
];

const methods = {
  glmm: 'mixed model, tasks drawn by chance',
  'one-run-each': 'one run a task: the binomial error',
  'clustered-mean': 'mean, its error clustered by task',
  'one-outcome': 'all alike: exact, tasks for trials',
} as const;

const generalized = (turns: Turns): readonly Column<Further['generalized'][number]>[] => [
  { head: 'Further tasks', cell: (g) => turns(g.budget) },
  { head: 'Generalized accuracy', cell: (g) => percent(g.value) },
  { head: 'Interval', cell: (g) => range(g.interval) },
  { head: 'By', cell: (g) => methods[g.method] },
];

const attempts = (turns: Turns): readonly Column<Further['attempts'][number]>[] => [
  { head: 'Tries', cell: (a) => `${a.k} with ${turns(a.budget)}` },
  { head: 'At least one solves (pass@k)', cell: (a) => withError(a.passAtK, a.passAtKSe) },
  { head: 'All solve (pass^k)', cell: (a) => withError(a.passHatK, a.passHatKSe) },
  { head: 'Tasks', cell: (a) => a.tasks },
];
