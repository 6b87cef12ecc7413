import { Link } from '@tanstack/react-router';
import type { Entry } from '../wire.ts';
import { Digest } from './digest.tsx';

/** What an entry of the log says happened; a withheld one says only that something did. */
export function Happened({ entry }: { entry: Entry }) {
  if (!entry.body) return <span className="text-soft italic">withheld: you are not cleared for it</span>;
  const { event, payload } = entry.body;
  return (
    <div className="flex flex-wrap gap-x-3">
      <span className="font-medium">{event.replace('.', ' ').replaceAll('-', ' ')}</span>
      <Payload of={payload} />
    </div>
  );
}

function Payload({ of }: { of: unknown }) {
  if (typeof of !== 'object' || of === null || Object.keys(of).length === 0) return null;
  return (
    <details className="min-w-0 text-soft open:w-full">
      <summary className="cursor-pointer">details</summary>
      <pre className="mono max-h-64 overflow-auto whitespace-pre-wrap">{JSON.stringify(of, null, 1)}</pre>
    </details>
  );
}

/** An id, as a link where the desk has a page for it. */
export function Thing({ id }: { id: string }) {
  const text = <Digest of={id} />;
  switch (id.slice(0, 4)) {
    case 'fnd_':
      return (
        <Link to="/findings/$id" params={{ id }}>
          {text}
        </Link>
      );
    case 'cas_':
      return (
        <Link to="/cases/$id" params={{ id }}>
          {text}
        </Link>
      );
    case 'vul_':
      return (
        <Link to="/vulnerabilities/$id" params={{ id }}>
          {text}
        </Link>
      );
    case 'sui_':
      return (
        <Link to="/suites/$id" params={{ id }}>
          {text}
        </Link>
      );
    case 'sub_':
      return (
        <Link to="/reviews/$id" params={{ id }}>
          {text}
        </Link>
      );
    default:
      return text;
  }
}
