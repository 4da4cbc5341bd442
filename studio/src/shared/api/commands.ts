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

/** Where tokens are taken away: all of an element, or one. */
export interface TokenSource {
  element: string;
  /** Key of the element instance, where only that one is meant. */
  token?: string;
}

/** Where a token is put, with variables that it brings. */
export interface TokenTarget {
  element: string;
  /** JSON text of an object. */
  variables?: string;
  /** The variables belong to the element alone, not to the instance. */
  local?: boolean;
}

/**
 * Changes where the tokens of an instance are, in one step: `from` alone ends tokens, nothing goes on behind them; `to`
 * alone puts one, and the sub-processes around it begin where they are not active; both move.
 */
export function modifyInstance(key: string, from: TokenSource | undefined, to: TokenTarget | undefined): Promise<void> {
  const variables = to?.variables?.trim() ? new RawJson(to.variables) : undefined;
  const variableInstructions = variables && [{ variables, scopeId: to?.local ? to.element : undefined }];
  const body: Record<string, unknown> = {};
  if (from && to) {
    const source = from.token
      ? { sourceType: 'byKey', sourceElementInstanceKey: from.token }
      : { sourceType: 'byId', sourceElementId: from.element };
    body.moveInstructions = [{ sourceElementInstruction: source, targetElementId: to.element, variableInstructions }];
  } else if (from) {
    body.terminateInstructions = [from.token ? { elementInstanceKey: from.token } : { elementId: from.element }];
  } else if (to) {
    body.activateInstructions = [{ elementId: to.element, variableInstructions }];
  }
  return request('POST', `/v2/process-instances/${segment(key)}/modification`, { body });
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

/** Deletes a version of what was deployed; with `deleteHistory`, also what is kept of it. */
export function deleteResource(key: string, deleteHistory: boolean): Promise<unknown> {
  return request('POST', `/v2/resources/${segment(key)}/deletion`, { body: { deleteHistory } });
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

/** Evaluates a decision with everything that it requires; `variables` is JSON text of an object. */
export function evaluateDecision(definitionKey: string, variables: string): Promise<{ decisionEvaluationKey: string }> {
  return request('POST', '/v2/decision-definitions/evaluation', {
    body: { decisionDefinitionKey: definitionKey, variables: new RawJson(variables) },
  });
}

export function deploy(files: File[]): Promise<Deployment> {
  const form = new FormData();
  for (const file of files) form.append('resources', file, file.name);
  return request('POST', '/v2/deployments', { form });
}
