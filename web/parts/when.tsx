const absolute = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** An instant with hour and time zone, always; `left` adds how far off it is. The exact UTC time is in the element. */
export function When({ at, left = false }: { at: string; left?: boolean }) {
  const time = new Date(at);
  return (
    <time dateTime={at} title={at} className="tabular-nums">
      <span className="whitespace-nowrap">{absolute.format(time)}</span>
      {left && <span className="text-soft"> ({distance(time.getTime() - Date.now())})</span>}
    </time>
  );
}

function distance(ms: number): string {
  for (const [unit, length] of steps) if (Math.abs(ms) >= length) return relative.format(Math.trunc(ms / length), unit);
  return 'now';
}
