/** A digest or an id, short to the eye and whole to the pointer. */
export function Digest({ of, whole = false }: { of: string; whole?: boolean }) {
  if (whole) return <code>{of}</code>;
  return (
    <code title={of} className="whitespace-nowrap">
      {short(of)}
    </code>
  );
}

/** Ids keep their kind and their end: the beginning is the time, which neighbours share. */
function short(text: string): string {
  if (/^[a-z]{3}_[0-9a-z]{26}$/.test(text)) return `${text.slice(0, 4)}…${text.slice(-6)}`;
  return text.length > 16 ? `${text.slice(0, 12)}…` : text;
}
