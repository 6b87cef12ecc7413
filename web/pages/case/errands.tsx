import { Tag } from '../../parts/chips.tsx';
import { Button } from '../../parts/form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { errandTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useAct } from '../../session.ts';
import type { CvePool } from '../../wire.ts';

type Errand = CvePool['errands'][number];

/** What is asked of CVE Services and not done: tried again by itself, or refused and waiting for a person. */
export function Errands({ of }: { of: readonly Errand[] }) {
  return (
    <div className="mt-3">
      <Table caption="Asked of CVE Services, not done" columns={columns} rows={of} id={(errand) => errand.id} empty="Nothing is asked." />
    </div>
  );
}

const columns: readonly Column<Errand>[] = [
  { head: 'Asked of CVE Services', cell: ({ kind, cveId, amount, year }) => `${kind} ${cveId ?? `${amount} of ${year}`}` },
  { head: 'State', cell: ({ state }) => <Tag tone={errandTone[state]}>{state}</Tag> },
  { head: 'Tries', cell: ({ tries }) => tries },
  { head: 'What it said', cell: ({ because }) => <span className="[overflow-wrap:anywhere]">{because ?? '–'}</span> },
  { head: 'Next', cell: (errand) => (errand.state === 'refused' ? <Again id={errand.id} /> : <When at={errand.dueAt} />) },
];

function Again({ id }: { id: string }) {
  const retry = useAct(`/api/cves/errands/${id}/retry`);
  return (
    <>
      <Button quiet disabled={retry.isPending} focusableWhenDisabled onClick={() => retry.mutate({})}>
        Ask again
      </Button>
      <Refusal error={retry.error} />
    </>
  );
}
