import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Gathered, useList } from '../parts/more.tsx';
import { Page, Section } from '../parts/page.tsx';
import type { Estimate, Plan, Submission } from '../wire.ts';
import { HorizonChart } from './horizons/chart.tsx';
import { type Horizon, ownHorizons } from './horizons/own.ts';
import type { Study } from './horizons/study.ts';
import { StudyFile } from './horizons/study-file.tsx';
import { HorizonTable } from './horizons/table.tsx';

/** The length of task that models solve half of, and four fifths: of what was measured here, and of a study beside it. */
export function HorizonsPage() {
  const estimates = useList<Estimate>('/api/estimates');
  const plans = useList<Plan>('/api/plans');
  const submissions = useList<Submission>('/api/submissions');
  const [study, setStudy] = useState<Study>();
  return (
    <Page title="Time horizons" over={<Link to="/reviews">Reviews</Link>}>
      <p className="max-w-prose text-soft">
        How long people need for the tasks of which a model solves half (p50), or four fifths (p80), after Kwa et al. 2025. It says what was
        solved at these tasks with these budgets; a baseline is no model, and has none.
      </p>
      <Section title="Measured here" note="each from the newest estimate of a plan">
        <Gathered of={estimates}>
          {(made) => (
            <Gathered of={plans}>
              {(frozen) => (
                <Gathered of={submissions}>{(offered) => <Drawn own={ownHorizons(made, frozen, offered)} study={study} />}</Gathered>
              )}
            </Gathered>
          )}
        </Gathered>
      </Section>
      <StudyFile study={study} take={setStudy} />
    </Page>
  );
}

function Drawn({ own, study }: { own: readonly Horizon[]; study: Study | undefined }) {
  return (
    <>
      <HorizonChart own={own} study={study} />
      <div className="mt-3">
        <HorizonTable
          caption="Horizons of the models measured here"
          rows={own}
          empty="No estimate has a horizon yet: it needs runs of a model at two tasks or more whose suite says how long people take."
        />
      </div>
      {study && (
        <>
          <h3 className="mt-4 mb-2 font-semibold">From the study</h3>
          <HorizonTable caption="Horizons of the models of the study" rows={study.models} empty="The study has no model." />
        </>
      )}
    </>
  );
}
