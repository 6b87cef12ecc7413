import { Fact, Facts, Section } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Case, Approach as Spoken } from '../../wire.ts';

const named = [
  ['aiReports', 'Reports by AI'],
  ['aiConditions', 'On condition'],
  ['venue', 'Reports are'],
  ['form', 'As'],
  ['address', 'To'],
  ['who', 'Spoken to'],
  ['languages', 'In'],
  ['weekly', 'A week, at most'],
  ['severityScale', 'Severity by'],
] as const;
const ai = { yes: 'taken', 'with-conditions': 'taken, on conditions', no: 'not taken' } as const;

/** How the project likes to be approached, each thing with who says so and since when. */
export function Approach({ of }: { of: Case }) {
  const found = useGet<Spoken>(`/api/cases/${of.id}/approach`).data;
  if (!found || !named.some(([field]) => found[field])) return null;
  return (
    <Section title="How the project likes to be approached" note="its own word goes before what was read of it">
      <Facts>
        {named.map(([field, name]) => {
          const said = found[field];
          if (!said) return null;
          const value = field === 'aiReports' ? ai[said.value as keyof typeof ai] : String(said.value).replaceAll(',', ', ');
          return (
            <Fact key={field} name={name}>
              {value}{' '}
              <span className="text-soft">
                {said.by === 'maintainer' ? 'its own word, ' : 'read '}
                <When at={said.at} />
                {said.url && (
                  <>
                    {' at '}
                    <a href={said.url} rel="noreferrer noopener" className="[overflow-wrap:anywhere]">
                      {said.url}
                    </a>
                  </>
                )}
              </span>
            </Fact>
          );
        })}
      </Facts>
    </Section>
  );
}
