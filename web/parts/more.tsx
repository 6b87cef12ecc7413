import { type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { get, withQuery } from '../api.ts';
import { Button } from './form.tsx';
import { Loading, Refusal } from './refusal.tsx';

const pageRows = 100;
type Paged<T> = UseInfiniteQueryResult<{ pages: { items: readonly T[] }[] }, Error>;

/** A list that the hub hands out page by page, oldest first; `query` filters it there. */
export function useList<T extends { readonly id: string }>(path: string, query: Readonly<Record<string, string>> = {}): Paged<T> {
  return useInfiniteQuery<{ items: readonly T[] }, Error, { pages: { items: readonly T[] }[] }, readonly unknown[], string>({
    queryKey: [path, query],
    queryFn: ({ pageParam }) => get(withQuery(path, { ...query, after: pageParam, limit: pageRows })),
    initialPageParam: '',
    getNextPageParam: ({ items }) => (items.length < pageRows ? undefined : items.at(-1)!.id),
  });
}

/** What a list holds so far, and a button while there is more; a count never claims more than was fetched. */
export function Gathered<T>({ of, children }: { of: Paged<T>; children: (items: readonly T[], all: boolean) => ReactNode }) {
  if (of.isPending) return <Loading />;
  if (of.data === undefined) return <Refusal error={of.error} />;
  return (
    <>
      {children(
        of.data.pages.flatMap((page) => page.items),
        !of.hasNextPage,
      )}
      <Refusal error={of.error} />
      {of.hasNextPage && (
        <p className="mt-3">
          <Button quiet disabled={of.isFetchingNextPage} focusableWhenDisabled onClick={() => void of.fetchNextPage()}>
            Load more
          </Button>
        </p>
      )}
    </>
  );
}
