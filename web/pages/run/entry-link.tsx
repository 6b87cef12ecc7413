import { Link, useLocation } from '@tanstack/react-router';

/** To one entry of the transcript on this page; `entry` from 0. */
export function EntryLink({ entry }: { entry: number }) {
  return (
    <Link to="." hash={`entry-${entry + 1}`} hashScrollIntoView={false}>
      entry {entry + 1}
    </Link>
  );
}

/** The entry that the address asks for, from 0. */
export function useEntryAsked(): number | undefined {
  const { hash } = useLocation();
  const read = /^entry-([1-9][0-9]{0,5})$/.exec(hash);
  return read ? Number(read[1]) - 1 : undefined;
}
