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

/** Nothing of the instance goes on until it is resumed. */
export function suspendInstance(key: string): Promise<void> {
  return request('POST', `/v2/process-instances/${segment(key)}/suspension`, { body: {} });
}

export function resumeInstance(key: string): Promise<void> {
  return request('POST', `/v2/process-instances/${segment(key)}/resumption`, { body: {} });
}

/** Ends every active instance of the element `from` and puts a token before `to` for each. */
export function moveTokens(key: string, from: string, to: string): Promise<void> {
  const source = { sourceType: 'byId', sourceElementId: from };
  return request('POST', `/v2/process-instances/${segment(key)}/modification`, {
    body: { moveInstructions: [{ sourceElementInstruction: source, targetElementId: to }] },
  });
}

/** Puts a token before `element`; the sub-processes around it begin where they are not active. */
export function putToken(key: string, element: string): Promise<void> {
  return request('POST', `/v2/process-instances/${segment(key)}/modification`, {
    body: { activateInstructions: [{ elementId: element }] },
  });
}

/** Ends every active instance of `element`; nothing goes on behind it. */
export function endTokens(key: string, element: string): Promise<void> {
  return request('POST', `/v2/process-instances/${segment(key)}/modification`, {
    body: { terminateInstructions: [{ elementId: element }] },
  });
}

/** Goes on with another definition; `mapping` has the element of the target for each element with a token. */
export function migrateInstance(key: string, definitionKey: string, mapping: Record<string, string>): Promise<void> {
  const mappingInstructions = Object.entries(mapping).map(([sourceElementId, targetElementId]) => ({ sourceElementId, targetElementId }));
  return request('POST', `/v2/process-instances/${segment(key)}/migration`, {
    body: { targetProcessDefinitionKey: definitionKey, mappingInstructions },
  });
}

/** What reads show of an ended instance is gone after this. */
export function deleteInstance(key: string): Promise<void> {
  return request('POST', `/v2/process-instances/${segment(key)}/deletion`, { body: {} });
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
