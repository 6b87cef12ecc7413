import { hour } from '../../../src/base/instant.ts';
import { Tag } from '../../parts/chips.tsx';
import { Gathered, useList } from '../../parts/more.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { determinationTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import type { Determination } from '../../wire.ts';

/** What the frozen rule says of what was measured, who said so, and on what. */
export function Determinations({ submissionId }: { submissionId: string }) {
  const found = useList<Determination>('/api/determinations');
  return (
    <Section title="Determination" note="describes the model; it has no effect on what its developer does with it">
      <Gathered of={found}>
        {(items) => {
          const own = items.filter((item) => item.submissionId === submissionId);
          if (own.length === 0)
            return <p className="border border-line bg-sheet px-4 py-6 text-soft">None was made. The developer waits for none.</p>;
          return own.map((item) => <One key={item.id} of={item} />);
        }}
      </Gathered>
    </Section>
  );
}

function One({ of }: { of: Determination }) {
  return (
    <>
      <Facts>
        <Fact name="The rule says">
          <Tag tone={determinationTone[of.verdict]}>{of.verdict}</Tag>
        </Fact>
        <Fact name="Because">{of.reasons.length > 0 && <Reasons of={of.reasons} />}</Fact>
        <Fact name="Decided">
          <When at={of.decidedAt} />, by {of.deciderName}
          {of.lateMs > 0 && `, ${lateness(of.lateMs)} after the window; that changes nothing for the release`}
        </Fact>
        <Fact name="On the basis of">{of.basis}</Fact>
        <Fact name="State">{of.state}</Fact>
        <Fact name="Appeal">{of.appeal?.because}</Fact>
        <Fact name="Answer">{of.answer?.because}</Fact>
      </Facts>
      <div className="mt-3 mb-4">
        <Table
          caption="Each measure against its threshold"
          columns={columns}
          rows={of.comparisons}
          id={(c) => `${c.measure} ${c.budget}`}
          empty="Nothing was compared."
        />
      </div>
    </>
  );
}

function lateness(ms: number): string {
  const hours = Math.ceil(ms / hour);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

function Reasons({ of }: { of: readonly string[] }) {
  return (
    <ul>
      {of.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}

const columns: readonly Column<Determination['comparisons'][number]>[] = [
  { head: 'Measure', cell: (c) => c.measure },
  { head: 'Budget', cell: (c) => c.budget + 1 },
  { head: 'Threshold', cell: (c) => c.threshold },
  { head: 'Lower bound', cell: (c) => (c.low === null ? 'could not tell' : c.low.toFixed(3)) },
  { head: 'Answer', cell: (c) => c.answer },
  { head: 'Because', cell: (c) => c.because },
];
