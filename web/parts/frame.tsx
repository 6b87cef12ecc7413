import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { SignedOut } from '../pages/signed-out.tsx';
import { signOut, useWho } from '../session.ts';
import type { Who } from '../wire.ts';
import { Button } from './form.tsx';
import { Awaited } from './refusal.tsx';

interface Place {
  readonly to:
    | '/'
    | '/projects'
    | '/policies'
    | '/fixes'
    | '/reviews'
    | '/duplicates'
    | '/cves'
    | '/organisations'
    | '/notices'
    | '/mail'
    | '/metrics'
    | '/log';
  readonly name: string;
  /** Only for who comes for this; undefined = everybody. */
  readonly roles?: readonly Who['roles'][number][];
}

const places: readonly Place[] = [
  { to: '/', name: 'Queue' },
  { to: '/projects', name: 'Projects', roles: ['maintainer'] },
  { to: '/fixes', name: 'Fixes', roles: ['operator', 'maintainer'] },
  { to: '/reviews', name: 'Reviews', roles: ['developer', 'evaluator'] },
  { to: '/duplicates', name: 'Duplicates', roles: ['coordinator'] },
  { to: '/cves', name: 'CVEs', roles: ['coordinator'] },
  { to: '/policies', name: 'Policies', roles: ['coordinator', 'maintainer'] },
  { to: '/organisations', name: 'Organisations', roles: ['coordinator'] },
  { to: '/mail', name: 'Mail', roles: ['coordinator'] },
  { to: '/notices', name: 'Notices' },
  { to: '/metrics', name: 'Metrics' },
  { to: '/log', name: 'Log' },
];

/** Around every page: where one is, who one is, and the way to the content. */
export function Frame() {
  const who = useWho();
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10 focus:bg-sheet focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <header className="border-b border-line bg-sheet">
        <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 sm:gap-x-6">
          <Link to="/" className="text-base font-semibold text-ink no-underline">
            Breakwater
          </Link>
          {who.data && <Places who={who.data} />}
          {who.data && <Person who={who.data} />}
        </div>
      </header>
      <main id="content" className="mx-auto max-w-7xl px-4 py-6">
        <Within />
      </main>
    </>
  );
}

const open = /^\/(found|enter|log|metrics)\/?$/;

/** The page, for whoever may be here; a session that ended anywhere ends up here too. */
function Within() {
  const { pathname } = useLocation();
  const who = useWho();
  if (open.test(pathname)) return <Outlet />;
  return (
    <Awaited of={who} page="Breakwater">
      {(found) => (found ? <Outlet /> : <SignedOut />)}
    </Awaited>
  );
}

function Places({ who }: { who: Who }) {
  const own = places.filter(({ roles }) => !roles || roles.some((role) => who.roles.includes(role)));
  return (
    <nav aria-label="Desk" className="max-sm:order-last max-sm:w-full">
      <ul className="flex flex-wrap gap-1 max-sm:-mx-2">
        {own.map(({ to, name }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: to === '/' }}
              className="block rounded-sm px-2 py-1 text-soft no-underline hover:text-ink aria-[current=page]:bg-page aria-[current=page]:font-semibold aria-[current=page]:text-ink"
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Person({ who }: { who: Who }) {
  return (
    <div className="ms-auto flex min-w-0 items-center justify-end gap-3 max-sm:flex-1 max-sm:basis-0">
      <p className="min-w-0 truncate text-right leading-tight max-sm:text-[0.87em]">
        <Link to="/passkeys" className="text-ink" title="Your passkeys">
          {who.name}
        </Link>
        <span className="block text-[0.87em] text-soft max-sm:sr-only">{who.roles.join(', ')}</span>
      </p>
      <Button quiet onClick={() => void signOut()}>
        Sign out
      </Button>
    </div>
  );
}
