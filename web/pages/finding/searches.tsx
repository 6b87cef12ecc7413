import { useState } from 'react';
import { get } from '../../api.ts';
import { Digest } from '../../parts/digest.tsx';
import { Button } from '../../parts/form.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Bisections, Finding, Minimisations } from '../../wire.ts';

/** What else the lab found out of an input that reproduced: a smaller one, and which versions it trips. */
export function Searches({ finding, isStaff }: { finding: Finding; isStaff: boolean }) {
  const smaller = useGet<Minimisations>(`/api/findings/${finding.id}/minimisations`).data?.items[0];
  const history = useGet<Bisections>(`/api/findings/${finding.id}/bisections`).data?.items[0];
  const isReplayed = finding.rung !== 'claimed';
  if (!smaller && !history && !(isStaff && isReplayed)) return null;
  return (
    <Section title="Searches of the lab" note="each answer confirmed by a whole re-run">
      {smaller && <Smaller of={smaller} />}
      {history && <History of={history} />}
      {isStaff && isReplayed && (
        <div className="mt-3 flex flex-wrap gap-3">
          <Ask path={`/api/findings/${finding.id}/minimisations`} words="Search for a smaller input" />
          <Ask path={`/api/findings/${finding.id}/bisections`} words="Search its history" />
        </div>
      )}
    </Section>
  );
}

function Ask({ path, words }: { path: string; words: string }) {
  const act = useAct(path);
  return (
    <div>
      <Refusal error={act.error} />
      <Button quiet disabled={act.isPending} focusableWhenDisabled onClick={() => act.mutate({})}>
        {words}
      </Button>
    </div>
  );
}

function Smaller({ of }: { of: Minimisations['items'][number] }) {
  return (
    <section className="mt-2">
      <h3 className="mb-2 font-semibold">A smaller input</h3>
      <Facts>
        <Fact name="State">{of.outcome ?? of.state}</Fact>
        <Fact name="Bytes">{of.bytes && `${of.bytes.before.toLocaleString('en')} → ${of.bytes.after.toLocaleString('en')}`}</Fact>
        <Fact name="Because">{of.because}</Fact>
        <Fact name="Asked">
          <When at={of.requestedAt} />
        </Fact>
        <Fact name="SHA-256">{of.sha256 && <Digest of={of.sha256} />}</Fact>
        <Fact name="File">{of.sha256 && <SaveInput id={of.id} />}</Fact>
      </Facts>
    </section>
  );
}

/** Hostile as every input is: saved, never opened here. */
function SaveInput({ id }: { id: string }) {
  const [error, setError] = useState<Error | null>(null);
  const save = async () => {
    setError(null);
    const { data } = await get<{ data: string }>(`/api/minimisations/${id}/poc`);
    const url = URL.createObjectURL(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${id}.bin`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <Button quiet onClick={() => void save().catch(setError)}>
        Download the smaller input
      </Button>
      <Refusal error={error} />
    </>
  );
}

function History({ of }: { of: Bisections['items'][number] }) {
  const { found } = of;
  return (
    <section className="mt-4">
      <h3 className="mb-2 font-semibold">Its history</h3>
      <Facts>
        <Fact name="State">{of.outcome ?? of.state}</Fact>
        <Fact name="Because">{of.because}</Fact>
        <Fact name="Affected">
          {found && (
            <ul>
              {found.ranges.map((range) => (
                <li key={range.introduced.by}>
                  from <code>{range.introduced.by}</code>
                  {!range.introduced.exact && range.introduced.after !== null && ` (or earlier, but after ${range.introduced.after})`} to{' '}
                  <code>{range.lastKnownAffected}</code>
                  {range.fixed ? (
                    <>
                      , gone with <code>{range.fixed.by}</code>
                    </>
                  ) : (
                    ', and in all that follows'
                  )}
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact name="Asked">
          <When at={of.requestedAt} />
        </Fact>
      </Facts>
    </section>
  );
}
