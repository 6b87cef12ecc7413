import { useState } from 'react';
import { withQuery } from '../../api.ts';
import { useList } from '../../parts/more.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Contamination, Submission, Suite } from '../../wire.ts';

const box = 'mt-1 block w-full max-w-md rounded-sm border border-soft bg-sheet px-2.5 py-1.5 font-normal text-ink';

/** What a model can have read of these tasks, by its own word, and where their canaries turned up. */
export function ContaminationSection({ suite }: { suite: Suite }) {
  const submissions = useList<Submission>('/api/submissions');
  const models = submissions.data?.pages.flatMap((page) => page.items) ?? [];
  const [against, setAgainst] = useState('');
  const model = models.find(({ id }) => id === against);
  const cutoffAt = model?.cutoffAt ?? undefined;
  const found = useGet<Contamination>(withQuery(`/api/suites/${suite.id}/contamination`, { cutoffAt, limit: 100 }));
  return (
    <Section title="Contamination" note="a date tells what can have been read; a canary, what was">
      <p className="mb-3">
        <label className="font-medium">
          Against the cutoff of
          <select className={box} value={against} onChange={(event) => setAgainst(event.target.value)}>
            <option value="">no model</option>
            {models.map(({ id, model: name, arm, cutoffAt: cutoff }) => (
              <option key={id} value={id}>
                {name}, {arm}: {cutoff ? `declared ${cutoff.slice(0, 10)}` : 'none declared'}
              </option>
            ))}
          </select>
        </label>
      </p>
      <Awaited of={found}>
        {(ledger) => (
          <>
            <Facts>
              <Fact name="Disclosed">
                {ledger.earliest && ledger.latest && (
                  <>
                    <When at={ledger.earliest} /> to <When at={ledger.latest} />
                  </>
                )}
              </Fact>
              <Fact name="After the cutoff">
                <After ledger={ledger} model={model} />
              </Fact>
            </Facts>
            {cutoffAt && <Dates tasks={suite.tasks} cutoffAt={cutoffAt} />}
            <h3 className="mt-4 mb-2 font-semibold">Canaries seen</h3>
            <Table
              caption="Canaries of these tasks that were seen"
              columns={columns}
              rows={ledger.items}
              id={(entry) => entry.id}
              empty="None was found in what models said or handed in. That is no proof: only what is spelled out is found."
            />
          </>
        )}
      </Awaited>
    </Section>
  );
}

function After({ ledger, model }: { ledger: Contamination; model: Submission | undefined }) {
  if (!model) return <span className="text-soft">choose a model</span>;
  if (ledger.afterCutoff === null || ledger.shareAfterCutoff === null)
    return <>could not tell: its developer declared no cutoff; every task may have been read</>;
  return (
    <>
      {ledger.afterCutoff} of {ledger.tasks} tasks ({Math.round(100 * ledger.shareAfterCutoff)} %)
      {ledger.shareAfterCutoff <= 0.5 && <span className="text-care">; half of them or more may have been read</span>}
    </>
  );
}

const [width, height, edge] = [640, 48, 12];

/** The same dates as in the table of tasks; the picture only shows how they lie about the cutoff. */
function Dates({ tasks, cutoffAt }: { tasks: Suite['tasks']; cutoffAt: string }) {
  const cutoff = Date.parse(cutoffAt);
  const dates = tasks.map((task) => ({ id: task.id, at: Date.parse(task.disclosedAt) }));
  const all = [cutoff, ...dates.map(({ at }) => at)];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const x = (at: number) => edge + ((at - least) / Math.max(1, most - least)) * (width - 2 * edge);
  const before = dates.filter(({ at }) => at <= cutoff).length;
  const label = `${before} of ${dates.length} tasks were public by the cutoff, ${dates.length - before} only later`;
  return (
    <figure className="mt-3 max-w-2xl">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} className="block w-full border border-line bg-sheet">
        <line x1={edge} x2={width - edge} y1={height / 2} y2={height / 2} className="stroke-line" />
        {dates.map(({ id, at }) => (
          <line key={id} x1={x(at)} x2={x(at)} y1={14} y2={34} strokeWidth="3" className={at > cutoff ? 'stroke-good' : 'stroke-care'}>
            <title>{id}</title>
          </line>
        ))}
        <line x1={x(cutoff)} x2={x(cutoff)} y1={4} y2={height - 4} strokeWidth="2" strokeDasharray="4 3" className="stroke-ink" />
      </svg>
      <figcaption className="mt-1 text-soft">
        Each stroke is a task, by the day its flaw was public. Dashed: the declared cutoff, {cutoffAt.slice(0, 10)}.
      </figcaption>
    </figure>
  );
}

const guises = {
  plain: 'as it stands',
  reversed: 'reversed',
  hex: 'in hex',
  'hex-reversed': 'in hex, reversed',
  base64: 'in base64',
  'base64-reversed': 'in base64, reversed',
} as const;

const columns: readonly Column<Contamination['items'][number]>[] = [
  { head: 'Task', cell: (entry) => <span className="[overflow-wrap:anywhere]">{entry.taskId}</span> },
  { head: 'Where', cell: (entry) => entry.seenAt },
  { head: 'How', cell: (entry) => guises[entry.guise] },
  { head: 'Run', cell: (entry) => <code title={entry.runId}>{entry.runId.slice(-8)}</code> },
  { head: 'Found', cell: (entry) => <When at={entry.foundAt} /> },
];
