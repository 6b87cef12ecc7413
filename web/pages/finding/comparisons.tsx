import { Link } from '@tanstack/react-router';
import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Comparison } from '../../wire.ts';

/** Other findings of the package, and whether they are the same flaw. */
export function Comparisons({ id }: { id: string }) {
  const found = useGet<{ items: readonly Comparison[] }>(`/api/duplicates/comparisons/${id}`);
  return (
    <Section title="Compared with" note="same root cause and same fix is one vulnerability">
      <Awaited of={found}>
        {({ items }) => (
          <Table caption="Comparisons" columns={columns(id)} rows={items} id={(item) => item.id} empty="No other finding is like it." />
        )}
      </Awaited>
    </Section>
  );
}

function columns(id: string): readonly Column<Comparison>[] {
  return [
    { head: 'Finding', cell: (item) => <Other id={item.aId === id ? item.bId : item.aId} /> },
    {
      head: 'Decision',
      cell: (item) => (
        <Link to="/duplicates/$aId/$bId" params={{ aId: item.aId, bId: item.bId }}>
          {item.decision}
        </Link>
      ),
    },
    { head: 'Score', cell: (item) => item.score.toFixed(2) },
    { head: 'Because', cell: (item) => item.reasons.join('; ') },
    { head: 'Decided', cell: (item) => <When at={item.decidedAt} /> },
  ];
}

function Other({ id }: { id: string }) {
  return (
    <Link to="/findings/$id" params={{ id }}>
      <code>{id}</code>
    </Link>
  );
}
