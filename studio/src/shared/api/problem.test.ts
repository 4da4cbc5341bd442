import { describe, expect, test } from 'vitest';
import { asApiError, diagnosticsOf, problemFrom } from './problem';

describe('problems', () => {
  test('an HTML page of some proxy is never shown', () => {
    const error = problemFrom(502, 'text/html', '<html><body>Bad gateway at line 1</body></html>');
    expect(error.title).toBe('The server failed');
    expect(error.detail).toBe('');
    expect(error.whatToDo).not.toBe('');
  });
  test('broken JSON is no reason to fail twice', () => {
    expect(problemFrom(400, 'application/json', '{"title":').title).toBe('The request was refused');
  });
  test('structured findings of a deployment come through', () => {
    const body = { title: 'INVALID_ARGUMENT', detail: 'rejected', diagnostics: [{ severity: 'ERROR', message: 'no type', element: 'charge', file: 'a.bpmn', line: 4 }, { level: 'warn', message: 'odd' }] };
    const [first, second] = diagnosticsOf(problemFrom(400, 'application/problem+json', JSON.stringify(body)));
    expect(first).toMatchObject({ severity: 'error', message: 'no type', elementId: 'charge', resource: 'a.bpmn', line: 4 });
    expect(second).toMatchObject({ severity: 'warning', message: 'odd' });
  });
  test('findings in the text become one each', () => {
    const body = { title: 'INVALID_ARGUMENT', detail: "Two problems:\n- error: A has no type\n- warning: B is odd\n" };
    const found = diagnosticsOf(problemFrom(400, 'application/problem+json', JSON.stringify(body)));
    expect(found.map((each) => each.message)).toEqual(['Two problems:', 'A has no type', 'B is odd']);
  });
  test('findings as the engine writes them are taken apart', () => {
    const detail = "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': The deployment has problems:\na.bpmn:12:5: error[B012] charge: no task type (set zeebe:taskDefinition (type) on it)\na.bpmn:3:1: error[X001]: not closed";
    const error = problemFrom(400, 'application/problem+json', JSON.stringify({ title: 'INVALID_ARGUMENT', detail }));
    expect(error.detail).not.toContain('Command');
    expect(diagnosticsOf(error)).toEqual([
      { severity: 'error', message: 'no task type', help: 'set zeebe:taskDefinition (type) on it', code: 'B012', resource: 'a.bpmn', elementId: 'charge', line: 12, column: 5 },
      { severity: 'error', message: 'not closed', help: undefined, code: 'X001', resource: 'a.bpmn', elementId: undefined, line: 3, column: 1 },
    ]);
  });
  test('any thrown value can be shown', () => {
    expect(asApiError(new Error('boom')).detail).toBe('boom');
    expect(asApiError('boom').whatToDo).toContain('Reload');
  });
});
