import { Gathered, useList } from '../parts/more.tsx';
import { Page, Section } from '../parts/page.tsx';
import type { Fix } from '../wire.ts';
import { FixCard } from './fixes/card.tsx';

const steps: readonly { title: string; note: string; states: readonly Fix['state'][] }[] = [
  { title: 'To do now', note: 'you hold an affected version', states: ['exposed'] },
  { title: 'To look at', note: 'we cannot tell from your inventory: treat it as affected until you know', states: ['could-not-tell'] },
  { title: 'To show', note: 'you said it is fixed; it counts when an inventory you keep shows it', states: ['fix-claimed'] },
  { title: 'Done', note: 'seen in your inventory', states: ['observed', 'not-affected'] },
];

/** What an operator has to do, the most urgent first. */
export function Fixes() {
  const found = useList<Fix>('/api/fixes');
  return (
    <Page title="What you have to do">
      <Gathered of={found}>
        {(items) => {
          if (items.length === 0)
            return (
              <p className="border border-line bg-sheet px-4 py-6">Nothing: no published advisory is about what your inventories hold.</p>
            );
          return steps.map(({ title, note, states }) => {
            const here = items.filter((fix) => states.includes(fix.state)).toSorted(soonestFirst);
            if (here.length === 0 && title !== 'To do now') return null;
            return (
              <Section key={title} title={title} note={here.length > 0 ? `${here.length}: ${note}` : undefined}>
                {here.length === 0 && <p className="border border-line bg-sheet px-4 py-6">Nothing.</p>}
                <ul className="grid gap-3">
                  {here.map((fix) => (
                    <FixCard key={fix.id} fix={fix} />
                  ))}
                </ul>
              </Section>
            );
          });
        }}
      </Gathered>
    </Page>
  );
}

/** What has no date comes after what has one, the longest known first. */
function soonestFirst(a: Fix, b: Fix): number {
  const key = (fix: Fix) => `${fix.due.at ?? '~'} ${fix.exposedAt}`;
  return key(a) < key(b) ? -1 : 1;
}
