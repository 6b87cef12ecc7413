import { useSyncExternalStore } from 'react';

/**
 * The secret of a one-time link lies in the fragment, which browsers do not send. It is taken out of the address bar before anything
 * is drawn, so that it stays neither in the history nor on a shared screen.
 */
let secret: string | undefined;
const watchers = new Set<() => void>();

function take(): void {
  if (!/^\/(found|enter)\/?$/.test(location.pathname) || location.hash.length < 2) return;
  secret = decodeURIComponent(location.hash.slice(1));
  history.replaceState(history.state, '', location.pathname);
  for (const watcher of watchers) watcher();
}

export function watchLinks(): void {
  take();
  // A second link pasted into the same tab changes only the fragment and loads nothing.
  addEventListener('hashchange', take);
}

export function useLinkSecret(): string | undefined {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => secret,
  );
}
