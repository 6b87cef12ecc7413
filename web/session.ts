import { QueryCache, QueryClient, useMutation, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { get, isSignedOut, newKey, post, Refused } from './api.ts';
import type { Who } from './wire.ts';

const whoKey = ['/api/whoami'];

/** No refetching by focus or by timer: every read of a labelled thing is an entry in the log, and stands for somebody who looked. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: false, staleTime: 15_000, refetchOnWindowFocus: false, refetchOnReconnect: false, throwOnError: false },
  },
  queryCache: new QueryCache({
    onError(error, query) {
      if (isSignedOut(error) && query.queryKey[0] !== whoKey[0]) queries.setQueryData(whoKey, null);
    },
  }),
});

/** Who is signed in; null = nobody. */
export function useWho() {
  return useQuery<Who | null>({
    queryKey: whoKey,
    staleTime: 300_000,
    queryFn: () =>
      get<Who>(whoKey[0]!).catch((error) => {
        if (isSignedOut(error)) return null;
        throw error;
      }),
  });
}

export function useGet<T>(path: string) {
  return useQuery<T, Error>({ queryKey: [path], queryFn: () => get<T>(path) });
}

/** One form's verb: sent again with the same key until it is done, so that no click counts twice; then what is shown is asked for anew. */
export function useAct<T = unknown>(path: string) {
  const key = useRef(newKey());
  return useMutation<T, Error, unknown>({
    mutationFn: (given) => post<T>(path, given, key.current),
    async onSuccess() {
      key.current = newKey();
      await queries.invalidateQueries();
    },
  });
}

const sessionKey = 'breakwater-session-id';

/** Remembers which session this is (its id, never its secret: that is in a cookie no script can read), so that it can be ended. */
export async function signedIn(sessionId: string): Promise<void> {
  localStorage.setItem(sessionKey, sessionId);
  await queries.resetQueries();
}

export async function signOut(): Promise<void> {
  const id = localStorage.getItem(sessionKey);
  localStorage.removeItem(sessionKey);
  if (id) {
    await post(`/api/tokens/${id}/revoke`, {}).catch((error) => {
      if (!(error instanceof Refused)) throw error;
    });
  }
  location.assign('/');
}
