import { happening } from '../../parts/happenings.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useGet } from '../../session.ts';
import type { Skill } from '../../wire.ts';

type One = Skill['skill'][number];

/** How often what should come first did, against chance; never without how sure that is. */
export function CoordinationSkill() {
  const found = useGet<Skill>('/api/coordination-skill');
  return (
    <Section title="Coordination skill" note="the twelve desired orderings, over all cases that you may see">
      <p className="mb-3 max-w-prose text-soft">
        1 is always, 0 as often as by chance, less than that is worse than chance (CMU/SEI-2021-SR-021). An ordering counts once either of
        its two has happened. The range holds the skill with 95 % credibility, every frequency being as likely beforehand: of few cases it
        is nearly everywhere, may lie beside what those few show, and says nothing.
      </p>
      <Awaited of={found}>
        {({ cases, histories, skill }) => (
          <>
            <p className="mb-2">
              {cases} {cases === 1 ? 'case' : 'cases'}, {histories} {histories === 1 ? 'history' : 'histories'} of suppliers.
            </p>
            <Table
              caption="Coordination skill by ordering"
              columns={columns}
              rows={skill}
              id={(one) => one.ordering}
              empty="Nothing to order."
            />
          </>
        )}
      </Awaited>
    </Section>
  );
}

const columns: readonly Column<One>[] = [
  {
    head: 'Desired',
    cell: ({ ordering }) => (
      <>
        {happening(ordering[0])} before {happening(ordering[1])}
      </>
    ),
  },
  { head: 'Met', cell: ({ met, trials }) => (trials === 0 ? 'not decided yet' : `${met} of ${trials}`) },
  { head: 'By chance', cell: ({ byChance }) => `${(100 * byChance).toFixed(1)} %` },
  { head: 'Skill', cell: ({ skill }) => (skill === null ? '–' : signed(skill)) },
  { head: 'Credible (95 %)', cell: ({ credible }) => (credible ? `${signed(credible[0])} to ${signed(credible[1])}` : '–') },
];

const signed = (of: number) => of.toFixed(2).replace('-', '−');
