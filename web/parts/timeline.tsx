import { useGet } from '../session.ts';
import type { Entries } from '../wire.ts';
import { Happened } from './happened.tsx';
import { Section } from './page.tsx';
import { Awaited } from './refusal.tsx';
import { When } from './when.tsx';

/** What the log says happened to one thing, oldest first. */
export function Timeline({ thing }: { thing: string }) {
  const history = useGet<Entries>(`/api/log/things/${thing}`);
  return (
    <Section title="Timeline" note="from the log">
      <Awaited of={history}>
        {({ entries }) => (
          <ol className="border border-line bg-sheet px-4 py-2">
            {entries.map((entry) => (
              <li key={entry.seq} className="grid gap-x-4 py-1.5 md:grid-cols-[13rem_1fr]">
                <span className="text-soft">
                  <When at={entry.at} />
                </span>
                <div className="min-w-0">
                  <Happened entry={entry} />
                </div>
              </li>
            ))}
            {entries.length === 0 && <li className="text-soft">Nothing that you are cleared for.</li>}
          </ol>
        )}
      </Awaited>
    </Section>
  );
}
