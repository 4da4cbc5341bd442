import { describe, expect, test } from 'vitest';
import { instancesFilter, parseSearch, readInstance, readInstances, readProcess, readTasks, stringifySearch } from './url';

describe('the address bar', () => {
  test('a key of 19 digits survives', () => {
    const search = readInstances(parseSearch('?key=9223372036854775807&state=incident'));
    expect(search).toMatchObject({ key: '9223372036854775807', state: 'incident' });
    expect(stringifySearch(search as Record<string, unknown>)).toBe('?state=incident&key=9223372036854775807');
  });
  test('what makes no sense is dropped', () => {
    expect(readInstances(parseSearch('?state=hungry&page=-3&x=1'))).toEqual({});
    expect(readInstance(parseSearch('?tab=nonsense&element=charge'))).toEqual({ element: 'charge' });
    expect(readTasks(parseSearch('?show=all'))).toEqual({});
  });
  test('nothing is an empty query', () => {
    expect(stringifySearch({ state: undefined, key: '' })).toBe('');
  });
  test('flags and pages come back as they were', () => {
    expect(readProcess(parseSearch('?start=true'))).toEqual({ start: true, element: undefined });
    expect(readInstances(parseSearch('?page=3')).page).toBe(3);
  });
  test('an umlaut in a process id survives', () => {
    const text = stringifySearch({ process: 'prüfung & versand' });
    expect(readInstances(parseSearch(text)).process).toBe('prüfung & versand');
  });
});

describe('filters', () => {
  test('an incident is an active instance that is stuck', () => {
    expect(instancesFilter({ state: 'incident', process: 'p' })).toEqual({ state: 'ACTIVE', hasIncident: true, processDefinitionId: 'p' });
  });
  test('cancelled is what the engine calls terminated', () => {
    expect(instancesFilter({ state: 'cancelled' })).toEqual({ state: 'TERMINATED' });
  });
  test('a suspended instance has a state of its own', () => {
    expect(instancesFilter(readInstances(parseSearch('?state=suspended')))).toEqual({ state: 'SUSPENDED' });
  });
  test('no filter is no condition', () => {
    expect(instancesFilter({})).toEqual({});
  });
});
