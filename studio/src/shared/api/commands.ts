/** Every change that the application can ask the engine for. */
import { RawJson, request, segment } from './client';
import type { Deployment } from './types';

/** `variables` is JSON text of an object. */
export function createInstance(definitionKey: string, variables: string): Promise<{ processInstanceKey: string }> {
  return request('POST', '/v2/process-instances', {
    body: { processDefinitionKey: definitionKey, variables: new RawJson(variables) },
  });
}

export function cancelInstance(key: string): Promise<void> {
  return request('POST', `/v2/process-instances/${segment(key)}/cancellation`, { body: {} });
}

export function setVariable(scopeKey: string, name: string, json: string): Promise<void> {
  return request('PUT', `/v2/element-instances/${segment(scopeKey)}/variables`, {
    body: { variables: { [name]: new RawJson(json) }, local: true },
  });
}

/**
 * Resolves an incident: the token goes on from where it stuck. Where a job is the reason and has no retries left, the
 * engine gives it one by itself, in the same step; two requests would let a worker in between them.
 */
export function retryIncident(incident: { incidentKey: string }): Promise<void> {
  return request('POST', `/v2/incidents/${segment(incident.incidentKey)}/resolution`, { body: {} });
}

export function claimTask(key: string, assignee: string): Promise<void> {
  return request('POST', `/v2/user-tasks/${segment(key)}/assignment`, { body: { assignee, allowOverride: false } });
}

export function unclaimTask(key: string): Promise<void> {
  return request('DELETE', `/v2/user-tasks/${segment(key)}/assignee`);
}

/** `variables` is JSON text of an object. */
export function completeTask(key: string, variables: string): Promise<void> {
  return request('POST', `/v2/user-tasks/${segment(key)}/completion`, { body: { variables: new RawJson(variables) } });
}

export function deploy(files: File[]): Promise<Deployment> {
  const form = new FormData();
  for (const file of files) form.append('resources', file, file.name);
  return request('POST', '/v2/deployments', { form });
}
