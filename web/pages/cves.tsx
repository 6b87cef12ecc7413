import { useState } from 'react';
import { withQuery } from '../api.ts';
import { Tag } from '../parts/chips.tsx';
import { Choice, Field } from '../parts/form.tsx';
import { Thing } from '../parts/happened.tsx';
import { Gathered, useList } from '../parts/more.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { cveTone } from '../parts/tones.ts';
import { When } from '../parts/when.tsx';
import { useGet } from '../session.ts';
import type { CnaMatch, Cve } from '../wire.ts';
import { Act } from './case/act.tsx';
import { Whose } from './case/cves.tsx';
import { ReadCnas } from './cves/cnas.tsx';
import { Pool } from './cves/pool.tsx';

/** Every CVE id of this hub with the flaw it is for; what CVE Services has yet to do; and whose scope a package is. Coordinators only. */
export function CvesPage() {
  return (
    <Page title="CVE ids">
      <p className="max-w-prose text-soft">
        One flaw, one id. An id is given in the case of its flaw; what is published follows the advisory.
      </p>
      <Pool />
      <Ids />
      <Scopes />
    </Page>
  );
}

const states = ['pooled', 'assigned', 'published', 'rejecting', 'rejected', 'foreign'] as const;
const meaning: Record<Cve['state'], string> = {
  pooled: 'reserved, and for no flaw yet',
  assigned: 'for a flaw, not public',
  published: 'public',
  rejecting: 'being rejected',
  rejected: 'rejected',
  foreign: 'another authority’s',
};

function Ids() {
  const found = useList<Cve>('/api/cves', {}, ({ cveId }) => cveId);
  const [only, setOnly] = useState('');
  return (
    <Section title="Ids" note="in their own order">
      <div className="max-w-xs">
        <Choice
          name="state"
          label="Show"
          of={[['', 'all'], ...states.map((s) => [s, meaning[s]] as const)]}
          chosen=""
          required={false}
          onChange={setOnly}
        />
      </div>
      <Gathered of={found}>
        {(items, all) => (
          <Table
            caption={`CVE ids${all ? '' : ', those loaded so far'}`}
            columns={columns}
            rows={items.filter(({ state }) => only === '' || state === only)}
            id={({ cveId }) => cveId}
            empty={only === '' ? 'No id was reserved or recorded yet.' : 'No id stands so.'}
          />
        )}
      </Gathered>
    </Section>
  );
}

const columns: readonly Column<Cve>[] = [
  { head: 'Id', cell: ({ cveId }) => <code className="whitespace-nowrap">{cveId}</code> },
  {
    head: 'State',
    cell: ({ state }) => (
      <>
        <Tag tone={cveTone[state]}>{state}</Tag> <span className="text-soft">{meaning[state]}</span>
      </>
    ),
  },
  { head: 'Of the flaw', cell: ({ vulnerabilityId }) => (vulnerabilityId ? <Thing id={vulnerabilityId} /> : '–') },
  { head: 'In the case', cell: ({ caseId }) => (caseId ? <Thing id={caseId} /> : '–') },
  { head: 'Given by', cell: ({ assignedByCna, state }) => assignedByCna ?? (state === 'pooled' ? '–' : 'this hub') },
  {
    head: 'Since',
    cell: ({ rejectedAt, publishedAt, assignedAt }) => {
      const at = rejectedAt ?? publishedAt ?? assignedAt;
      return at ? <When at={at} /> : '–';
    },
  },
];

function Scopes() {
  const [asked, setAsked] = useState('');
  return (
    <Section title="Whose scope a package is" note="who covers it is asked first">
      <label className="font-medium">
        Package URL
        <input
          className="mt-1 block w-full max-w-md rounded-sm border border-soft bg-sheet px-2.5 py-1.5 font-normal text-ink"
          placeholder="pkg:npm/example"
          value={asked}
          onChange={(event) => setAsked(event.target.value)}
        />
      </label>
      {asked.startsWith('pkg:') && asked.length > 6 && <Matched purl={asked} />}
      <Act path="/api/cnas/scopes" label="Record what a scope covers" button="Record it" done="Recorded.">
        <Field name="shortName" label="Numbering authority" hint="Its short name in the CVE program; the list must have been read." />
        <Field name="covers" label="Covers" hint="A package URL without version, or what such URLs begin with, like pkg:npm/%40acme." />
        <Field name="because" label="Where it says so" rows={2} />
      </Act>
      <ReadCnas />
    </Section>
  );
}

function Matched({ purl }: { purl: string }) {
  const found = useGet<CnaMatch>(withQuery('/api/cnas/match', { purl }));
  return <Awaited of={found}>{(match) => <Whose match={match} />}</Awaited>;
}
