/** What the command box offers for a text. */
import type { DecisionDefinition, ProcessDefinition, ProcessInstance, UserTask } from '../../shared/api/types';
import { definitionTitle } from '../../shared/format/names';
import { decisionTitle, latestDecisions, latestVersions } from '../../shared/format/versions';

export type CommandKind = 'home' | 'process' | 'instance' | 'incident' | 'task' | 'connector' | 'decision' | 'start';

export interface Command {
  id: string;
  kind: CommandKind;
  label: string;
  hint: string;
  go: { to: string; params?: Record<string, string>; search?: Record<string, unknown> };
}

const PAGES: Command[] = [
  { id: 'home', kind: 'home', label: 'Home', hint: 'Page', go: { to: '/' } },
  { id: 'processes', kind: 'process', label: 'Processes', hint: 'Page', go: { to: '/processes' } },
  { id: 'instances', kind: 'instance', label: 'Instances', hint: 'Page', go: { to: '/instances' } },
  { id: 'stuck', kind: 'incident', label: 'Instances with an incident', hint: 'Filter', go: { to: '/instances', search: { state: 'incident' } } },
  { id: 'incidents', kind: 'incident', label: 'Incidents', hint: 'Page', go: { to: '/incidents' } },
  { id: 'tasks', kind: 'task', label: 'Tasks', hint: 'Page', go: { to: '/tasks' } },
  { id: 'decisions', kind: 'decision', label: 'Decisions', hint: 'Page', go: { to: '/decisions' } },
  { id: 'connectors', kind: 'connector', label: 'Connectors', hint: 'Page', go: { to: '/connectors' } },
];

export interface CommandSources {
  decisions: DecisionDefinition[];
  definitions: ProcessDefinition[];
  tasks: UserTask[];
  instances: ProcessInstance[];
}

const LIMIT = 12;

export function findCommands(text: string, sources: CommandSources): Command[] {
  const query = text.trim().toLowerCase();
  const found: Command[] = [];
  if (/^\d{3,19}$/.test(query)) {
    found.push({
      id: 'key', kind: 'instance', label: `Open instance ${query}`, hint: 'By key',
      go: { to: '/instances/$key', params: { key: query } },
    });
  }
  const matches = (...texts: (string | null | undefined)[]) => query === '' || texts.some((each) => each?.toLowerCase().includes(query));

  for (const definition of latestVersions(sources.definitions)) {
    if (!matches(definition.name, definition.processDefinitionId)) continue;
    const params = { key: definition.processDefinitionKey };
    const title = definitionTitle(definition);
    found.push({ id: `process-${params.key}`, kind: 'process', label: title, hint: `Process, version ${definition.version}`, go: { to: '/processes/$key', params } });
    if (query !== '') {
      found.push({ id: `start-${params.key}`, kind: 'start', label: `Start ${title}`, hint: 'New instance', go: { to: '/processes/$key', params, search: { start: true } } });
    }
  }
  for (const decision of latestDecisions(sources.decisions)) {
    if (query === '' || !matches(decision.name, decision.decisionDefinitionId)) continue;
    found.push({ id: `decision-${decision.decisionDefinitionKey}`, kind: 'decision', label: decisionTitle(decision), hint: `Decision, version ${decision.version}`, go: { to: '/decisions/$key', params: { key: decision.decisionDefinitionKey } } });
  }
  for (const task of sources.tasks) {
    if (!matches(task.name, task.elementId, task.processName)) continue;
    found.push({ id: `task-${task.userTaskKey}`, kind: 'task', label: task.name ?? task.elementId, hint: `Task of ${task.processName ?? task.processDefinitionId} ${task.processInstanceKey}`, go: { to: '/tasks', search: { task: task.userTaskKey } } });
  }
  if (query !== '') {
    for (const instance of sources.instances) {
      if (!instance.processInstanceKey.startsWith(query) || instance.processInstanceKey === query) continue;
      found.push({ id: `instance-${instance.processInstanceKey}`, kind: 'instance', label: instance.processInstanceKey, hint: instance.processDefinitionName ?? instance.processDefinitionId, go: { to: '/instances/$key', params: { key: instance.processInstanceKey } } });
    }
  }
  const pages = PAGES.filter((page) => matches(page.label));
  // Without a text, pages first: that is what an opened box is mostly for.
  return (query === '' ? [...pages, ...found] : [...found, ...pages]).slice(0, LIMIT);
}
