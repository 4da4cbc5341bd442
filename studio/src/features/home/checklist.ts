/** The first steps with Dirigent, ticked off by what the engine has seen. */
import type { ProcessDefinition } from '../../shared/api/types';
import { latestVersions } from '../../shared/format/versions';

export interface Seen {
  definitions: ProcessDefinition[];
  instances: number;
  incidents: number;
  completed: number;
  tasksDone: number;
}

export interface Step {
  title: string;
  text: string;
  done: boolean;
  link: { to: string; params?: Record<string, string>; search?: Record<string, unknown> };
}

export const SAMPLE = 'order-fulfilment';

export function checklist(seen: Seen): Step[] {
  const latest = latestVersions(seen.definitions);
  const sample = latest.find((each) => each.processDefinitionId === SAMPLE) ?? latest[0];
  const start: Step['link'] = sample
    ? { to: '/processes/$key', params: { key: sample.processDefinitionKey }, search: { start: true } }
    : { to: '/processes' };
  return [
    { title: 'Deploy a process', text: 'Drop a .bpmn file on the Processes page.', done: latest.length > 0, link: { to: '/processes' } },
    { title: 'Start an instance', text: 'The sample is filled in for you.', done: seen.instances > 0, link: start },
    { title: 'Fix what is stuck', text: 'Read the cause, correct the data, retry.', done: seen.incidents === 0 && seen.completed > 0, link: { to: '/incidents' } },
    { title: 'Complete a task', text: 'Approve it, and the token goes on.', done: seen.tasksDone > 0, link: { to: '/tasks' } },
  ];
}
