import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { RefusalCode } from '../../src/base/refusal.ts';
import { Refused } from '../api.ts';
import { Page } from './page.tsx';

const words: Record<RefusalCode, string> = {
  malformed: 'This could not be read.',
  unsupported: 'This kind of thing is not supported here.',
  too_large: 'This is too large.',
  too_many: 'Too many at once.',
  not_found: 'There is no such thing, or you have not been read into it.',
  not_permitted: 'This is not yours to do.',
  wrong_state: 'This cannot be done now.',
  stale: 'Somebody changed this meanwhile. Reload, then try again.',
  conflict: 'This clashes with something that exists already.',
  expired: 'This is over.',
  untrusted: 'This did not pass its check.',
  unavailable: 'This is not available at the moment.',
};

/** Why something was not done, next to what caused it. */
export function Refusal({ error }: { error: Error | null }) {
  if (error === null) return null;
  const { code, detail, at, reference } = error instanceof Refused ? error.problem : { detail: error.message };
  const headline = code ? words[code] : reference ? 'Something broke in the hub.' : 'That did not work.';
  return (
    <div role="alert" className="my-3 border-l-4 border-bad bg-sheet px-4 py-3">
      <p className="font-semibold text-bad">{headline}</p>
      {detail && <p>{sentence(detail)}</p>}
      {at && at !== 'Authorization' && (
        <p className="text-soft">
          At <code>{at}</code>
        </p>
      )}
    </div>
  );
}

function sentence(text: string): string {
  const begun = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** What was asked of the hub: waiting, refused, or there. `page`: what stands for the heading while there is no other. */
export function Awaited<T>({ of, page, children }: { of: UseQueryResult<T, Error>; page?: string; children: (found: T) => ReactNode }) {
  if (of.data !== undefined && !of.error) return children(of.data);
  const instead = of.error ? <Refusal error={of.error} /> : <Loading />;
  return page ? <Page title={page}>{instead}</Page> : instead;
}

export function Loading() {
  return (
    <p role="status" className="py-4 text-soft">
      Loading…
    </p>
  );
}
