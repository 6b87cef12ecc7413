const happenings = ['maintainer aware', 'fix ready', 'fix deployed', 'public', 'exploit public', 'attacks seen'];

/** By its letter among CERT/CC's six, like `F`. */
export const happening = (letter: string | undefined) => happenings['VFDPXA'.indexOf(letter ?? '-')] ?? letter;

/** CERT/CC's six letters in words; upper case = has happened. */
export function Happenings({ state }: { state: string }) {
  const happened = happenings.filter((_, i) => state[i] !== state[i]?.toLowerCase());
  return (
    <>
      {happened.length > 0 ? happened.join(', ') : 'nothing yet'} <code className="text-soft">{state}</code>
    </>
  );
}
