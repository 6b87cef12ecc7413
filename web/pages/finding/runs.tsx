import { Tag } from '../../parts/chips.tsx';
import { Digest } from '../../parts/digest.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { verdictTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Finding, Validation } from '../../wire.ts';

type Trial = Validation['trials'][number];
type Count = NonNullable<Trial['counts']>['vulnerable'];

/** The re-runs in our own boxes that the verdict rests on. */
export function Runs({ finding }: { finding: Finding }) {
  return (
    <Section title="Validation" note="our own re-run in a box without network or keys; the only thing a verdict comes from">
      {finding.validationId ? (
        <Judged id={finding.validationId} />
      ) : (
        <p className="border border-line bg-sheet px-4 py-6 text-soft">
          {finding.verdict ? 'The verdict rests on no run.' : 'Not concluded yet.'}
        </p>
      )}
    </Section>
  );
}

function Judged({ id }: { id: string }) {
  const found = useGet<Validation>(`/api/validations/${id}`);
  return (
    <Awaited of={found}>
      {(validation) => (
        <>
          <Facts>
            <Fact name="Requested">
              <When at={validation.requestedAt} />
            </Fact>
            <Fact name="Concluded">{validation.concludedAt && <When at={validation.concludedAt} />}</Fact>
            <Fact name="Recipe">{validation.recipeId && <code>{validation.recipeId}</code>}</Fact>
            <Fact name="Signed record">{validation.trials.length > 0 && <a href={`/api/validations/${id}/record`}>DSSE envelope</a>}</Fact>
          </Facts>
          {validation.trials.map((trial, i) => (
            <OneTrial key={`${trial.recipeId} ${trial.pocId}`} trial={trial} number={i + 1} />
          ))}
        </>
      )}
    </Awaited>
  );
}

function OneTrial({ trial, number }: { trial: Trial; number: number }) {
  return (
    <section className="mt-4">
      <h3 className="mb-2 font-semibold">
        Trial {number}: <code>{trial.recipeId}</code>
      </h3>
      <Facts>
        <Fact name="Verdict">{trial.verdict ? <Tag tone={verdictTone[trial.verdict]}>{trial.verdict}</Tag> : 'none'}</Fact>
        <Fact name="Because">{trial.because}</Fact>
        <Fact name="Proof of concept">
          <Digest of={trial.pocSha256} />
        </Fact>
        {trial.counts && (
          <Fact name="Crashes">
            vulnerable {share(trial.counts.vulnerable)}, fixed {share(trial.counts.fixed)}, control {share(trial.counts.control)}
          </Fact>
        )}
      </Facts>
      {trial.runs.length > 0 && (
        <details className="mt-2">
          <summary className="w-fit cursor-pointer text-accent">All {trial.runs.length} runs</summary>
          <div className="mt-2">
            <Table
              caption={`Runs of trial ${number}`}
              columns={columns}
              rows={trial.runs}
              id={(run) => `${run.variant} ${run.input} ${run.index} ${run.symbolized}`}
              empty=""
            />
          </div>
        </details>
      )}
    </section>
  );
}

function share({ crashes, of }: Count): string {
  return `${crashes} of ${of}`;
}

const columns: readonly Column<Trial['runs'][number]>[] = [
  { head: 'Build', cell: (run) => run.variant },
  { head: 'Input', cell: (run) => run.input },
  { head: 'Run', cell: (run) => run.index + 1 },
  { head: 'End', cell: (run) => `${run.end}${run.exit === null ? '' : ` ${run.exit}`}` },
  { head: 'Time', cell: (run) => `${run.wallMs} ms` },
];
