import { describe, expect, test } from 'vitest';
import { complete, filled, needed, obstacles } from './migrate';

const count = (elementId: string, active: number, incidents = 0) => ({ elementId, active, incidents, completed: 1 });
const target = (id: string) => ({ id, name: '', type: 'userTask' });

describe('migrating to another version', () => {
  test('what has tokens needs a target, stuck ones too', () => {
    expect(needed([count('start', 0), count('ask', 1), count('charge', 0, 1)])).toEqual(['ask', 'charge']);
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
  test('obstacles are listed one by one', () => {
    expect(obstacles("no mapping for 'a'; 'b' has another type. Map them.")).toEqual(["no mapping for 'a'", "'b' has another type.", 'Map them.']);
  });
});
