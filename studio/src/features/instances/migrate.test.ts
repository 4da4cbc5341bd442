import { describe, expect, test } from 'vitest';
import { choices, complete, filled, needed } from './migrate';
import { obstacles } from './refusals';

const count = (elementId: string, active: number, incidents = 0) => ({ elementId, active, incidents, completed: 1 });
const target = (id: string, type = 'userTask') => ({ id, name: '', type });

describe('migrating to another version', () => {
  test('what has tokens needs a target, stuck ones too', () => {
    expect(needed([count('start', 0), count('ask', 1), count('charge', 0, 1)], [])).toEqual(['ask', 'charge']);
  });
  test('a gateway at which a token waits for others needs one as well', () => {
    const waits = [{ kind: 'JOIN' as const, elementId: 'join' }, { kind: 'JOB' as const, elementId: 'ask' }];
    expect(needed([count('ask', 1)], waits)).toEqual(['ask', 'join']);
  });
  test('the same id is taken until another is chosen', () => {
    const targets = [target('ask'), target('ask2')];
    expect(filled(['ask', 'charge'], {}, targets)).toEqual({ ask: 'ask', charge: undefined });
    expect(filled(['ask'], { ask: 'ask2' }, targets)).toEqual({ ask: 'ask2' });
  });
  test('nothing is sent while an element has no target', () => {
    expect(complete({ ask: 'ask', charge: undefined })).toBeUndefined();
    expect(complete({})).toBeUndefined();
    expect(complete({ ask: 'ask2' })).toEqual({ ask: 'ask2' });
  });
  test('targets of the same kind come first', () => {
    const groups = choices(target('ask'), [target('charge', 'serviceTask'), target('ask2')]);
    expect(groups.map((each) => [each.group, each.items.map((item) => item.value)])).toEqual([['User tasks', ['ask2']], ['Of another kind', ['charge']]]);
  });
});

describe('refusals', () => {
  const names = new Map([['desk', 'Prepare the desk'], ['login', 'login']]);

  test('every obstacle is one line, with names', () => {
    const detail = "Expected to migrate process instance '22' but active element with id 'desk' and its mapped element with id 'login' are of different types; no mapping instruction defined for active element with id 'desk'. Elements cannot be migrated without a mapping.";
    expect(obstacles(detail, names)).toEqual([
      'Active element “Prepare the desk” (desk) and its mapped element “login” are of different types',
      'No mapping instruction defined for active element “Prepare the desk” (desk). Elements cannot be migrated without a mapping.',
    ]);
  });
  test('a refused modification is one', () => {
    const detail = "Expected to modify instance of process 'p' but it contains one or more terminate instructions for elements that are not active: 'desk'";
    expect(obstacles(detail, names)).toEqual(['Terminate instructions for elements that are not active: “Prepare the desk” (desk)']);
  });
});
