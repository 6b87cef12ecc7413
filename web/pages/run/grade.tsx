import { withQuery } from '../../api.ts';
import { Tag } from '../../parts/chips.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { outcomeTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useGet, useWho } from '../../session.ts';
import type { Grade, Judgement, Run } from '../../wire.ts';
import { EntryLink } from './entry-link.tsx';
import { JudgementForms } from './judgement-forms.tsx';
import { Judgements } from './judgements.tsx';

/** How a run was graded, what makes it suspect, and what people said of it since. */
export function GradeSection({ run }: { run: Run }) {
  const found = useGet<{ items: readonly Grade[] }>(withQuery(`/api/plans/${run.planId}/grades`, { runId: run.id }));
  return (
    <Section title="Grade" note="by a re-run in a fresh box; people only settle what rules cannot">
      <Awaited of={found}>
        {({ items: [grade] }) => (grade ? <Shown of={grade} run={run} /> : <p className="text-soft">{none(run)}</p>)}
      </Awaited>
    </Section>
  );
}

function none({ state }: Run): string {
  return state === 'finished' ? 'Nobody has been asked to grade it yet.' : 'None before the run is finished.';
}

function Shown({ of, run }: { of: Grade; run: Run }) {
  const said = useGet<{ items: readonly Judgement[] }>(`/api/grades/${of.id}/judgements`);
  const me = useWho().data;
  const isBlind = of.state === 'given' && of.outcome === null;
  return (
    <>
      <Facts>
        <Fact name="Deterministic">
          {of.outcome ? (
            <Tag tone={outcomeTone[of.outcome]}>{of.outcome}</Tag>
          ) : isBlind ? (
            `hidden from you until you have given ${of.isAskedOfYou ? 'your own grade' : 'the grades of all that were asked of you'}`
          ) : (
            'being graded'
          )}
          {run.isBaseline && <span className="text-soft"> (of a baseline, not of a model)</span>}
        </Fact>
        {of.beneath && of.beneath !== of.outcome && (
          <Fact name="If no suspicion holds">
            <Tag tone={outcomeTone[of.beneath]}>{of.beneath}</Tag>
          </Fact>
        )}
        <Fact name="Counts as">{of.counted && <Tag tone={outcomeTone[of.counted]}>{of.counted}</Tag>}</Fact>
        <Fact name="Disputed">{of.isDisputed && 'by its developer, whom nobody has answered yet'}</Fact>
        <Fact name="Because">{of.because}</Fact>
        <Fact name="Asked for">
          <When at={of.requestedAt} />
        </Fact>
        <Fact name="Given">{of.givenAt && <When at={of.givenAt} />}</Fact>
        <Fact name="Found by re-running">{of.verdicts && of.verdicts.length > 0 && <Verdicts of={of.verdicts} />}</Fact>
        <Fact name="Suspect, because">{of.signals && of.signals.length > 0 && <Signals of={of.signals} />}</Fact>
        <Fact name="Signed record">{of.record != null && 'kept, signed by the hub'}</Fact>
      </Facts>
      <Awaited of={said}>
        {({ items }) => (
          <>
            <Judgements of={items} colleaguesOf={run.taskId === undefined ? undefined : me?.orgId} />
            {of.state === 'given' && <JudgementForms grade={of} said={items} isBlind={isBlind} isOwn={run.taskId !== undefined} />}
          </>
        )}
      </Awaited>
    </>
  );
}

function Verdicts({ of }: { of: NonNullable<Grade['verdicts']> }) {
  return (
    <ol className="list-inside list-decimal">
      {of.map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: gradings have no other name than their place
        <li key={i} className="[overflow-wrap:anywhere]">
          <strong className="font-semibold">{one.verdict}</strong>: {one.because}
          {one.place && (
            <span className="text-soft">
              {' '}
              ({one.place.family}
              {one.place.isKnown === true && ', where one of the target’s own PoCs ends too'}
              {one.place.isKnown === false && ', at a place that no PoC of the target reaches'})
            </span>
          )}
          {one.fields && (
            <ul className="list-disc pl-8">
              {one.fields.map(({ question, isRight }) => (
                <li key={question}>
                  {question}: {isRight ? 'right' : 'wrong'}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}

/** Where the record shows it: a suspicion that cannot be looked up settles nothing. */
function Signals({ of }: { of: NonNullable<Grade['signals']> }) {
  return (
    <ul>
      {of.map((signal) => {
        const place = /^transcript (\d+)$/.exec(signal.where)?.[1];
        return (
          <li key={`${signal.rule} ${signal.where} ${signal.because}`} className="[overflow-wrap:anywhere]">
            <strong className="font-semibold">{signal.rule}</strong>: {signal.because}; at{' '}
            {place === undefined ? signal.where : <EntryLink entry={Number(place)} />}
          </li>
        );
      })}
    </ul>
  );
}
