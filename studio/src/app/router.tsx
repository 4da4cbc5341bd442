/** The map of the application. Screens load when they are opened; what is in the address bar is their only state. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, readDecision, readInstance, readInstances, readProcess, readTasks, stringifySearch } from '../shared/url';
import { CrashPage, MissingPage } from './ErrorPages';
import { Shell } from './shell/Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage, errorComponent: CrashPage });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../features/home/HomePage'), 'HomePage'),
});
const processes = createRoute({
  getParentRoute: () => root,
  path: '/processes',
  component: lazyRouteComponent(() => import('../features/processes/ProcessesPage'), 'ProcessesPage'),
});
const process = createRoute({
  getParentRoute: () => root,
  path: '/processes/$key',
  validateSearch: readProcess,
  component: lazyRouteComponent(() => import('../features/processes/ProcessPage'), 'ProcessPage'),
});
const instances = createRoute({
  getParentRoute: () => root,
  path: '/instances',
  validateSearch: readInstances,
  component: lazyRouteComponent(() => import('../features/instances/InstancesPage'), 'InstancesPage'),
});
const instance = createRoute({
  getParentRoute: () => root,
  path: '/instances/$key',
  validateSearch: readInstance,
  component: lazyRouteComponent(() => import('../features/instances/InstancePage'), 'InstancePage'),
});
const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  component: lazyRouteComponent(() => import('../features/incidents/IncidentsPage'), 'IncidentsPage'),
});
const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  validateSearch: readTasks,
  component: lazyRouteComponent(() => import('../features/tasks/TasksPage'), 'TasksPage'),
});
const decisions = createRoute({
  getParentRoute: () => root,
  path: '/decisions',
  component: lazyRouteComponent(() => import('../features/decisions/DecisionsPage'), 'DecisionsPage'),
});
const decision = createRoute({
  getParentRoute: () => root,
  path: '/decisions/$key',
  validateSearch: readDecision,
  component: lazyRouteComponent(() => import('../features/decisions/DecisionPage'), 'DecisionPage'),
});
const connectors = createRoute({
  getParentRoute: () => root,
  path: '/connectors',
  component: lazyRouteComponent(() => import('../features/connectors/ConnectorsPage'), 'ConnectorsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, processes, process, instances, instance, incidents, tasks, decisions, decision, connectors]),
  defaultPreload: 'intent',
  defaultErrorComponent: CrashPage,
  parseSearch,
  stringifySearch,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
