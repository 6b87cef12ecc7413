import { useState } from 'react';
import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { useGet } from '../../session.ts';
import type { Advisory } from '../../wire.ts';

/** The documents as they would be published, byte for byte but for their number. */
export function Preview({ of }: { of: Advisory }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title="Documents">
      <details onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary className="w-fit cursor-pointer text-accent">Show them as they would be published</summary>
        {isOpen && <Documents of={of} />}
      </details>
    </Section>
  );
}

function Documents({ of }: { of: Advisory }) {
  const found = useGet<Record<string, unknown>>(`/api/advisories/${of.id}/preview`);
  return (
    <Awaited of={found}>
      {(documents) => (
        <>
          {Object.entries(documents).map(([format, document]) => (
            <details key={format} className="mt-3">
              <summary className="w-fit cursor-pointer">{format}</summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
              <pre tabIndex={0} className="mt-2 max-h-96 overflow-auto border border-line bg-sheet p-3 text-xs">
                {typeof document === 'string' ? document : JSON.stringify(document, null, 2)}
              </pre>
            </details>
          ))}
        </>
      )}
    </Awaited>
  );
}
