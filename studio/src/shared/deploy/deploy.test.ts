import { expect, test } from 'vitest';
import { chooseFiles, deployedText } from './deploy';

test('only models are deployed', () => {
  const files = ['a.bpmn', 'b.BPMN', 'c.bpmn20.xml', 'photo.png'].map((name) => new File([''], name));
  const { files: taken, refused } = chooseFiles(files);
  expect(taken.map((file) => file.name)).toEqual(['a.bpmn', 'b.BPMN', 'c.bpmn20.xml']);
  expect(refused).toEqual(['photo.png']);
});

test('what was deployed is named with its version', () => {
  const process = { processDefinitionId: 'order', processDefinitionVersion: 3, processDefinitionKey: '1' };
  const decision = { decisionDefinitionId: 'risk', name: 'Risk', version: 2, decisionDefinitionKey: '2' };
  expect(deployedText({ deploymentKey: '9', deployments: [{ processDefinition: process }, { decisionDefinition: decision }, {}] })).toBe('order version 3, Risk version 2');
});
