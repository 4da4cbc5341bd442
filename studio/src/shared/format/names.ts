/** Words for the engine's constants. */

const INCIDENT_TYPES: Record<string, string> = {
  JOB_NO_RETRIES: 'A job failed and has no retries left',
  IO_MAPPING_ERROR: 'An input or output mapping failed',
  EXTRACT_VALUE_ERROR: 'An expression gave a value of the wrong type',
  CONDITION_ERROR: 'No condition holds and there is no default flow',
  CALLED_ELEMENT_ERROR: 'The called process could not be started',
  CALLED_DECISION_ERROR: 'The called decision was not found',
  DECISION_EVALUATION_ERROR: 'The called decision failed',
  UNHANDLED_ERROR_EVENT: 'An error was thrown and nothing catches it',
  FORM_NOT_FOUND: 'The form of a user task is not deployed',
  RESOURCE_NOT_FOUND: 'A linked resource is not deployed',
  MESSAGE_SIZE_EXCEEDED: 'The variables are too large',
  EXECUTION_LISTENER_NO_RETRIES: 'A listener of the element failed',
  TASK_LISTENER_NO_RETRIES: 'A listener of the user task failed',
  AD_HOC_SUB_PROCESS_NO_RETRIES: 'The job of an ad-hoc sub-process failed',
  SECRET_RESOLUTION_ERROR: 'A secret was not found',
};

export function incidentTitle(type: string): string {
  return INCIDENT_TYPES[type] ?? 'The token cannot go on';
}

/** `SERVICE_TASK` or `bpmn:ServiceTask` as "Service task". */
export function elementKind(type: string): string {
  const words = type.replace(/^bpmn:/, '').replace(/([a-z])([A-Z])/g, '$1 $2').replace(/_/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `CREATED` as "Created". */
export function stateName(state: string): string {
  const words = state.replace(/_/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

export function definitionTitle(definition: { name?: string | null; processDefinitionId: string }): string {
  return definition.name || definition.processDefinitionId;
}
