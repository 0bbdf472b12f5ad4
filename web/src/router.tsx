import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { Shell } from './shell/shell.tsx';
import { NotFound, ViewFailure, ViewPending } from './shell/view-states.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/**
 * Filters and open items are in the URL, as plain texts: `#/requests?status=5xx&id=req_1`. Keeps the parameters that a view
 * knows, and drops the others.
 */
const only =
  <Name extends string>(...names: readonly Name[]) =>
  (search: Record<string, unknown>): { [Key in Name]?: string } =>
    Object.fromEntries(names.flatMap((name) => (isSaid(search[name]) ? [[name, search[name]]] : []))) as {
      [Key in Name]?: string;
    };

const isSaid = (value: unknown): boolean => typeof value === 'string' && value !== '';

// A view is a chunk of its own, loaded when first visited.
const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./views/overview/index.tsx')),
});
const providers = createRoute({
  getParentRoute: () => root,
  path: '/providers',
  validateSearch: only('name', 'tab', 'q', 'state'),
  component: lazyRouteComponent(() => import('./views/providers/index.tsx')),
});
const chat = createRoute({
  getParentRoute: () => root,
  path: '/chat',
  validateSearch: only('model', 'provider'),
  component: lazyRouteComponent(() => import('./views/chat/index.tsx')),
});
const requests = createRoute({
  getParentRoute: () => root,
  path: '/requests',
  validateSearch: only('id', 'model', 'provider', 'status', 'ending', 'key', 'since', 'until', 'q'),
  component: lazyRouteComponent(() => import('./views/requests/index.tsx')),
});
const balancing = createRoute({
  getParentRoute: () => root,
  path: '/balancing',
  validateSearch: only('model', 'strategy'),
  component: lazyRouteComponent(() => import('./views/balancing/index.tsx')),
});
const statistics = createRoute({
  getParentRoute: () => root,
  path: '/statistics',
  validateSearch: only('range', 'provider', 'model', 'show'),
  component: lazyRouteComponent(() => import('./views/statistics/index.tsx')),
});

const keys = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  component: lazyRouteComponent(() => import('./views/keys/index.tsx')),
});
const nodes = createRoute({
  getParentRoute: () => root,
  path: '/nodes',
  component: lazyRouteComponent(() => import('./views/nodes/index.tsx')),
});
const usage = createRoute({
  getParentRoute: () => root,
  path: '/usage',
  validateSearch: only('range', 'by', 'key', 'model', 'provider', 'owner', 'bars', 'show'),
  component: lazyRouteComponent(() => import('./views/usage/index.tsx')),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    providers,
    chat,
    requests,
    balancing,
    statistics,
    usage,
    keys,
    nodes,
  ]),
  // Behind the `#`, no path of the dashboard can collide with one of the API, whatever the base path.
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  defaultPendingComponent: ViewPending,
  defaultErrorComponent: ViewFailure,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const said = Object.entries(search).filter(([, value]) => typeof value === 'string' && value !== '');
    const text = new URLSearchParams(said as [string, string][]).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
