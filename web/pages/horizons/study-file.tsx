import { useState } from 'react';
import { Button } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { readStudy, type Study } from './study.ts';

const mostBytes = 4 * 2 ** 20;

/** A study that was worked out elsewhere, drawn beside what was measured here. It stays in this browser. */
export function StudyFile({ study, take }: { study: Study | undefined; take: (study: Study | undefined) => void }) {
  const [problem, setProblem] = useState<string>();
  const read = async (file: File | undefined) => {
    if (!file) return;
    const found = file.size > mostBytes ? 'it is larger than 4 MiB' : readStudy(await file.text());
    setProblem(typeof found === 'string' ? found : undefined);
    take(typeof found === 'string' ? undefined : found);
  };
  return (
    <Section title="A study beside it" note="stays in this browser; nothing is sent">
      <p className="max-w-prose">
        What <code>breakwater estimates horizons RUNS.jsonl --json</code> printed, as a file: many models, and the trend of their frontier.
      </p>
      <p className="mt-3">
        <label className="font-medium" htmlFor="study">
          File
        </label>
        <input
          id="study"
          type="file"
          accept="application/json,.json"
          className="mt-1 block w-full max-w-md"
          onChange={(event) => void read(event.target.files?.[0])}
        />
      </p>
      {problem !== undefined && (
        <p role="alert" className="mt-3 border-l-4 border-bad bg-sheet px-4 py-3 text-bad">
          This is no such answer: {problem}.
        </p>
      )}
      {study && (
        <>
          <p role="status" className="mt-3">
            {study.models.length} models, {study.runs.toLocaleString('en')} runs, {study.draws.toLocaleString('en')} draws. {trend(study)}
          </p>
          <p className="mt-3">
            <Button quiet onClick={() => take(undefined)}>
              Take it away
            </Button>
          </p>
        </>
      )}
    </Section>
  );
}

function trend({ trend: { doublingTimeDays, interval, because } }: Study): string {
  if (doublingTimeDays === null) return `No trend: ${because ?? 'none was told'}.`;
  const days = (n: number | null) => (n === null ? 'never' : `${Math.round(n)}`);
  const between = interval ? ` (95 %: ${days(interval[0])} to ${days(interval[1])})` : '';
  return `The p50 of the frontier doubles in ${Math.round(doublingTimeDays)} days${between}.`;
}
