import { type UseInfiniteQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { get, withQuery } from '../api.ts';
import { Button } from './form.tsx';
import { Loading, Refusal } from './refusal.tsx';

const pageRows = 100;
type Paged<T> = UseInfiniteQueryResult<{ pages: { items: readonly T[] }[] }, Error>;

/** A list that the hub hands out page by page, oldest first; `query` filters it there, `nameOf` is what the next page comes after. */
export function useList<T>(
  path: string,
  query: Readonly<Record<string, string>> = {},
  nameOf: (item: T) => string = (item) => (item as { readonly id: string }).id,
): Paged<T> {
  return useInfiniteQuery<{ items: readonly T[] }, Error, { pages: { items: readonly T[] }[] }, readonly unknown[], string>({
    queryKey: [path, query],
    queryFn: ({ pageParam }) => get(withQuery(path, { ...query, after: pageParam, limit: pageRows })),
    initialPageParam: '',
    getNextPageParam: ({ items }) => (items.length < pageRows ? undefined : nameOf(items.at(-1)!)),
  });
}

/** All of a list, for choosing from or for naming: page after page, as what is looked for may be on any of them. */
export function useWhole<T extends { readonly id: string }>(
  path: string,
  query: Readonly<Record<string, string>> = {},
  { enabled = true, staleTime = 15_000 } = {},
): readonly T[] {
  const whole = async () => {
    const found: T[] = [];
    for (;;) {
      const page = await get<{ items: readonly T[] }>(withQuery(path, { ...query, after: found.at(-1)?.id ?? '', limit: pageRows }));
      found.push(...page.items);
      if (page.items.length < pageRows) return found;
    }
  };
  return useQuery<readonly T[], Error>({ queryKey: [path, query, 'whole'], queryFn: whole, enabled, staleTime }).data ?? [];
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
