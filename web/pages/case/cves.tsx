import { withQuery } from '../../api.ts';
import { Tag } from '../../parts/chips.tsx';
import { Thing } from '../../parts/happened.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { cveTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Case, CnaMatch, Cve, CvePool } from '../../wire.ts';
import { Assign, Foreign, Reject } from './cve-forms.tsx';
import { Errands } from './errands.tsx';
import { usePlace } from './outside.tsx';

/** For coordinators: the CVE ids of a case, what CVE Services has yet to do for them, and whose scope the package is. */
export function Cves({ of }: { of: Case }) {
  const ids = useGet<{ items: readonly Cve[] }>(`/api/cases/${of.id}/cves`);
  const pool = useGet<CvePool>('/api/cves/pool');
  const match = useGet<CnaMatch>(withQuery('/api/cnas/match', { purl: of.package }));
  const { coordinates } = usePlace();
  return (
    <Section title="CVE ids" note="one flaw, one id">
      <Awaited of={ids}>
        {({ items }) => (
          <>
            <Table caption="CVE ids of this case" columns={columns} rows={items} id={(cve) => cve.cveId} empty="No CVE id yet." />
            <Awaited of={pool}>
              {(stock) => (
                <>
                  <Asking items={items} stock={stock} />
                  <Awaited of={match}>
                    {(found) => <Missing key={items.length} of={of} items={items} match={found} own={stock.cna} />}
                  </Awaited>
                </>
              )}
            </Awaited>
            {items
              .filter((cve) => coordinates && isOurs(cve))
              .map(({ cveId }) => (
                <Reject key={cveId} cveId={cveId} />
              ))}
          </>
        )}
      </Awaited>
    </Section>
  );
}

const isOurs = ({ state }: Cve) => state === 'assigned' || state === 'published';

interface MissingProps {
  readonly of: Case;
  readonly items: readonly Cve[];
  readonly match: CnaMatch;
  readonly own: string | null;
}

/** While a flaw of the case has no id: whose it is to give one, and both ways to it. */
function Missing({ of, items, match, own }: MissingProps) {
  const given = items.filter((cve) => isOurs(cve) || cve.state === 'foreign').length;
  const { coordinates } = usePlace();
  if (given >= (of.vulnerabilities?.length ?? 1)) return null;
  return (
    <>
      <Whose match={match} />
      {coordinates && <Assign of={of} other={match.shortName === own ? null : match.shortName} />}
      {coordinates && <Foreign of={of} />}
    </>
  );
}

const columns: readonly Column<Cve>[] = [
  { head: 'Id', cell: ({ cveId }) => <code className="whitespace-nowrap">{cveId}</code> },
  { head: 'Of', cell: ({ vulnerabilityId }) => (vulnerabilityId ? <Thing id={vulnerabilityId} /> : '–') },
  { head: 'State', cell: ({ state }) => <Tag tone={cveTone[state]}>{state}</Tag> },
  { head: 'Given by', cell: ({ assignedByCna }) => assignedByCna ?? 'this hub' },
  { head: 'Since', cell: ({ rejectedAt, publishedAt, assignedAt }) => <Since at={rejectedAt ?? publishedAt ?? assignedAt} /> },
  {
    head: 'Because',
    cell: ({ because, replacedBy }) => (
      <span className="[overflow-wrap:anywhere]">
        {because ?? '–'}
        {replacedBy && (
          <>
            {' '}
            (<code>{replacedBy}</code> stays)
          </>
        )}
      </span>
    ),
  },
];

function Since({ at }: { at: string | null }) {
  return at ? <When at={at} /> : '–';
}

function Asking({ items, stock }: { items: readonly Cve[]; stock: CvePool }) {
  const own = stock.errands.filter(({ cveId }) => items.some((cve) => cve.cveId === cveId));
  if (own.length > 0) return <Errands of={own} />;
  if (items.length > 0) return null;
  const ready = stock.left === 1 ? '1 id is ready' : `${stock.left} ids are ready`;
  return (
    <p className="mt-2 text-soft">{stock.cna === null ? 'This hub has no account with CVE Services.' : `${ready} for ${stock.year}.`}</p>
  );
}

/** As far as somebody has read it; where nobody could tell, whose words name the package. */
export function Whose({ match: { verdict, shortName, because, candidates } }: { match: CnaMatch }) {
  return (
    <div className="mt-2 max-w-prose">
      <p>
        Whose scope this is: {verdict === 'covered' ? shortName : 'could not tell'} <span className="text-soft">({because})</span>
      </p>
      {candidates.length > 0 && (
        <ul className="mt-1 list-disc pl-5 text-soft">
          {candidates.map((of) => (
            <li key={of.shortName} className="[overflow-wrap:anywhere]">
              {of.shortName}: {of.scope}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
