/** The evidence ladder: nobody climbs it on their own word. */
const rungs = ['claimed', 'replayed', 'accepted-by-maintainer', 'fixed'] as const;
export type Rung = (typeof rungs)[number];

/** How far the best of several has come. */
export function highest(reached: readonly Rung[]): Rung | undefined {
  return rungs.findLast((rung) => reached.includes(rung));
}

/** `compact` shows the four rungs as marks and names the one reached; otherwise all are named. */
export function Ladder({ rung, compact = false }: { rung: Rung; compact?: boolean }) {
  const reached = rungs.indexOf(rung);
  if (compact)
    return (
      <span className="inline-flex items-center gap-2 whitespace-nowrap">
        <span aria-hidden="true" className="inline-flex gap-0.5">
          {rungs.map((name, i) => (
            <span key={name} className={`h-2.5 w-3 rounded-[2px] border ${i <= reached ? 'border-accent bg-accent' : 'border-soft'}`} />
          ))}
        </span>
        <span>{rung}</span>
        <span className="sr-only">
          , rung {reached + 1} of {rungs.length}
        </span>
      </span>
    );
  return (
    <ol aria-label="Evidence ladder" className="flex flex-wrap gap-y-2">
      {rungs.map((name, i) => (
        <li key={name} aria-current={i === reached ? 'step' : undefined} className="flex items-center">
          {i > 0 && (
            <span aria-hidden="true" className="px-2 text-soft">
              →
            </span>
          )}
          <span className={rungLook(i, reached)}>
            {name}
            <span className="sr-only">{i <= reached ? ' (reached)' : ' (not reached)'}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function rungLook(i: number, reached: number): string {
  const base = 'rounded-sm border px-2 leading-6';
  if (i === reached) return `${base} border-accent bg-accent font-semibold text-page`;
  return i < reached ? `${base} border-accent text-accent` : `${base} border-dashed border-soft text-soft`;
}
