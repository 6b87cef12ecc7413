import { Tag } from '../../parts/chips.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { outcomeTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Colleague, Judgement } from '../../wire.ts';

const words: Record<Judgement['kind'], string> = {
  confirmed: 'the suspicion holds',
  dismissed: 'the suspicion does not hold',
  'second-asked': 'a second grade was asked for',
  'second-given': 'graded again, without having seen the first',
  disputed: 'disputed by the developer',
  resolved: 'settled',
};

/** All that was said, oldest first: a later word counts instead of an earlier, and overwrites none. */
export function Judgements({ of, colleaguesOf }: { of: readonly Judgement[]; colleaguesOf: string | null | undefined }) {
  const people = useGet<{ items: readonly Colleague[] }>('/api/people/own').data?.items ?? [];
  const nameOf = (id: string | null | undefined) => people.find((person) => person.id === id)?.name;
  const columns: readonly Column<Judgement>[] = [
    {
      head: 'Said',
      cell: (word) => (
        <>
          {words[word.kind]}
          {word.aboutId && nameOf(word.aboutId) && `, of ${nameOf(word.aboutId)}`}
          {word.outcome && (
            <>
              {word.kind === 'disputed' ? ', held to be: ' : ': '}
              <Tag tone={outcomeTone[word.outcome]}>{word.outcome}</Tag>
            </>
          )}
        </>
      ),
    },
    {
      head: 'By',
      cell: (word) => {
        const name = word.byName ?? (word.byOrgId === colleaguesOf ? nameOf(word.byId) : undefined);
        const side = word.kind === 'disputed' ? 'the developer' : 'the evaluator';
        return <span title={word.byOrgId}>{name && word.byName === null ? name : [name, side].filter(Boolean).join(', ')}</span>;
      },
    },
    { head: 'On', cell: (word) => <When at={word.saidAt} /> },
    { head: 'Because', cell: ({ because }) => <Said of={because} /> },
    ...(of.some(({ answer }) => answer !== null) ? [{ head: 'Answer to the developer', cell: answered }] : []),
  ];
  return (
    <>
      <h3 className="mt-4 mb-2 font-semibold">What people said of it</h3>
      <Table
        caption="Judgements, oldest first"
        columns={columns}
        rows={of}
        id={(word) => word.id}
        empty="Nobody has said anything of it."
      />
    </>
  );
}

const answered = ({ answer }: Judgement) => <Said of={answer} />;

function Said({ of }: { of: string | null | undefined }) {
  return <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{of || '–'}</span>;
}
