import { Tag } from '../../parts/chips.tsx';
import { Digest } from '../../parts/digest.tsx';
import { Section } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { patchTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import type { Case } from '../../wire.ts';

type Patch = NonNullable<Case['patches']>[number];

/** Fixes as handed in, each with what our own re-run said of it. */
export function Patches({ of }: { of: Case }) {
  const note = of.artefact ? 'the newest verified one is what goes live' : undefined;
  return (
    <Section title="Patches" note={note}>
      {of.patches ? (
        <Table
          caption="Patches, oldest first"
          columns={columns}
          rows={of.patches}
          id={(patch) => patch.id}
          empty="No patch was handed in yet."
        />
      ) : (
        <p className="text-soft">{of.artefact ? <Digest of={of.artefact.sha256} whole /> : 'No verified patch yet.'}</p>
      )}
    </Section>
  );
}

const columns: readonly Column<Patch>[] = [
  { head: 'SHA-256', cell: (patch) => <Digest of={patch.sha256} /> },
  { head: 'Branch', cell: (patch) => patch.branch },
  { head: 'Verdict', cell: (patch) => <Verdict of={patch} /> },
  { head: 'What was seen', cell: (patch) => <Seen of={patch} /> },
  {
    head: 'Written by',
    cell: (patch) => <Author of={patch} />,
  },
  { head: 'Handed in', cell: (patch) => <When at={patch.submittedAt} /> },
];

function Verdict({ of: { state, verdict, passed, supersededById } }: { of: Patch }) {
  const replaced = supersededById !== null && <span className="text-soft"> replaced</span>;
  if (state === 'superseded') return <span className="text-soft">replaced before it was checked</span>;
  if (state === 'submitted') return 'being checked';
  if (verdict)
    return (
      <>
        <Tag tone={patchTone[verdict]}>{verdict}</Tag>
        {replaced}
      </>
    );
  return (
    <>
      <Tag tone={passed === null ? 'care' : passed ? 'good' : 'bad'}>
        {passed === null ? 'could not tell' : passed ? 'holds' : 'does not hold'}
      </Tag>
      {replaced}
    </>
  );
}

const outcomes: Readonly<Record<string, string>> = {
  stops: 'stops every PoC',
  trips: 'still trips',
  'does-not-apply': 'does not apply',
  'does-not-build': 'does not build',
  'could-not-tell': 'could not tell',
};

/** Why, and of a series what each patch does with those before it. */
function Seen({ of: { because, series, steps, stopsAt } }: { of: Patch }) {
  if (series.length < 2) return because ?? '–';
  return (
    <>
      {because && <p>{because}</p>}
      <ol className="list-decimal pl-5">
        {series.map((patch, i) => (
          <li key={patch.sha256}>
            {patch.subject ?? <Digest of={patch.sha256} />}
            {patch.author && <span className="text-soft">, {patch.author}</span>}
            {steps?.[i] && <span className={stopsAt === i + 1 ? 'font-medium' : 'text-soft'}>: {outcomes[steps[i].outcome]}</span>}
          </li>
        ))}
      </ol>
    </>
  );
}

function Author({ of: { writtenBy, answerableId } }: { of: Patch }) {
  if (!writtenBy || !answerableId) return '–';
  return (
    <>
      {writtenBy === 'ai' ? 'an AI' : 'a person'}, answerable: <Digest of={answerableId} />
    </>
  );
}
