import { Fact, Facts, Section } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Outcome as FindingOutcome } from '../../wire.ts';

const says: Record<FindingOutcome['outcome'], string> = {
  pending: 'nothing is decided yet',
  new: 'nobody came before you, as far as you may hear of it',
  known: 'another finder came before you; you keep credit and time',
  none: 'what it claims did not hold, or was taken back',
};

/** What its finder is told of its place among others: always the same few words, however much there is to know. */
export function Outcome({ id }: { id: string }) {
  const found = useGet<FindingOutcome>(`/api/duplicates/outcome?findingId=${id}`);
  if (!found.data) return null;
  const { outcome, vulnerability, at } = found.data;
  return (
    <Section title="Whether it is known">
      <Facts>
        <Fact name="Outcome">
          {outcome}: {says[outcome]}
        </Fact>
        <Fact name="Vulnerability">{vulnerability && <code>{vulnerability}</code>}</Fact>
        <Fact name="Since">
          <When at={at} />
        </Fact>
      </Facts>
    </Section>
  );
}
