import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { queryClient } from './api.ts';
import { accountSearch } from './features/accounts/account-search.ts';
import { accountsSearch } from './features/accounts/accounts-search.ts';
import { auditSearch } from './features/audit/audit-search.ts';
import { deletedVideosSearch } from './features/deleted-videos/deleted-videos-search.ts';
import { keysSearch } from './features/keys/keys-search.ts';
import { pricesSearch } from './features/prices/prices-search.ts';
import { refundsSearch } from './features/refunds/refunds-search.ts';
import { staffSearch } from './features/staff/staff-search.ts';
import { usageSearch } from './features/usage/usage-search.ts';
import { videosSearch } from './features/videos/videos-search.ts';
import { sessionOptions } from './session.ts';
import { AppShell } from './shell/app-shell.tsx';
import { NotFound, PagePending, RouteError } from './shell/route-states.tsx';
import { signInSearch } from './shell/sign-in-search.ts';

const rootRoute = createRootRoute({ component: Outlet });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('./shell/sign-in-page.tsx'), 'SignInPage'),
});

// Everything else is for people who are signed in.
const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionOptions);
    if (session.userId === null) {
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { redirect: location.href } });
    }
  },
  component: AppShell,
});

const indexRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./features/overview/overview-page.tsx'), 'OverviewPage'),
});

const usageRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/usage',
  validateSearch: usageSearch,
  component: lazyRouteComponent(() => import('./features/usage/usage-page.tsx'), 'UsagePage'),
});

const videosRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/videos',
  validateSearch: videosSearch,
  component: lazyRouteComponent(() => import('./features/videos/videos-page.tsx'), 'VideosPage'),
});

const deletedVideosRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/deleted-videos',
  validateSearch: deletedVideosSearch,
  component: lazyRouteComponent(() => import('./features/deleted-videos/deleted-videos-page.tsx'), 'DeletedVideosPage'),
});

const refundsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/refunds',
  validateSearch: refundsSearch,
  component: lazyRouteComponent(() => import('./features/refunds/refunds-page.tsx'), 'RefundsPage'),
});

const accountsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/accounts',
  validateSearch: accountsSearch,
  component: lazyRouteComponent(() => import('./features/accounts/accounts-page.tsx'), 'AccountsPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/accounts/$userId',
  validateSearch: accountSearch,
  component: lazyRouteComponent(() => import('./features/accounts/account-page.tsx'), 'AccountPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./features/audit/audit-page.tsx'), 'AuditPage'),
});

const staffRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/staff',
  validateSearch: staffSearch,
  component: lazyRouteComponent(() => import('./features/staff/staff-page.tsx'), 'StaffPage'),
});

const keysRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/keys',
  validateSearch: keysSearch,
  component: lazyRouteComponent(() => import('./features/keys/keys-page.tsx'), 'KeysPage'),
});

const pricesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/prices',
  validateSearch: pricesSearch,
  component: lazyRouteComponent(() => import('./features/prices/prices-page.tsx'), 'PricesPage'),
});

// Inside the shell, so that there is a way on from it.
const missingRoute = createRoute({ getParentRoute: () => appRoute, path: '$', component: NotFound });

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    appRoute.addChildren([
      indexRoute,
      usageRoute,
      videosRoute,
      deletedVideosRoute,
      refundsRoute,
      accountsRoute,
      accountRoute,
      auditRoute,
      staffRoute,
      keysRoute,
      pricesRoute,
      missingRoute,
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: PagePending,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
