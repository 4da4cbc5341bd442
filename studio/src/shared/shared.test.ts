import { describe, expect, test } from 'vitest';
import { elementNames } from './diagram/names';
import { inFlowOrder } from './diagram/outline';
import { checkObject, pretty } from './format/json';
import { elementKind, incidentTitle } from './format/names';
import { ago, duration, toMillis } from './format/time';
import { fingerprint, groupIncidents } from './incident/grouping';
import type { Incident, Variable } from './api/types';
import { byScope, likely, namesReadAgain } from './incident/likely';
import { sentence } from './incident/sentence';

const incident = (more: Partial<Incident> = {}): Incident => ({
  incidentKey: '1', errorType: 'JOB_NO_RETRIES', errorMessage: 'no', elementId: 'charge', elementInstanceKey: '3', creationTime: '2026-01-01T00:00:00Z',
  state: 'ACTIVE', processDefinitionId: 'p', processDefinitionKey: '2', processInstanceKey: '1', ...more,
});
const variable = (name: string, scopeKey = '1'): Variable => ({ variableKey: `${scopeKey}-${name}`, name, value: '1', scopeKey, processInstanceKey: '1' });

describe('incidents', () => {
  test('reasons that are shown beside a message are not said twice', () => {
    const errorMessage = "It was 'NULL'. The evaluation reported the following warnings:\n[NO_VARIABLE_FOUND] No variable found with name 'x'";
    expect(sentence(incident({ errorMessage, warnings: ['1:1: x: there is no variable of this name [feel.variable]'] }))).toBe("It was 'NULL'.");
    expect(sentence(incident({ errorMessage }))).toBe(errorMessage);
    expect(sentence(incident({ errorMessage: 'no', warnings: ['why'] }))).toBe('no');
  });


  test('the same failure of many instances is one group, the newest message stands for it', () => {
    const groups = groupIncidents([
      incident({ incidentKey: '1', errorMessage: 'order 4711 failed with 500', creationTime: '2026-01-01T00:00:00Z' }),
      incident({ incidentKey: '2', errorMessage: 'order 4712 failed with 500', creationTime: '2026-01-02T00:00:00Z' }),
      incident({ incidentKey: '3', errorMessage: 'order 4713 failed with 404' }),
      incident({ incidentKey: '4', errorMessage: 'order 4711 failed with 500', elementId: 'ship' }),
    ]);
    expect(groups.map((group) => group.incidents.length)).toEqual([2, 1, 1]);
    expect(groups[0]!.message).toBe('order 4712 failed with 500');
  });
  test('identifiers do not count', () => {
    expect(fingerprint('job 2251799813685249 of 6f9619ff-8b86-d011-b42d-00c04fc964ff')).toBe('job # of #');
  });
  const propose = (list: Variable[], of: Incident, again: string[] = []) => likely(byScope(list, of, new Set(again)), of)?.variableKey;
  test('the variable that the message names is proposed, the step\'s own before the instance\'s', () => {
    const list = [variable('total'), variable('simulate', '3'), variable('simulate')];
    expect(propose(list, incident({ errorMessage: 'answer: {"simulate":"outage"}' }))).toBe('3-simulate');
    expect(propose([variable('orderId'), variable('total')], incident({ errorMessage: 'total is no number' }))).toBe('1-total');
    expect(propose([], incident())).toBeUndefined();
  });
  test('else what the step reads at every attempt, else its input, its body before constants', () => {
    const list = [variable('customer'), variable('total'), variable('authentication', '3'), variable('body', '3')];
    expect(propose(list, incident(), ['total'])).toBe('1-total');
    expect(propose(list, incident())).toBe('3-body');
  });
  test('what is read at every attempt stands in the model', () => {
    const xml = '<s:serviceTask id="a"><z:header key="requestExpression" value="={body: {id: orderId, to: customer.name, text: &quot;so total&quot;}}"/></s:serviceTask><s:task id="b"><z:header key="x" value="y"/></s:task>';
    expect([...namesReadAgain(xml, 'a')]).toEqual(['orderId', 'customer']);
    expect(namesReadAgain(xml, 'b').size).toBe(0);
  });
  test('every type has a title', () => {
    expect(incidentTitle('CONDITION_ERROR')).toContain('default flow');
    expect(incidentTitle('OF_TOMORROW')).toBe('The token cannot go on');
  });
});

describe('the diagram as text', () => {
  const element = (id: string, ...next: string[]) => ({ id, name: id, type: 'bpmn:Task', next });
  test('elements come in the order in which tokens meet them', () => {
    const ordered = inFlowOrder([element('end'), element('join', 'end'), element('b', 'join'), element('a', 'join'), element('fork', 'a', 'b'), element('start', 'fork')]);
    expect(ordered.map((each) => each.id)).toEqual(['start', 'fork', 'a', 'b', 'join', 'end']);
  });
  test('a loop loses nothing', () => {
    const ordered = inFlowOrder([element('start', 'a'), element('a', 'b'), element('b', 'a', 'end'), element('end')]);
    expect(ordered.map((each) => each.id).sort()).toEqual(['a', 'b', 'end', 'start']);
    expect(ordered[0]!.id).toBe('start');
  });
  test('names are read from the model', () => {
    const names = elementNames('<bpmn:serviceTask id="charge" name="Charge&#10;card &amp; wait"/><x:task name=\'B\' id=\'b\'></x:task><a id="c"/>');
    expect([...names]).toEqual([['charge', 'Charge card & wait'], ['b', 'B']]);
  });
  test('kinds are words', () => {
    expect(elementKind('bpmn:ServiceTask')).toBe('Service task');
    expect(elementKind('EVENT_BASED_GATEWAY')).toBe('Event based gateway');
  });
});

describe('formats', () => {
  test('JSON is indented only where that loses nothing', () => {
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(pretty('{"a":12345678901234567890}')).toBe('{"a":12345678901234567890}');
  });
  test('variables have to be an object', () => {
    expect(checkObject('[1]').ok).toBe(false);
    expect(checkObject('{"a": }').message).toContain('not valid JSON');
    expect(checkObject('{}').ok).toBe(true);
  });
  test('ages and durations', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    expect(ago('2026-01-01T11:59:58Z', now)).toBe('just now');
    expect(ago('2026-01-01T11:30:00Z', now)).toBe('30 min. ago');
    expect(ago(null, now)).toBe('–');
    expect(duration('2026-01-01T11:59:59.500Z', null, now)).toBe('500 ms');
    expect(duration('2026-01-01T09:15:00Z', '2026-01-01T12:00:00Z', now)).toBe('2 h 45 min');
  });
  test('times come as text or as milliseconds', () => {
    expect(toMillis('1700000000000')).toBe(1_700_000_000_000);
    expect(toMillis(5)).toBe(5);
    expect(toMillis('never')).toBeUndefined();
  });
});
