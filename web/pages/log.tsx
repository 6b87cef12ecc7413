import { useState } from 'react';
import { withQuery } from '../api.ts';
import { Tlp } from '../parts/chips.tsx';
import { Digest } from '../parts/digest.tsx';
import { Button } from '../parts/form.tsx';
import { Happened, Thing } from '../parts/happened.tsx';
import { Fact, Facts, Page, Section } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { useGet } from '../session.ts';
import type { Checkpoint, Entries, Entry } from '../wire.ts';

const pageRows = 100;

export function Log() {
  const checkpoint = useGet<Checkpoint>('/api/log/checkpoint');
  return (
    <Page title="Log">
      <p className="max-w-prose text-soft">
        Everything that happens here is an entry that names the one before it by its hash. An entry commits to what it does not show, so the
        chain verifies for everybody, whatever they are cleared for.
      </p>
      <Awaited of={checkpoint}>
        {(found) => (
          <>
            <EntryPages size={found.size} />
            <Signed checkpoint={found} />
          </>
        )}
      </Awaited>
    </Page>
  );
}

function EntryPages({ size }: { size: number }) {
  const [upto, setUpto] = useState(size);
  const [reads, setReads] = useState(false);
  const after = Math.max(0, upto - pageRows);
  const found = useGet<Entries>(withQuery('/api/log', { after, limit: Math.max(1, upto - after) }));
  return (
    <Section title="Entries" note={size === 0 ? undefined : `${after + 1} to ${upto} of ${size}, newest first`}>
      <Awaited of={found}>{({ entries }) => <Listed entries={entries} reads={reads} setReads={setReads} />}</Awaited>
      <div className="mt-3 flex gap-2">
        {after > 0 && <Button quiet onClick={() => setUpto(after)}>{`Earlier ${Math.min(pageRows, after)}`}</Button>}
        {upto < size && (
          <Button quiet onClick={() => setUpto(Math.min(size, upto + pageRows))}>
            Later
          </Button>
        )}
      </div>
    </Section>
  );
}

function Listed({ entries, reads, setReads }: { entries: readonly Entry[]; reads: boolean; setReads: (shown: boolean) => void }) {
  const isRead = (entry: Entry) => entry.body?.event === 'log.read';
  const count = entries.filter(isRead).length;
  const shown = entries.filter((entry) => reads || !isRead(entry)).toReversed();
  return (
    <>
      <label className="mb-2 flex w-fit items-center gap-2">
        <input type="checkbox" checked={reads} onChange={(e) => setReads(e.target.checked)} className="size-4 accent-(--accent)" />
        Show also who read what ({count} on this page)
      </label>
      <Table
        caption="Entries of the log, newest first"
        columns={columns}
        rows={shown}
        id={(entry) => String(entry.seq)}
        empty="Nothing to show on this page."
      />
    </>
  );
}

const columns: readonly Column<Entry>[] = [
  { head: 'Entry', cell: (entry) => <span className="tabular-nums">{entry.seq}</span> },
  { head: 'When', cell: (entry) => <When at={entry.at} /> },
  { head: 'What', cell: (entry) => <Happened entry={entry} /> },
  { head: 'Thing', cell: (entry) => (entry.body ? <Thing id={entry.body.thing} /> : '–') },
  { head: 'By', cell: (entry) => (entry.body ? <Digest of={entry.body.actor} /> : '–') },
  { head: 'Label', cell: (entry) => (entry.body ? <Tlp of={entry.body.label.tlp} /> : '–') },
  { head: 'Hash', cell: (entry) => <Digest of={entry.hash} /> },
];

function Signed({ checkpoint }: { checkpoint: Checkpoint }) {
  const [origin, , root] = checkpoint.note.split('\n');
  return (
    <Section title="Signed checkpoint" note="what this hub vouches for, to compare with what others were shown">
      <Facts>
        <Fact name="Origin">{origin}</Fact>
        <Fact name="Entries">{checkpoint.size}</Fact>
        <Fact name="Root hash">
          <code>{root}</code>
        </Fact>
        <Fact name="Verifier key">
          <code>{checkpoint.key}</code>
        </Fact>
        <Fact name="Signed note">
          <pre className="mono whitespace-pre-wrap">{checkpoint.note}</pre>
        </Fact>
        <Fact name="Check it yourself">
          <code>breakwater log verify</code>
        </Fact>
      </Facts>
    </Section>
  );
}
