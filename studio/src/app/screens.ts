/** The screens, each a chunk of its own. */
export const screens = {
  home: () => import('../features/home/HomePage'),
  processes: () => import('../features/processes/ProcessesPage'),
  process: () => import('../features/processes/ProcessPage'),
  instances: () => import('../features/instances/InstancesPage'),
  instance: () => import('../features/instances/InstancePage'),
  incidents: () => import('../features/incidents/IncidentsPage'),
  tasks: () => import('../features/tasks/TasksPage'),
  decisions: () => import('../features/decisions/DecisionsPage'),
  decision: () => import('../features/decisions/DecisionPage'),
  connectors: () => import('../features/connectors/ConnectorsPage'),
};
