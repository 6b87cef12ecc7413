import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Enter } from './pages/enter.tsx';
import { Found } from './pages/found.tsx';
import { Queue } from './pages/queue.tsx';
import { Frame } from './parts/frame.tsx';
import { Page } from './parts/page.tsx';

const root = createRootRoute({
  component: Frame,
  notFoundComponent: () => (
    <Page title="There is no such page">
      <p>Check the address, or go back to the queue.</p>
    </Page>
  ),
});

const under = { getParentRoute: () => root };
const routes = [
  createRoute({ ...under, path: '/', component: Queue }),
  createRoute({ ...under, path: '/found', component: Found }),
  createRoute({ ...under, path: '/enter', component: Enter }),
  createRoute({ ...under, path: '/findings/new', component: lazyRouteComponent(() => import('./pages/hand-in.tsx'), 'HandIn') }),
  createRoute({ ...under, path: '/findings/import', component: lazyRouteComponent(() => import('./pages/import.tsx'), 'Import') }),
  createRoute({
    ...under,
    path: '/organisations',
    component: lazyRouteComponent(() => import('./pages/organisations.tsx'), 'Organisations'),
  }),
  createRoute({
    ...under,
    path: '/organisations/$id',
    component: lazyRouteComponent(() => import('./pages/organisation.tsx'), 'Organisation'),
  }),
  createRoute({ ...under, path: '/findings/$id', component: lazyRouteComponent(() => import('./pages/finding.tsx'), 'FindingPage') }),
  createRoute({ ...under, path: '/duplicates', component: lazyRouteComponent(() => import('./pages/duplicates.tsx'), 'Duplicates') }),
  createRoute({
    ...under,
    path: '/duplicates/$aId/$bId',
    component: lazyRouteComponent(() => import('./pages/duplicates/pair.tsx'), 'Pair'),
  }),
  createRoute({
    ...under,
    path: '/vulnerabilities/$id',
    component: lazyRouteComponent(() => import('./pages/vulnerability.tsx'), 'Vulnerability'),
  }),
  createRoute({ ...under, path: '/cases/$id', component: lazyRouteComponent(() => import('./pages/case.tsx'), 'CasePage') }),
  createRoute({
    ...under,
    path: '/cases/$id/participants',
    component: lazyRouteComponent(() => import('./pages/participants.tsx'), 'ParticipantsPage'),
  }),
  createRoute({
    ...under,
    path: '/cases/$id/advisory',
    component: lazyRouteComponent(() => import('./pages/advisory.tsx'), 'AdvisoryPage'),
  }),
  createRoute({ ...under, path: '/projects', component: lazyRouteComponent(() => import('./pages/projects.tsx'), 'ProjectsPage') }),
  createRoute({ ...under, path: '/fixes', component: lazyRouteComponent(() => import('./pages/fixes.tsx'), 'Fixes') }),
  createRoute({ ...under, path: '/reviews', component: lazyRouteComponent(() => import('./pages/reviews.tsx'), 'Reviews') }),
  createRoute({ ...under, path: '/suites/$id', component: lazyRouteComponent(() => import('./pages/suite.tsx'), 'SuitePage') }),
  createRoute({ ...under, path: '/horizons', component: lazyRouteComponent(() => import('./pages/horizons.tsx'), 'HorizonsPage') }),
  createRoute({ ...under, path: '/cves', component: lazyRouteComponent(() => import('./pages/cves.tsx'), 'CvesPage') }),
  createRoute({ ...under, path: '/policies', component: lazyRouteComponent(() => import('./pages/policies.tsx'), 'PoliciesPage') }),
  createRoute({ ...under, path: '/reviews/$id', component: lazyRouteComponent(() => import('./pages/review.tsx'), 'Review') }),
  createRoute({ ...under, path: '/reviews/$id/runs/$runId', component: lazyRouteComponent(() => import('./pages/run.tsx'), 'RunPage') }),
  createRoute({ ...under, path: '/passkeys', component: lazyRouteComponent(() => import('./pages/passkeys.tsx'), 'Passkeys') }),
  createRoute({ ...under, path: '/notices', component: lazyRouteComponent(() => import('./pages/notices.tsx'), 'Notices') }),
  createRoute({ ...under, path: '/mail', component: lazyRouteComponent(() => import('./pages/mail.tsx'), 'MailPage') }),
  createRoute({ ...under, path: '/metrics', component: lazyRouteComponent(() => import('./pages/metrics.tsx'), 'MetricsPage') }),
  createRoute({ ...under, path: '/log', component: lazyRouteComponent(() => import('./pages/log.tsx'), 'Log') }),
];

export const router = createRouter({ routeTree: root.addChildren(routes), defaultPreload: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
