import { Tag } from '../../parts/chips.tsx';
import { Digest } from '../../parts/digest.tsx';
import { Fact, Facts } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { verdictTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import type { Validation } from '../../wire.ts';

type Trial = Validation['trials'][number];
type Count = NonNullable<Trial['counts']>['vulnerable'];

/** One input against one recipe: k of N on each build. */
export function OneTrial({ trial, number }: { trial: Trial; number: number }) {
  return (
    <section className="mt-4">
      <h3 className="mb-2 font-semibold">
        Trial {number}: <RecipeName of={trial} />
      </h3>
      <Facts>
        <Fact name="Verdict">{trial.verdict ? <Tag tone={verdictTone[trial.verdict]}>{trial.verdict}</Tag> : 'not tried'}</Fact>
        <Fact name="Because">{trial.because}</Fact>
        <Fact name="Proof of concept">
          <Digest of={trial.pocSha256} />
        </Fact>
        {trial.counts && (
          <Fact name="Crashes">
            vulnerable {share(trial.counts.vulnerable)}, fixed {share(trial.counts.fixed)}, control {share(trial.counts.control)}
          </Fact>
        )}
        <Fact name="Flake rate">
          {trial.flake &&
            `${trial.flake.quiet} of ${trial.flake.of} runs did not show it: between ${percent(trial.flake.low)} and ${percent(trial.flake.high)} of all, at 95 %`}
        </Fact>
        <Fact name="Adopted">{trial.recipeBy.adoptedAt && <Adopted of={trial} />}</Fact>
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

function RecipeName({ of }: { of: Trial }) {
  return of.recipeBy.origin === 'finder' ? 'the finder’s own recipe' : <code>{of.recipeId}</code>;
}

function Adopted({ of: { recipeBy } }: { of: Trial }) {
  return (
    <>
      by {recipeBy.adoptedBy ? <Digest of={recipeBy.adoptedBy} /> : 'a coordinator'}, <When at={recipeBy.adoptedAt!} />
    </>
  );
}

const share = ({ crashes, of }: Count) => `${crashes} of ${of}`;
const percent = (of: number) => `${Math.round(of * 100)} %`;

const columns: readonly Column<Trial['runs'][number]>[] = [
  { head: 'Build', cell: (run) => run.variant },
  { head: 'Input', cell: (run) => run.input },
  { head: 'Run', cell: (run) => `${run.index + 1}${run.symbolized ? ', with names' : ''}` },
  { head: 'End', cell: (run) => `${run.end}${run.exit === null ? '' : ` ${run.exit}`}` },
  { head: 'Time', cell: (run) => `${run.wallMs} ms` },
];
