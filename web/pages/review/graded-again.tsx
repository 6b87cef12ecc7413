import { Tag } from '../../parts/chips.tsx';
import { Fact } from '../../parts/page.tsx';
import { useGet, useWho } from '../../session.ts';
import type { Colleague, Grade, Plan } from '../../wire.ts';

/** Which runs people grade again, and by whom they are; drawn, so that nobody chooses. */
export function GradedAgain({ plan }: { plan: Plan }) {
  const { secondGrading } = plan;
  return (
    <Fact name="Graded again">
      {secondGrading ? (
        <>
          {Number((100 * secondGrading.rate).toFixed(1))} % of the runs of each task that handed something in, one at least, drawn by the
          seed <code className="[overflow-wrap:anywhere]">{secondGrading.seed}</code>; by{' '}
          {secondGrading.graderIds ? <Names of={secondGrading.graderIds} /> : 'people named beforehand'}, who see no outcome until then
        </>
      ) : (
        'none is drawn: how far graders agree is not known'
      )}
    </Fact>
  );
}

function Names({ of }: { of: readonly string[] }) {
  const people = useGet<{ items: readonly Colleague[] }>('/api/people/own').data?.items ?? [];
  const me = useWho().data;
  return of.map((id) => (id === me?.id ? 'you' : (people.find((person) => person.id === id)?.name ?? 'somebody who left'))).join(', ');
}

/** Whether its tasks measure anything: said when the plan was frozen, and true for ever. */
export function Gate({ plan: { ungated, taskDigests } }: { plan: Plan }) {
  const said =
    ungated === null ? (
      'not said: the plan is older than the gate'
    ) : ungated === 0 ? (
      'every task had passed it when the plan was frozen'
    ) : (
      <>
        <Tag tone="care">
          {ungated} of {taskDigests.length} ungated
        </Tag>{' '}
        when the plan was frozen: whether they measure anything, nobody has shown
      </>
    );
  return <Fact name="Gate of tasks">{said}</Fact>;
}

/** What stands for the grade of a run in a list. */
export function gradeInWords(grade: Grade | undefined): string {
  if (!grade) return '–';
  if (grade.isAskedOfYou) return 'yours to grade again';
  if (grade.state === 'requested') return 'being graded';
  if (grade.outcome === null) return 'hidden from you for now';
  const counts = grade.counted !== null && grade.counted !== grade.outcome ? `, counts as ${grade.counted}` : '';
  return `${grade.outcome}${counts}${grade.isDisputed ? ', disputed' : ''}`;
}
