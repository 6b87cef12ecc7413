import { Tag } from '../../parts/chips.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { validationTone, verdictTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Finding, Validation, Validations } from '../../wire.ts';
import { SeverityFacts } from './facts.tsx';
import { ProgressBar, useProgress } from './progress.tsx';
import { ForStaff } from './rerun.tsx';
import { RunReports } from './run-reports.tsx';
import { OneTrial } from './trial.tsx';

/** The re-runs in our own boxes that the verdict rests on. */
export function Validated({ finding, isStaff }: { finding: Finding; isStaff: boolean }) {
  const found = useGet<Validations>(`/api/findings/${finding.id}/validations`);
  return (
    <Section title="Validation" note="our own re-run in a box without network or keys; the only thing a verdict comes from">
      <Awaited of={found}>
        {({ items: [newest, ...earlier] }) => (
          <>
            {newest ? (
              <One of={newest} finding={finding} isStaff={isStaff} />
            ) : (
              <p className="border border-line bg-sheet px-4 py-6 text-soft">
                {finding.verdict ? 'The verdict rests on no run.' : 'Not asked for yet.'}
              </p>
            )}
            {isStaff && <ForStaff finding={finding} newest={newest} />}
            {earlier.length > 0 && <Earlier of={earlier} finding={finding} />}
          </>
        )}
      </Awaited>
    </Section>
  );
}

function One({ of, finding, isStaff }: { of: Validation; finding: Finding; isStaff: boolean }) {
  const now = useProgress(of);
  return (
    <>
      <Facts>
        <Fact name="State">
          <Tag tone={validationTone[now.state]}>{words[now.state]}</Tag>
        </Fact>
        <Fact name="Now">{now.state === 'running' && <ProgressBar of={now} />}</Fact>
        <Fact name="Waits since">
          {now.state === 'requested' && (
            <>
              <When at={of.requestedAt} left />
              {of.before !== null && `; ${of.before === 0 ? 'nothing goes' : `${of.before} go`} before it`}
            </>
          )}
        </Fact>
        <Fact name="Verdict">{of.verdict && <Tag tone={verdictTone[of.verdict]}>{of.verdict}</Tag>}</Fact>
        <Fact name="Because">{of.because}</Fact>
        <Fact name="What mends it">{isStaff && of.mends.length > 0 && <Mends of={of.mends} />}</Fact>
        <Fact name="Asked">{now.state !== 'requested' && <When at={of.requestedAt} />}</Fact>
        <Fact name="Taken up">{of.attempts > 1 && `${of.attempts} times: a worker died, or broke at it`}</Fact>
        <Fact name="Concluded">{of.concludedAt && <When at={of.concludedAt} />}</Fact>
        <Fact name="Needed">{of.needed < of.runs && `${of.needed} of ${of.runs} runs`}</Fact>
        <Fact name="Recipe">
          {of.recipeBy && (of.recipeBy.origin === 'finder' ? 'the finder’s own, adopted' : <code>{of.recipeId}</code>)}
        </Fact>
        <Fact name="Signed record">
          {of.trials.some((trial) => trial.verdict) && <a href={`/api/validations/${of.id}/record`}>DSSE envelope</a>}
        </Fact>
      </Facts>
      {of.facts && <SeverityFacts of={of.facts} finding={finding} />}
      {of.state === 'concluded' &&
        of.trials.map((trial, i) => <OneTrial key={`${trial.recipeId} ${trial.pocId}`} trial={trial} number={i + 1} />)}
      <RunReports of={of} />
    </>
  );
}

const words: Record<Validation['state'], string> = {
  requested: 'waits for the lab',
  running: 'runs now',
  parked: 'parked: the hub gave up on it',
  concluded: 'concluded',
  cancelled: 'ended: nobody waits for it',
};

function Mends({ of }: { of: readonly string[] }) {
  return (
    <ul>
      {of.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Earlier({ of, finding }: { of: readonly Validation[]; finding: Finding }) {
  return (
    <details className="mt-4">
      <summary className="w-fit cursor-pointer text-accent">
        {of.length} earlier {of.length === 1 ? 're-run' : 're-runs'}
      </summary>
      {of.map((one) => (
        <div key={one.id} className="mt-4">
          <One of={one} finding={finding} isStaff={false} />
        </div>
      ))}
    </details>
  );
}
