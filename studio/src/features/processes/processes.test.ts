import { describe, expect, test } from 'vitest';
import { examplesFor, initialVariables, rememberVariables } from './startVariables';

function storage(): Pick<Storage, 'getItem' | 'setItem'> {
  const entries = new Map<string, string>();
  return { getItem: (key) => entries.get(key) ?? null, setItem: (key, value) => void entries.set(key, value) };
}

describe('start variables', () => {
  test('the sample is filled in, another process is empty', () => {
    expect(JSON.parse(initialVariables('order-fulfilment', storage()))).toHaveProperty('orderId');
    expect(JSON.parse(initialVariables('other', storage()))).toEqual({});
  });
  test('what was used last comes back, for its process only', () => {
    const kept = storage();
    rememberVariables('other', '{"a": 1}', kept);
    expect(initialVariables('other', kept)).toBe('{"a": 1}');
    expect(initialVariables('third', kept)).not.toContain('"a"');
  });
  test('storage that is forbidden is no failure', () => {
    const forbidden = { getItem: () => { throw new Error('denied'); }, setItem: () => { throw new Error('denied'); } };
    rememberVariables('other', '{}', forbidden);
    expect(JSON.parse(initialVariables('other', forbidden))).toEqual({});
  });
  test('every example is an object', () => {
    for (const example of examplesFor('order-fulfilment')) expect(JSON.parse(example.variables)).toBeTypeOf('object');
  });
});
