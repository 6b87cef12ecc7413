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
  { head: 'Verdict', cell: (patch) => (patch.verdict ? <Tag tone={patchTone[patch.verdict]}>{patch.verdict}</Tag> : 'being checked') },
  { head: 'Because', cell: (patch) => patch.because ?? '–' },
  {
    head: 'Written by',
    cell: (patch) => <Author of={patch} />,
  },
  { head: 'Handed in', cell: (patch) => <When at={patch.submittedAt} /> },
];

function Author({ of: { writtenBy, answerableId } }: { of: Patch }) {
  if (!writtenBy || !answerableId) return '–';
  return (
    <>
      {writtenBy === 'ai' ? 'an AI' : 'a person'}, answerable: <Digest of={answerableId} />
    </>
  );
}
