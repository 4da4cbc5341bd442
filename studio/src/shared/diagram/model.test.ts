import { BpmnModdle } from 'bpmn-moddle';
import { expect, test } from 'vitest';
import { elementsOf, processOf, type Definitions } from './model';

const moddle = new BpmnModdle() as unknown as { fromXML(xml: string): Promise<{ rootElement: Definitions }> };

async function agents(namespace: string, extension: string) {
  const xml = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z="${namespace}" targetNamespace="t"><process id="p">
    <adHocSubProcess id="a"><extensionElements>${extension}</extensionElements><task id="t"/></adHocSubProcess></process></definitions>`;
  const process = processOf((await moddle.fromXML(xml)).rootElement, 'p')!;
  return Object.fromEntries(elementsOf(process).map((each) => [each.id, each.agent]));
}

const ZEEBE = 'http://camunda.org/schema/zeebe/1.0';

test('an element that the model marks as an agent is one, whatever the prefix', async () => {
  expect(await agents(ZEEBE, '<z:properties/><z:agentDefinition agentType="aiAgentSubProcess"/>')).toEqual({ a: 'AI agent', t: undefined });
  expect(await agents(ZEEBE, '<z:agentDefinition agentType="external"/>')).toEqual({ a: 'External AI agent', t: undefined });
});

test('others are none', async () => {
  for (const extension of ['', '<z:taskDefinition type="agentDefinition"/>', '<z:agentDefinition agentType="robot"/>', '<z:agentDefinition/>']) {
    expect(await agents(ZEEBE, extension)).toEqual({ a: undefined, t: undefined });
  }
  expect(await agents('urn:other', '<z:agentDefinition agentType="external"/>')).toEqual({ a: undefined, t: undefined });
});
