import { Choice, Field } from '../../parts/form.tsx';
import { useGet, useWho } from '../../session.ts';
import type { Colleague, Grade, Judgement } from '../../wire.ts';
import { Act } from '../case/act.tsx';

interface Props {
  readonly grade: Grade;
  readonly said: readonly Judgement[];
  /** The viewer was asked to grade runs of its plan again, and is not shown how any was graded. */
  readonly isBlind: boolean;
  /** The viewer keeps the suite. */
  readonly isOwn: boolean;
}

/** What a person may say of it now; the others are not offered. */
export function JudgementForms({ grade, said, isBlind, isOwn }: Props) {
  const me = useWho().data;
  const path = `/api/grades/${grade.id}`;
  if (me?.kind !== 'person') return null;
  if (grade.isAskedOfYou) return <Again path={`${path}/give-second`} />;
  if (isBlind) return null;
  if (!isOwn) return me.roles.includes('developer') ? <Dispute path={path} /> : null;
  const asked = said.findLast(({ kind }) => kind === 'second-asked' || kind === 'second-given');
  // What is settled meanwhile would tell whoever grades it again that there was something to settle.
  const waits = asked?.kind === 'second-asked';
  const isTried = grade.outcome !== 'refused' && grade.outcome !== 'infra-error';
  const isOpen = said.some(({ kind }) => kind === 'disputed' || kind === 'second-given');
  const gaveSecond = said.some(({ kind, byId }) => kind === 'second-given' && byId === me.id);
  return (
    <>
      {grade.outcome === 'suspected-cheat' && !waits && <Settle path={path} />}
      {isTried && !waits && <Ask path={path} meId={me.id} />}
      {waits && (
        <p className="mt-3 text-soft">Somebody is grading it again, without having seen this grade. What is open is settled after that.</p>
      )}
      {isOpen && !gaveSecond && !waits && <Resolve path={`${path}/resolve`} isDisputed={grade.isDisputed === true} />}
      {isOpen && gaveSecond && <p className="mt-3 text-soft">Somebody else settles it: you gave one of the two grades.</p>}
    </>
  );
}

function Because({ hint }: { hint: string }) {
  return <Field name="because" label="Because" rows={3} hint={hint} />;
}

function Settle({ path }: { path: string }) {
  const of = [
    ['true', 'it holds: what was handed in counts as not solved'],
    ['false', 'it does not hold: the grade beneath it counts'],
  ] as const;
  return (
    <Act
      path={`${path}/judge`}
      label="Say whether the suspicion holds"
      button="Say so"
      read={({ holds, ...rest }) => ({ ...rest, holds: holds === 'true' })}
    >
      <Choice name="holds" label="The suspicion" of={of} />
      <Because hint="Your name stands with it. The suspicion and its evidence stay beside it." />
    </Act>
  );
}

function Ask({ path, meId }: { path: string; meId: string }) {
  const people = useGet<{ items: readonly Colleague[] }>('/api/people/own').data?.items ?? [];
  const others = people.filter(({ id }) => id !== meId).map(({ id, name }) => [id, name] as const);
  if (others.length === 0) return <p className="mt-3 text-soft">Nobody else of your organisation could grade it again.</p>;
  return (
    <Act path={`${path}/ask-second`} label="Ask for a blind second grade" button="Ask">
      <Choice name="personId" label="Whom" of={others} hint="The first grade is hidden from them until they have given theirs." />
      <Because hint="Why it is graded twice. Whoever is asked reads this: say nothing of the first grade." />
    </Act>
  );
}

const outcomes = [
  ['solved', 'solved'],
  ['not-solved', 'not solved'],
  ['ungradable', 'could not be told'],
] as const;

function Outcome() {
  return <Choice name="outcome" label="What was handed in" of={outcomes} />;
}

function Again({ path }: { path: string }) {
  return (
    <Act path={path} label="Give your grade" button="Give it">
      <Outcome />
      <Because hint="Your name stands with it." />
    </Act>
  );
}

/** The last word. Who disputed is owed an answer, and reads nothing else of it than that and whose word it is. */
function Resolve({ path, isDisputed }: { path: string; isDisputed: boolean }) {
  return (
    <Act path={path} label="Settle what counts" button="Settle it">
      <Outcome />
      <Because hint="For your own organisation. Your name stands with it, beside what was said before." />
      <Field
        name="answer"
        label={isDisputed ? 'Answer to the developer' : 'Answer to the developer, if one is wanted'}
        rows={3}
        required={isDisputed}
        hint="The developer reads this and your name: say nothing of the task that is hidden."
      />
    </Act>
  );
}

const held = [['', 'not said'], ...outcomes.slice(0, 2)] as const;

function Dispute({ path }: { path: string }) {
  return (
    <Act path={`${path}/dispute`} label="Dispute this grade" button="Dispute it">
      <Choice name="outcome" label="What it should be" of={held} chosen="" required={false} />
      <Because hint="It is kept beside the grade and shown as a bound of the estimate, until a named person of the evaluator answers." />
    </Act>
  );
}
