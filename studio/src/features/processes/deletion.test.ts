import { describe, expect, test } from 'vitest';
import { ApiError } from '../../shared/api/problem';
import type { ProcessDefinition } from '../../shared/api/types';
import { consequences, runningInstances } from './deletion';

function version(number: number): ProcessDefinition {
  return {
    processDefinitionKey: String(100 + number), processDefinitionId: 'order', name: 'Order', version: number,
    resourceName: 'order.bpmn', tenantId: '<default>',
  };
}

describe('deleting a version', () => {
  const [one, two, three] = [version(1), version(2), version(3)];
  test('the latest makes way for the one below', () => {
    expect(consequences(three, [three, two, one], false)[0]).toContain('Version 2 is the latest one then');
  });
  test('an earlier one leaves the latest alone', () => {
    expect(consequences(one, [three, one], false)[0]).toContain('Version 3 stays the latest one');
  });
  test('the only one leaves nothing to start', () => {
    expect(consequences(two, [two], false).join(' ')).toMatch(/only version.*incident.*stay in the history/);
    expect(consequences(two, [two], true).join(' ')).toContain('instances that ended by it is deleted');
  });
  test('a refusal says how many instances run', () => {
    const text = "Command 'DELETE' rejected with code 'INVALID_STATE': Expected to delete resource with key `7` but there are still running instances (12); let them end";
    expect(runningInstances(new ApiError(409, 'INVALID_STATE', text, ''))).toBe(12);
    expect(runningInstances(new ApiError(404, 'NOT_FOUND', text, ''))).toBeUndefined();
    expect(runningInstances(new Error('lost'))).toBeUndefined();
  });
});
