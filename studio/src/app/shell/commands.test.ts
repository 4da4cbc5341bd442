import { expect, test } from 'vitest';
import { findCommands, type CommandSources } from './commands';

const sources: CommandSources = {
  definitions: [1, 2].map((version) => ({ processDefinitionKey: `10${version}`, processDefinitionId: 'order', name: 'Order fulfilment', version, resourceName: 'o.bpmn', tenantId: '<default>' })),
  decisions: [],
  tasks: [{ userTaskKey: '55', name: 'Review order', state: 'CREATED', assignee: null, elementId: 'review', elementInstanceKey: '4', processInstanceKey: '3', processDefinitionId: 'order', processDefinitionKey: '102', creationDate: '' }],
  instances: [],
};

test('an empty box offers the pages first', () => {
  expect(findCommands('', sources)[0]!.label).toBe('Home');
});
test('a key leads to its instance as it was typed', () => {
  expect(findCommands('9223372036854775807', sources)[0]!.go).toEqual({ to: '/instances/$key', params: { key: '9223372036854775807' } });
});
test('a process is found by name, in its newest version, and can be started', () => {
  const found = findCommands('fulfil', sources);
  expect(found.map((each) => each.label)).toEqual(['Order fulfilment', 'Start Order fulfilment']);
  expect(found[0]!.go.params).toEqual({ key: '102' });
});
test('a task is found by name', () => {
  expect(findCommands('review', sources).map((each) => each.go.search)).toContainEqual({ task: '55' });
});
test('nothing is an answer too', () => {
  expect(findCommands('zzz', sources)).toEqual([]);
});
test('a decision is found by name', () => {
  const risk = { decisionDefinitionKey: '9', decisionDefinitionId: 'risk', name: 'Credit risk', version: 2, decisionRequirementsId: 'r', decisionRequirementsKey: '8', decisionRequirementsName: 'R', decisionRequirementsVersion: 1, tenantId: '<default>' };
  expect(findCommands('credit', { ...sources, decisions: [risk] })[0]!.go).toEqual({ to: '/decisions/$key', params: { key: '9' } });
});
