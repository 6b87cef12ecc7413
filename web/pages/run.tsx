import { Link, useParams } from '@tanstack/react-router';
import { Tag, Tlp } from '../parts/chips.tsx';
import { Digest } from '../parts/digest.tsx';
import { Fact, Facts, Page, Section } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { classesOf } from '../parts/tokens.ts';
import { runTone } from '../parts/tones.ts';
import { When } from '../parts/when.tsx';
import { useGet } from '../session.ts';
import type { Run } from '../wire.ts';
import { GradeSection } from './run/grade.tsx';
import { RunRecord } from './run/record.tsx';

export function RunPage() {
  const { id, runId } = useParams({ from: '/reviews/$id/runs/$runId' });
  const run = useGet<Run>(`/api/runs/${runId}`);
  return (
    <Awaited of={run} page="Run">
      {(found) => (
        <Page
          title={found.taskId ?? `Run ${found.id.slice(-8)}`}
          over={
            <Link to="/reviews/$id" params={{ id }}>
              Submission
            </Link>
          }
          beside={<Tlp of="RED" />}
        >
          <About run={found} />
          <GradeSection run={found} />
          {/* What was said shows the task: only who keeps the suite is told the task at all. */}
          {found.taskId !== undefined && found.transcriptSha256 && <RunRecord run={found} />}
          {found.taskId === undefined && (
            <Section title="Transcript">
              <p className="text-soft">
                It shows the task, so that only who keeps the suite reads it.{' '}
                {found.transcriptSha256 && (
                  <>
                    Its digest is <Digest of={found.transcriptSha256} whole />.
                  </>
                )}
              </p>
            </Section>
          )}
          <Timeline thing={found.id} />
        </Page>
      )}
    </Awaited>
  );
}

function About({ run }: { run: Run }) {
  const tokens = run.inputTokens + run.outputTokens;
  return (
    <Facts>
      <Fact name="State">
        <Tag tone={runTone[run.state]}>{run.state}</Tag> {run.ended}
      </Fact>
      <Fact name="Because">{run.because}</Fact>
      <Fact name="Budget and epoch">
        {run.budget + 1}, {run.epoch + 1}
      </Fact>
      <Fact name="Queued">
        <When at={run.queuedAt} />
      </Fact>
      <Fact name="Begun">{run.begunAt && <When at={run.begunAt} />}</Fact>
      <Fact name="Finished">{run.finishedAt && <When at={run.finishedAt} />}</Fact>
      <Fact name="Worked on by">
        {run.solver}
        {run.isBaseline && (
          <>
            {' '}
            <Tag tone="care">a baseline: no score of a model</Tag>
          </>
        )}
      </Fact>
      <Fact name="Used">
        {run.turnsUsed} of {run.turns.toLocaleString('en')} turns, {run.toolCalls} tool calls; {tokens.toLocaleString('en')} of{' '}
        {run.tokens.toLocaleString('en')} tokens
        {run.minutes !== null && `; ${minutesOf(run)} of ${run.minutes} minutes of its own time`}
        {run.minutes === null && run.state === 'finished' && `; ${minutesOf(run)} minutes of its own time`}
      </Fact>
      <Fact name="Tokens by class">{run.state === 'finished' && classesOf(run.spent.use)}</Fact>
      <Fact name="Calls that broke">
        {run.spent.brokenCalls > 0 && `${run.spent.brokenCalls}, paid beside the budget: ${classesOf(run.spent.brokenUse)}`}
      </Fact>
      <Fact name="Attempts">{run.attempt > 1 && `${run.attempt}: a worker died, and another went on from the record`}</Fact>
      <Fact name="Handed in">
        {run.handedInSha256 ? <Digest of={run.handedInSha256} whole /> : run.hasHandedIn ? 'something' : 'nothing'}
      </Fact>
    </Facts>
  );
}

const minutesOf = (run: Run) => (run.spent.activeMs / 60_000).toFixed(1);
