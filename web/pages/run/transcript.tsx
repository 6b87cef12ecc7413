import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { Tag } from '../../parts/chips.tsx';
import { Digest } from '../../parts/digest.tsx';
import { Button } from '../../parts/form.tsx';
import { filtered, kinds, type Shown } from './entries.ts';

const entriesAtOnce = 50;

const box = 'mt-1 block rounded-sm border border-soft bg-sheet px-2.5 py-1.5 text-ink';

interface Props {
  readonly all: readonly Shown[];
  readonly sha256: string | null;
  /** The entry that was asked for, from 0; undefined = from the beginning. */
  readonly at: number | undefined;
}

export function Entries({ all, sha256, at }: Props) {
  const [words, setWords] = useState('');
  const [kind, setKind] = useState('');
  const [from, setFrom] = useState(at ?? 0);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (at !== undefined) list.current?.querySelector('li')?.focus();
  }, [at]);
  const seek = (text: string, of: string) => {
    setWords(text);
    setKind(of);
    setFrom(0);
  };
  const sought = useDeferredValue(words);
  const found = useMemo(() => filtered(all, sought, kind), [all, sought, kind]);
  const page = found.slice(from, from + entriesAtOnce);
  return (
    <>
      {sha256 && (
        <p className="text-soft">
          SHA-256 <Digest of={sha256} whole />
        </p>
      )}
      <search className="my-3 flex flex-wrap gap-4">
        <label className="font-medium">
          Search the transcript
          <input type="search" className={box} value={words} onChange={(event) => seek(event.target.value, kind)} />
        </label>
        <label className="font-medium">
          Entries
          <select className={box} value={kind} onChange={(event) => seek(words, event.target.value)}>
            <option value="">all</option>
            {Object.entries(kinds).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </search>
      <p role="status" className="mb-2">
        {found.length === 0
          ? 'No entry matches.'
          : `Entries ${from + 1} to ${from + page.length} of ${found.length}${found.length < all.length ? ` that match, of ${all.length}` : ''}.`}
      </p>
      <ol ref={list} className="border border-line bg-sheet">
        {page.map((entry) => (
          <li key={entry.number} tabIndex={-1} className="border-b border-line px-3 py-2 last:border-b-0">
            <Entry of={entry} />
          </li>
        ))}
      </ol>
      {found.length > entriesAtOnce && (
        <p className="mt-3 flex gap-3">
          <Button quiet disabled={from === 0} focusableWhenDisabled onClick={() => setFrom(Math.max(0, from - entriesAtOnce))}>
            Earlier entries
          </Button>
          <Button quiet disabled={from + entriesAtOnce >= found.length} focusableWhenDisabled onClick={() => setFrom(from + entriesAtOnce)}>
            Later entries
          </Button>
        </p>
      )}
    </>
  );
}

function Entry({ of }: { of: Shown }) {
  return (
    <>
      <p className="mb-1 flex flex-wrap items-baseline gap-x-3 text-soft">
        <span className="tabular-nums">{of.number}</span> <Tag>{of.who}</Tag> {of.about}
      </p>
      {of.text !== '' && (
        <pre dir="ltr" className="text-[0.87em] whitespace-pre-wrap [overflow-wrap:anywhere]">
          {of.text}
        </pre>
      )}
    </>
  );
}
