/** The map of the application. Screens load when they are opened; what is in the address bar is their only state. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, readDecision, readInstance, readInstances, readProcess, readTasks, stringifySearch } from '../shared/url';
import { CrashPage, MissingPage } from './ErrorPages';
import { screens } from './screens';
import { Shell } from './shell/Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage, errorComponent: CrashPage });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(screens.home, 'HomePage'),
});
const processes = createRoute({
  getParentRoute: () => root,
  path: '/processes',
  component: lazyRouteComponent(screens.processes, 'ProcessesPage'),
});
const process = createRoute({
  getParentRoute: () => root,
  path: '/processes/$key',
  validateSearch: readProcess,
  component: lazyRouteComponent(screens.process, 'ProcessPage'),
});
const instances = createRoute({
  getParentRoute: () => root,
  path: '/instances',
  validateSearch: readInstances,
  component: lazyRouteComponent(screens.instances, 'InstancesPage'),
});
const instance = createRoute({
  getParentRoute: () => root,
  path: '/instances/$key',
  validateSearch: readInstance,
  component: lazyRouteComponent(screens.instance, 'InstancePage'),
});
const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  component: lazyRouteComponent(screens.incidents, 'IncidentsPage'),
});
const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  validateSearch: readTasks,
  component: lazyRouteComponent(screens.tasks, 'TasksPage'),
});
const decisions = createRoute({
  getParentRoute: () => root,
  path: '/decisions',
  component: lazyRouteComponent(screens.decisions, 'DecisionsPage'),
});
const decision = createRoute({
  getParentRoute: () => root,
  path: '/decisions/$key',
  validateSearch: readDecision,
  component: lazyRouteComponent(screens.decision, 'DecisionPage'),
});
const connectors = createRoute({
  getParentRoute: () => root,
  path: '/connectors',
  component: lazyRouteComponent(screens.connectors, 'ConnectorsPage'),
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
