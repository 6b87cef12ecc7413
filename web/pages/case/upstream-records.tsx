import { Tag } from '../../parts/chips.tsx';
import { Button } from '../../parts/form.tsx';
import { Fact, Facts } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet, useWho } from '../../session.ts';
import type { Case, UpstreamRecords as Found } from '../../wire.ts';

type One = Found['items'][number];

/** Where upstream does not fix: what it said itself, and who carries the fix instead. */
export function UpstreamRecords({ of, mayApprove }: { of: Case; mayApprove: boolean }) {
  const found = useGet<Found>(`/api/cases/${of.id}/upstream-records`);
  if (found.error) return <Refusal error={found.error} />;
  return (
    <>
      {found.data?.items.map((record) => (
        <article key={record.id} className="mt-4">
          <h3 className="mb-2 font-semibold">
            {record.nonFix ? 'It will not be fixed upstream' : 'A fork of last resort'} <Tag tone="plain">{record.state}</Tag>
          </h3>
          {record.nonFix && <NonFix of={record.nonFix} />}
          {record.lastResort && <LastResort of={record.lastResort} />}
          {mayApprove && record.state === 'drafted' && <Approve of={record} />}
        </article>
      ))}
    </>
  );
}

function NonFix({ of }: { of: NonNullable<One['nonFix']> }) {
  return (
    <Facts>
      <Fact name="In its own words">
        <q>{of.position}</q>, <When at={of.saidAt} /> ({of.source})
      </Fact>
      <Fact name="It is">{of.type.replaceAll('-', ' ')}</Fact>
      <Fact name="Because">{of.rationale}</Fact>
      <Fact name="What follows">
        {of.decision.replaceAll('-', ' ')}; VEX says <code>{of.fixStatus}</code>
      </Fact>
      <Fact name="Where it is in use">{of.footprint}</Fact>
    </Facts>
  );
}

function LastResort({ of }: { of: NonNullable<One['lastResort']> }) {
  return (
    <Facts>
      <Fact name="Published as">
        <code>{of.namespace}</code>, from {of.base.commit}
      </Fact>
      <Fact name="Licence">
        {of.licence.spdxId}: {of.licence.obligations}
      </Fact>
      <Fact name="Term">
        <When at={of.term.startsAt} /> to <When at={of.term.endsAt} left />
        {of.term.renewals === 1 ? ', renewable once' : ', not renewable'}
      </Fact>
      <Fact name="Ends when">{of.sunset.join('; ')}</Fact>
      <Fact name="Steward">
        {of.steward.owner}: {of.steward.plan}
      </Fact>
      <Fact name="Integrity">{of.integrity}</Fact>
      <Fact name="Known clean from">{of.provenance}</Fact>
    </Facts>
  );
}

function Approve({ of }: { of: One }) {
  const act = useAct(`/api/upstream-records/${of.id}/approve`);
  const me = useWho().data;
  if (of.draftedBy === me?.id) return <p className="mt-2 text-soft">Somebody else approves what you drafted.</p>;
  return (
    <div className="mt-2">
      <Button quiet onClick={() => act.mutate({})} disabled={act.isPending} focusableWhenDisabled>
        Approve it
      </Button>
      <Refusal error={act.error} />
    </div>
  );
}
