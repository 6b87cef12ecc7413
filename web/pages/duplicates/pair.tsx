import { Form } from '@base-ui/react/form';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Tag, type Tone } from '../../parts/chips.tsx';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Ladder } from '../../parts/ladder.tsx';
import { OrgName } from '../../parts/org-name.tsx';
import { Fact, Facts, Page, Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Comparison, MatrixAsked, Pair as TwoFindings } from '../../wire.ts';
import { percent } from '../duplicates.tsx';

export const decisionTone: Record<Comparison['decision'], Tone> = { same: 'good', distinct: 'plain', unsure: 'care' };
const decisions = [
  ['same', 'the same: one root cause, one fix'],
  ['distinct', 'distinct: two flaws, whatever else they share'],
] as const;

/** Two findings side by side, for a person to say whether they are one flaw. */
export function Pair() {
  const { aId, bId } = useParams({ from: '/duplicates/$aId/$bId' });
  const found = useGet<TwoFindings>(`/api/duplicates/pairs/${aId}/${bId}`);
  return (
    <Awaited of={found} page="Two findings">
      {(pair) => <Shown pair={pair} />}
    </Awaited>
  );
}

function Shown({ pair }: { pair: TwoFindings }) {
  const { a, b, common, differing, now } = pair;
  return (
    <Page title="Are these one flaw?" over={<Link to="/duplicates">Duplicates</Link>}>
      {now && (
        <p>
          The hub says <Tag tone={decisionTone[now.decision]}>{now.decision}</Tag>, {percent(now.score)} likely the same:{' '}
          {now.reasons.join('; ')}.
        </p>
      )}
      <div className="mt-5 grid gap-5 lg:grid-cols-2">
        <Side of={a} which="The older" />
        <Side of={b} which="The younger" />
      </div>
      <Section title="Held against each other">
        <div className="grid gap-5 lg:grid-cols-2">
          <Words title="Alike" of={common} empty="Nothing." />
          <Words title="Not alike" of={differing} empty="Nothing that is known." />
        </div>
      </Section>
      <Decide pair={pair} />
      <TryFixes pair={pair} />
      <Section title="What was decided" note="the newest first; nothing is lost">
        <Table caption="Decisions" columns={columns} rows={pair.history} id={(of) => of.id} empty="Nothing yet." />
      </Section>
    </Page>
  );
}

function Side({ of: { finding, vulnerabilityId }, which }: { of: TwoFindings['a']; which: string }) {
  const { symbol } = finding;
  return (
    <section aria-label={which}>
      <h2 className="mb-2 text-lg font-semibold [overflow-wrap:anywhere]">
        <span className="block text-[0.87em] font-normal text-soft">{which}</span>
        <Link to="/findings/$id" params={{ id: finding.id }}>
          {finding.title}
        </Link>
      </h2>
      <Facts>
        <Fact name="Evidence">
          <Ladder rung={finding.rung} compact />
        </Fact>
        <Fact name="Package">
          <code>{finding.purl}</code>
        </Fact>
        <Fact name="From">
          <OrgName id={finding.orgId} />
        </Fact>
        <Fact name="Received">
          <When at={finding.receivedAt} />
        </Fact>
        <Fact name="Where">{symbol && [symbol.function, symbol.file].filter(Boolean).join(' in ')}</Fact>
        <Fact name="Weakness">{finding.cwe}</Fact>
        <Fact name="Verdict">{finding.verdict}</Fact>
        <Fact name="Crash">{finding.crashState && <pre className="mono whitespace-pre-wrap">{finding.crashState}</pre>}</Fact>
        <Fact name="Counted in">
          {vulnerabilityId && (
            <Link to="/vulnerabilities/$id" params={{ id: vulnerabilityId }}>
              its vulnerability
            </Link>
          )}
        </Fact>
      </Facts>
      <pre className="mt-3 max-h-80 overflow-auto border border-line bg-sheet p-4 font-sans whitespace-pre-wrap">
        {finding.text || 'No description came with it.'}
      </pre>
    </section>
  );
}

function Words({ title, of, empty }: { title: string; of: readonly string[]; empty: string }) {
  return (
    <div>
      <h3 className="mb-1 font-medium">{title}</h3>
      {of.length === 0 ? (
        <p className="text-soft">{empty}</p>
      ) : (
        <ul className="list-disc ps-5 [overflow-wrap:anywhere]">
          {of.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Decide({ pair: { a, b } }: { pair: TwoFindings }) {
  const act = useAct(`/api/duplicates/pairs/${a.finding.id}/${b.finding.id}`);
  const [done, setDone] = useState(0);
  return (
    <Section title="Decide" note="a person's word stands above the hub's, and can be taken back">
      <Form key={done} className="max-w-md" onFormSubmit={(given) => act.mutate(given, { onSuccess: () => setDone(done + 1) })}>
        <Choice name="decision" label="They are" of={decisions} />
        <Field name="because" label="Why" autoComplete="off" />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Decide
        </Button>
      </Form>
    </Section>
  );
}

/** The lab as arbiter: every PoC of both on every patched build of either. */
function TryFixes({ pair: { a, b } }: { pair: TwoFindings }) {
  const act = useAct<MatrixAsked>('/api/matrices');
  return (
    <Section title="Let the fixes decide" note="every proof of concept of both, on every patched build of either">
      <Button quiet onClick={() => act.mutate({ aId: a.finding.id, bId: b.finding.id })} disabled={act.isPending} focusableWhenDisabled>
        Try the fixes
      </Button>
      <Refusal error={act.error} />
      {act.data && (
        <p role="status" className="mt-2">
          {act.data.matrixId ? 'The lab is at it; what it shows becomes a decision here.' : act.data.because}
        </p>
      )}
    </Section>
  );
}

const columns: readonly Column<Comparison>[] = [
  { head: 'Decision', cell: (of) => <Tag tone={decisionTone[of.decision]}>{of.decision}</Tag> },
  { head: 'Because', cell: (of) => of.reasons.join('; ') },
  { head: 'By', cell: (of) => (of.decidedBy === 'house' ? 'the hub' : <code>{of.decidedBy}</code>) },
  { head: 'When', cell: (of) => <When at={of.decidedAt} /> },
];
