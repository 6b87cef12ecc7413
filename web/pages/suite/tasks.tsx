import { useState } from 'react';
import { Tag, type Tone } from '../../parts/chips.tsx';
import { Digest } from '../../parts/digest.tsx';
import { Section } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import type { Suite } from '../../wire.ts';

type Task = Suite['tasks'][number];
type Standing = NonNullable<Task['checked']>['state'] | 'not checked';

const standing = ({ checked }: Task): Standing => checked?.state ?? 'not checked';
const tones: Record<Standing, Tone> = { passed: 'good', quarantined: 'bad', 'could-not-tell': 'care', 'not checked': 'care' };
const words: Record<Standing, string> = {
  passed: 'passed',
  quarantined: 'in quarantine',
  'could-not-tell': 'could not be told',
  'not checked': 'not checked',
};
/** What somebody has to look at comes first. */
const order: readonly Standing[] = ['quarantined', 'could-not-tell', 'not checked', 'passed'];

const box = 'mt-1 block rounded-sm border border-soft bg-sheet px-2.5 py-1.5 font-normal text-ink';

/** Each task with the gate's last word on it as it stands now. */
export function Tasks({ suite: { tasks } }: { suite: Suite }) {
  const [only, setOnly] = useState('');
  const count = (of: Standing) => tasks.filter((task) => standing(task) === of).length;
  const rows = tasks
    .filter((task) => only === '' || standing(task) === only)
    .toSorted((a, b) => order.indexOf(standing(a)) - order.indexOf(standing(b)) || a.id.localeCompare(b.id));
  return (
    <Section title="Tasks" note="a plan takes none that is in quarantine, or of which the gate could not tell">
      <p>
        {count('passed')} passed the gate, <strong className="font-semibold">{count('quarantined')} in quarantine</strong>,{' '}
        {count('could-not-tell')} could not be told, {count('not checked')} not checked.
      </p>
      <p className="my-3">
        <label className="font-medium">
          Show
          <select className={box} value={only} onChange={(event) => setOnly(event.target.value)}>
            <option value="">all tasks</option>
            {order.map((name) => (
              <option key={name} value={name}>
                {words[name]}
              </option>
            ))}
          </select>
        </label>
      </p>
      <Table caption="Tasks of this suite" columns={columns} rows={rows} id={(task) => task.id} empty="No task stands so." />
    </Section>
  );
}

const told = ['the source alone', 'the source and a description', 'also the report of the crash', 'also the fix'] as const;

const columns: readonly Column<Task>[] = [
  {
    head: 'Task',
    cell: (task) => (
      <>
        <span className="font-medium [overflow-wrap:anywhere]">{task.id}</span>
        <span className="block text-soft">
          {task.recipeId !== task.id && `${task.recipeId}, `}
          {task.weakness ?? 'no weakness named'}
        </span>
        <Text of={task} />
      </>
    ),
  },
  { head: 'Gate', cell: (task) => <Gate of={task} /> },
  {
    head: 'Asks for',
    cell: (task) => (
      <>
        {task.skill}
        <span className="block text-soft">
          level {task.level}: {told[task.level]}
        </span>
      </>
    ),
  },
  {
    head: 'Limits',
    cell: ({ limits, humanMinutes }) => (
      <>
        {limits.turns} turns, {limits.tokens.toLocaleString('en')} tokens, {limits.minutes} min
        <span className="block text-soft">
          {humanMinutes === null ? 'nobody said how long people take' : `people: about ${humanMinutes} min`}
        </span>
      </>
    ),
  },
  { head: 'Flaw public since', cell: (task) => <When at={task.disclosedAt} /> },
];

function Text({ of }: { of: Task }) {
  if (of.heldOut) return <span className="block text-soft">Held out: its text is shown to nobody.</span>;
  return (
    <details className="mt-1">
      <summary className="w-fit cursor-pointer text-accent">What is asked</summary>
      <p className="mt-1 max-w-prose whitespace-pre-wrap [overflow-wrap:anywhere]">{of.prompt}</p>
      <p className="text-soft">
        Licence {of.spdx}, digest <Digest of={of.digest} />
      </p>
    </details>
  );
}

function Gate({ of }: { of: Task }) {
  const { checked } = of;
  return (
    <>
      <Tag tone={tones[standing(of)]}>{words[standing(of)]}</Tag>
      {checked?.state === 'could-not-tell' && (
        <span className="block text-soft">A source, a build or a box failed us; nothing is said of the task.</span>
      )}
      {checked === null && <span className="block text-soft">The gate was never asked of this task as it stands.</span>}
      {checked && checked.because.length > 0 && (
        <ul className="mt-1 list-disc pl-4">
          {checked.because.map((reason) => (
            <li key={reason} className="[overflow-wrap:anywhere]">
              {reason}
            </li>
          ))}
        </ul>
      )}
      {checked && (
        <span className="block text-soft">
          <When at={checked.checkedAt} />
          {checked.checks && (
            <>
              , in run <Digest of={checked.checks} />
            </>
          )}
        </span>
      )}
    </>
  );
}
