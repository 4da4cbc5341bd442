import { describe, expect, test } from 'vitest';
import type { HistoryItem } from '../../shared/api/types';
import { sentence } from './sentences';

const item = (event: string, more: Partial<HistoryItem> = {}): HistoryItem => ({ lsn: 1, time: 0, event, elementId: 'charge', elementName: 'Charge card', ...more });

describe('sentences', () => {
  test('a failure says what failed, why and how often it may fail again', () => {
    const said = sentence(item('JobFailed', { data: { retries: 0, message: '500 Internal Server Error', retryAt: 0 } }));
    expect(said.text).toBe('Charge card failed; no tries are left');
    expect(said.detail).toBe('500 Internal Server Error');
    expect(said.tone).toBe('danger');
    expect(sentence(item('JobFailed', { data: { retries: 2 } })).text).toContain('2 tries are left');
  });
  test('variables are named, in either form', () => {
    const asPairs = sentence(item('VariablesSet', { elementId: null, data: { variables: [['total', 12], ['simulate', 'none']] }, actor: 'ada' }));
    expect(asPairs.text).toBe('total, simulate were set by ada');
    expect(asPairs.detail).toBe('total = 12\nsimulate = "none"');
    expect(sentence(item('VariablesSet', { command: 'SetVariables', data: { variables: { total: 1 } } })).text).toBe('total was set');
  });
  test('what a step gets by its mappings is machinery', () => {
    const said = sentence(item('VariablesSet', { data: { variables: { url: 'x', body: {} } } }));
    expect(said).toMatchObject({ text: 'Charge card was given url, body', minor: true });
  });
  test('many variables are not all listed', () => {
    const variables = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, 1]);
    expect(sentence(item('VariablesSet', { elementId: null, data: { variables } })).text).toBe('a, b, c, d and 2 more were set');
  });
  test('the engine is not mentioned as a person', () => {
    expect(sentence(item('IncidentResolved', { actor: 'engine' })).text).toBe('The incident at Charge card was resolved');
    expect(sentence(item('IncidentResolved', { actor: 'ada' })).text).toBe('The incident at Charge card was resolved by ada');
  });
  test('an element without a name goes by its id', () => {
    expect(sentence(item('ElementCompleted', { elementName: null })).text).toBe('charge completed');
  });
  test('machinery is marked as minor', () => {
    expect(sentence(item('KeyBlockAssigned')).minor).toBe(true);
    expect(sentence(item('SequenceFlowTaken', { elementName: 'yes' })).minor).toBe(false);
    expect(sentence(item('SequenceFlowTaken', { elementName: null })).minor).toBe(true);
  });
  test('an event of a newer engine still reads as words', () => {
    expect(sentence(item('TokenTeleported')).text).toBe('Token teleported: Charge card');
    expect(sentence({ lsn: 1, time: 0, event: 'TokenTeleported' }).text).toBe('Token teleported');
  });
  test('a migration lists the elements that are called otherwise', () => {
    const data = { version: 3, elements: [['charge', 'charge'], ['ship', 'send']] };
    const said = sentence(item('InstanceMigrated', { actor: 'ada', data }));
    expect(said).toMatchObject({ text: 'The instance goes on with version 3 by ada', detail: 'ship → send' });
  });
  test('a signal is no message, and what caught an error is named or numbered', () => {
    expect(sentence(item('SubscriptionOpened', { data: { name: 'alarm', signal: true } })).text).toBe('Charge card waits for the signal alarm');
    expect(sentence(item('ErrorThrown', { data: { code: 'lost', caughtBy: 'handler' } })).text).toContain('and was caught');
    expect(sentence(item('EscalationThrown', { data: { code: 'late', caughtBy: 0 } })).text).toContain('nothing catches it');
  });
  test('every event of the engine has a sentence without holes', () => {
    const names = ['InstanceCreated', 'InstanceCompleted', 'InstanceTerminated', 'ElementActivating', 'ElementActivated', 'ElementCompleting', 'ElementCompleted', 'ElementTerminating', 'ElementTerminated', 'ElementPassed', 'SequenceFlowTaken', 'JoinFired', 'VariablesSet', 'JobCreated', 'JobActivated', 'JobTimedOut', 'JobFailed', 'JobRetried', 'JobUpdated', 'JobErrorThrown', 'JobCompleted', 'JobCanceled', 'TimerScheduled', 'TimerTriggered', 'TimerCanceled', 'SubscriptionOpened', 'SubscriptionCorrelated', 'SubscriptionClosed', 'IncidentCreated', 'IncidentResolved', 'UserTaskCreating', 'UserTaskCreated', 'UserTaskTransition', 'UserTaskAssigned', 'UserTaskUpdated', 'UserTaskDenied', 'UserTaskCompleted', 'UserTaskCanceled', 'ErrorThrown', 'ContinuationScheduled', 'ContinuationTaken', 'CommandSent', 'InstanceSuspended', 'InstanceResumed', 'InstanceModified', 'InstanceMigrated', 'InstanceDeleted', 'CommandParked', 'ElementListened', 'LoopStarted', 'IterationStarted', 'IterationEnded', 'IterationAdded', 'InnerStarted', 'AdHocFulfilled', 'ScopeInterrupted', 'ConditionOpened', 'ConditionChanged', 'ConditionClosed', 'EventOccurred', 'EventsReset', 'EscalationThrown', 'ComplexGatewayActivated', 'ComplexGatewayReset', 'CompensationRegistered', 'CompensationStarted', 'CompensationHandling', 'CompensationEnded', 'CallStarted', 'UserTaskCorrected', 'JobPending'];
    for (const name of names) {
      const { text } = sentence(item(name, { data: null }));
      expect(text, name).toMatch(/^\S.*\S$/);
      expect(text, name).not.toMatch(/undefined|null|NaN/);
    }
  });
});
