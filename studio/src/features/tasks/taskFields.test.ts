import { describe, expect, test } from 'vitest';
import type { Variable } from '../../shared/api/types';
import { encodeFields, taskFields, type Field } from './taskFields';

const model = (conditions: string, mapping = '') => `
  <bpmn:userTask id="review" name="Review order"><bpmn:extensionElements>${mapping}</bpmn:extensionElements></bpmn:userTask>
  <bpmn:exclusiveGateway id="ok" />
  <bpmn:sequenceFlow id="f1" sourceRef="review" targetRef="ok" />
  ${conditions}`;
const flow = (condition: string) =>
  `<bpmn:sequenceFlow id="x" sourceRef="ok" targetRef="y"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${condition}</bpmn:conditionExpression></bpmn:sequenceFlow>`;
const variable = (name: string, value: string, scopeKey = '1'): Variable => ({ variableKey: name, name, value, scopeKey, processInstanceKey: '1' });

describe('fields of a task', () => {
  test('what the gateway behind it reads is asked', () => {
    expect(taskFields(model(flow('=approved') + flow('=not(approved)')), 'review', '2', [])).toEqual([
      { name: 'approved', kind: 'boolean', value: undefined, from: 'model' },
    ]);
  });
  test('compared texts become a choice', () => {
    const fields = taskFields(model(flow('=decision = &quot;approve&quot;') + flow('=decision = "reject"')), 'review', '2', []);
    expect(fields).toEqual([{ name: 'decision', kind: 'string', value: '', from: 'model', choices: ['approve', 'reject'] }]);
  });
  test('compared numbers become a number, words of the language nothing', () => {
    const fields = taskFields(model(flow('=score &gt; 3 and true')), 'review', '2', []);
    expect(fields).toEqual([{ name: 'score', kind: 'number', value: '', from: 'model' }]);
  });
  test('what is set already is not asked again', () => {
    expect(taskFields(model(flow('=total &gt; 3')), 'review', '2', [variable('total', '12')])).toEqual([]);
  });
  test('local variables of the task come first, with their values', () => {
    const fields = taskFields(model(flow('=approved')), 'review', '2', [variable('comment', '"fine"', '2'), variable('approved', 'false', '2'), variable('list', '[1]', '2')]);
    expect(fields).toEqual([
      { name: 'comment', kind: 'string', value: 'fine', from: 'task' },
      { name: 'approved', kind: 'boolean', value: false, from: 'task' },
    ]);
  });
  test('output mappings are asked, functions and members are not', () => {
    const fields = taskFields(model('', '<zeebe:ioMapping><zeebe:output source="=upper case(note)" target="n" /><zeebe:output source="=ok" target="o"/></zeebe:ioMapping>'), 'review', '2', []);
    expect(fields.map((field) => field.name)).toContain('ok');
  });
});

test('a filled form is a JSON object', () => {
  const fields: Field[] = [
    { name: 'approved', kind: 'boolean', value: true, from: 'model' },
    { name: 'amount', kind: 'number', value: '12345678901234567890', from: 'task' },
    { name: 'note', kind: 'string', value: 'so "so"', from: 'task' },
    { name: 'open', kind: 'boolean', value: undefined, from: 'model' },
  ];
  expect(encodeFields(fields)).toBe('{\n  "approved": true,\n  "amount": 12345678901234567890,\n  "note": "so \\"so\\""\n}');
  expect(encodeFields([])).toBe('{}');
});
