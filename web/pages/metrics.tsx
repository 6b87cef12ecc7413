import { type ReactNode, useState } from 'react';
import { withQuery } from '../api.ts';
import { Choice } from '../parts/form.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { When } from '../parts/when.tsx';
import { useGet, useWho } from '../session.ts';
import type { Metric, PublicQuarters, Quarter } from '../wire.ts';
import { Numbers } from './metrics/numbers.tsx';
import { CoordinationSkill } from './metrics/skill.tsx';

const cuts = [
  ['staff', 'staff'],
  ['board', 'a board'],
  ['public', 'everybody'],
] as const;

/** A quarter in numbers, each with what was counted, of what: for everybody what was made public, for coordinators all of it. */
export function MetricsPage() {
  const who = useWho();
  const defined = useGet<{ items: readonly Metric[] }>('/api/metrics/definitions');
  return (
    <Awaited of={who} page="Metrics">
      {(found) => (
        <Page title="Metrics">
          <p className="max-w-prose text-soft">
            Each number stands with what was counted and of what, and is counted from entries of the log. How fast is said only beside how
            well.
          </p>
          <Awaited of={defined}>
            {({ items }) => (found?.roles.includes('coordinator') ? <Desk metrics={items} /> : <Public metrics={items} />)}
          </Awaited>
          {found?.roles.includes('coordinator') && <CoordinationSkill />}
        </Page>
      )}
    </Awaited>
  );
}

interface Props {
  readonly metrics: readonly Metric[];
  readonly choice?: ReactNode;
}

function Desk({ metrics }: Props) {
  const [cut, setCut] = useState('staff');
  const choice = <Choice name="cut" label="As seen by" of={cuts} chosen={cut} onChange={setCut} />;
  return <>{cut === 'public' ? <Public metrics={metrics} choice={choice} /> : <Counted metrics={metrics} choice={choice} cut={cut} />}</>;
}

const earlier = 8;

function Counted({ metrics, choice, cut }: Props & { cut: string }) {
  const [asked, setAsked] = useState('');
  const now = useGet<Quarter>(withQuery('/api/metrics', { cut }));
  return (
    <Awaited of={now}>
      {(current) => {
        const names = Array.from({ length: earlier }).reduce<string[]>((all) => [...all, before(all.at(-1)!)], [current.quarter]);
        const of = names.map((name) => [name, name === current.quarter ? `${name}, under way` : name] as const);
        return (
          <>
            <Chosen>
              {choice}
              <Choice name="quarter" label="Quarter" of={of} chosen={current.quarter} onChange={setAsked} />
            </Chosen>
            <Two metrics={metrics} cut={cut} quarter={asked || current.quarter} />
          </>
        );
      }}
    </Awaited>
  );
}

function Two({ metrics, cut, quarter }: Props & { cut: string; quarter: string }) {
  const shown = useGet<Quarter>(withQuery('/api/metrics', { cut, quarter }));
  const last = useGet<Quarter>(withQuery('/api/metrics', { cut, quarter: before(quarter) }));
  return (
    <Section title={quarter} note="and the quarter before">
      <Awaited of={shown}>{(now) => <Awaited of={last}>{(then) => <Numbers metrics={metrics} quarters={[now, then]} />}</Awaited>}</Awaited>
    </Section>
  );
}

function Public({ metrics, choice }: Props) {
  const [asked, setAsked] = useState('');
  const found = useGet<PublicQuarters>('/api/metrics/public?limit=100');
  return (
    <Awaited of={found}>
      {({ items }) => {
        const newest = items.toReversed();
        const at = Math.max(
          0,
          newest.findIndex((item) => item.quarter === asked),
        );
        const shown = newest[at];
        if (!shown)
          return (
            <>
              <Chosen>{choice}</Chosen>
              <p>No quarter was made public yet.</p>
            </>
          );
        const of = newest.map(({ quarter }) => [quarter, quarter] as const);
        return (
          <>
            <Chosen>
              {choice}
              <Choice name="quarter" label="Quarter" of={of} chosen={newest[0]!.quarter} onChange={setAsked} />
            </Chosen>
            <Section
              title={shown.quarter}
              note={
                <>
                  made public <When at={shown.publishedAt} />, and not changed since
                </>
              }
            >
              <Numbers metrics={metrics} quarters={newest.slice(at, at + 2)} />
            </Section>
          </>
        );
      }}
    </Awaited>
  );
}

function Chosen({ children }: { children: ReactNode }) {
  return <div className="mt-6 grid max-w-2xl gap-x-6 sm:grid-cols-2">{children}</div>;
}

/** `2027-Q1` → `2026-Q4`. */
function before(quarter: string): string {
  const [year, q] = quarter.split('-Q').map(Number);
  return q === 1 ? `${year! - 1}-Q4` : `${year}-Q${q! - 1}`;
}
