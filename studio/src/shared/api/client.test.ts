import { afterEach, describe, expect, test, vi } from 'vitest';
import { encode, RawJson, request, requestText, segment } from './client';
import { completeTask, createInstance, deploy, modifyInstance, retryIncident, setVariable, unclaimTask } from './commands';
import { ApiError } from './problem';

function answer(status: number, body: string, contentType = 'application/json') {
  const response = () => new Response(status === 204 ? null : body, { status, headers: { 'content-type': contentType } });
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async () => response());
}

afterEach(() => vi.restoreAllMocks());

describe('bodies', () => {
  test('raw JSON keeps every digit', () => {
    expect(encode({ variables: new RawJson('{"n": 12345678901234567890}') })).toBe('{"variables":{"n": 12345678901234567890}}');
  });
  test('fields without a value are left out, in arrays they become null', () => {
    expect(encode({ a: undefined, b: [1, undefined], c: null })).toBe('{"b":[1,null],"c":null}');
  });
  test('raw text that is not JSON never leaves the page', () => {
    expect(() => new RawJson('{"a":')).toThrow();
  });
  test('a segment of a path cannot leave its place', () => {
    expect(segment('../x?y')).toBe('..%2Fx%3Fy');
  });
});

describe('answers', () => {
  test('no content is undefined', async () => {
    answer(204, '');
    expect(await request('POST', '/v2/x', { body: {} })).toBeUndefined();
  });
  test('XML comes as text', async () => {
    answer(200, '<definitions/>', 'text/xml');
    expect(await requestText('/v2/process-definitions/1/xml')).toBe('<definitions/>');
  });
  test('a problem document becomes an error that says what to do', async () => {
    answer(404, '{"title":"NOT_FOUND","status":404,"detail":"No process instance has the key 7."}', 'application/problem+json');
    const error = (await request('GET', '/v2/process-instances/7').catch((caught: unknown) => caught)) as ApiError;
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, title: 'Not found', detail: 'No process instance has the key 7.' });
    expect(error.whatToDo).toContain('list');
  });
  test('a server that is away is named as such', async () => {
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'));
    const error = (await request('GET', '/v2/topology').catch((caught: unknown) => caught)) as ApiError;
    expect(error).toMatchObject({ status: 0, title: 'The server cannot be reached' });
  });
  test('an aborted request is not a problem', async () => {
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new DOMException('stop', 'AbortError'));
    await expect(request('GET', '/v2/topology')).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('commands', () => {
  const calls = (spy: ReturnType<typeof answer>) => spy.mock.calls.map(([path, init]) => [init?.method, path, init?.body]);

  test('a retry is one request', async () => {
    const spy = answer(204, '');
    await retryIncident({ incidentKey: '5' });
    expect(calls(spy)).toEqual([['POST', '/v2/incidents/5/resolution', '{}']]);
  });
  test('an instance starts with the text that was typed', async () => {
    const spy = answer(200, '{"processInstanceKey":"2251799813685251"}');
    const started = await createInstance('2251799813685249', '{"total": 1e400}');
    expect(started.processInstanceKey).toBe('2251799813685251');
    expect(calls(spy)).toEqual([['POST', '/v2/process-instances', '{"processDefinitionKey":"2251799813685249","variables":{"total": 1e400}}']]);
  });
  test('a modification ends, puts or moves, with variables where a token is put', async () => {
    const spy = answer(204, '');
    await modifyInstance('7', { element: 'a', token: '9' }, undefined);
    await modifyInstance('7', undefined, { element: 'b', variables: '{"n": 1e400}', local: true });
    await modifyInstance('7', { element: 'a' }, { element: 'b', variables: '{"n":1}' });
    expect(calls(spy).map((call) => call[2])).toEqual([
      '{"terminateInstructions":[{"elementInstanceKey":"9"}]}',
      '{"activateInstructions":[{"elementId":"b","variableInstructions":[{"variables":{"n": 1e400},"scopeId":"b"}]}]}',
      '{"moveInstructions":[{"sourceElementInstruction":{"sourceType":"byId","sourceElementId":"a"},"targetElementId":"b","variableInstructions":[{"variables":{"n":1}}]}]}',
    ]);
  });
  test('variables are set in their own scope', async () => {
    const spy = answer(204, '');
    await setVariable('7', 'simulate', '"none"');
    expect(calls(spy)).toEqual([['PUT', '/v2/element-instances/7/variables', '{"variables":{"simulate":"none"},"local":true}']]);
  });
  test('tasks are given back and completed', async () => {
    const spy = answer(204, '');
    await unclaimTask('3');
    await completeTask('3', '{"approved":true}');
    expect(calls(spy)).toEqual([
      ['DELETE', '/v2/user-tasks/3/assignee', undefined],
      ['POST', '/v2/user-tasks/3/completion', '{"variables":{"approved":true}}'],
    ]);
  });
  test('files are deployed as one form', async () => {
    const spy = answer(200, '{"deploymentKey":"1","deployments":[]}');
    await deploy([new File(['<a/>'], 'a.bpmn'), new File(['<b/>'], 'b.bpmn')]);
    const body = spy.mock.calls[0]![1]!.body as FormData;
    expect(body.getAll('resources').map((file) => (file as File).name)).toEqual(['a.bpmn', 'b.bpmn']);
  });
});
