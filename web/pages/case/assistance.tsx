import { useState } from 'react';
import { get } from '../../api.ts';
import { Button } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import type { Case } from '../../wire.ts';

/** All that is needed to see the flaw and to see it gone, in one archive. Its inputs are hostile: saved, never opened here. */
export function Assistance({ of }: { of: Case }) {
  const [error, setError] = useState<Error | null>(null);
  const [isTaking, setTaking] = useState(false);
  const save = async () => {
    setError(null);
    setTaking(true);
    try {
      const { data, filename } = await get<{ data: string; filename: string }>(`/api/cases/${of.id}/assistance`);
      const url = URL.createObjectURL(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
      const link = document.createElement('a');
      link.href = url;
      link.download = filename;
      link.click();
      URL.revokeObjectURL(url);
    } catch (problem) {
      setError(problem as Error);
    } finally {
      setTaking(false);
    }
  };
  return (
    <Section title="All of it in one archive" note="that you took it is logged">
      <p className="mb-3 max-w-prose">
        Proofs of concept, patches with what our check says, the tests, our signed record with the words that replay it, and the advisory’s
        draft: as far as you see them here.
      </p>
      <Refusal error={error} />
      <Button quiet onClick={save} disabled={isTaking} focusableWhenDisabled>
        Save the archive
      </Button>
    </Section>
  );
}
