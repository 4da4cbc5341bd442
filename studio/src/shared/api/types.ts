/** The parts of the REST answers that this application reads. Keys are 64-bit numbers and therefore strings. */

export interface Page<T> {
  items: T[];
  page: { totalItems: number; hasMoreTotalItems?: boolean };
}

export interface SearchRequest {
  filter?: Record<string, unknown>;
  sort?: { field: string; order: 'ASC' | 'DESC' }[];
  page?: { from?: number; limit?: number };
}

export interface ProcessDefinition {
  processDefinitionKey: string;
  processDefinitionId: string;
  name: string | null;
  version: number;
  versionTag?: string | null;
  resourceName: string;
  tenantId: string;
  state?: 'ACTIVE' | 'DRAINING' | 'DELETED';
}

export type InstanceState = 'ACTIVE' | 'COMPLETED' | 'TERMINATED' | 'SUSPENDED';

export interface ProcessInstance {
  processInstanceKey: string;
  processDefinitionKey: string;
  processDefinitionId: string;
  processDefinitionName: string | null;
  processDefinitionVersion: number;
  startDate: string;
  endDate?: string | null;
  /** Since when nothing of it goes on. */
  suspendedDate?: string | null;
  state: InstanceState;
  hasIncident: boolean;
  parentProcessInstanceKey?: string | null;
  businessId?: string | null;
}

export interface ElementInstance {
  elementInstanceKey: string;
  processInstanceKey: string;
  elementId: string;
  elementName: string;
  type: string;
  state: InstanceState;
  hasIncident: boolean;
  incidentKey?: string | null;
  startDate: string;
  endDate?: string | null;
}

/** `value` is JSON text. */
export interface Variable {
  variableKey: string;
  name: string;
  value: string;
  isTruncated?: boolean;
  scopeKey: string;
  processInstanceKey: string;
}

export interface Incident {
  incidentKey: string;
  errorType: string;
  errorMessage: string;
  elementId: string;
  elementName?: string | null;
  elementInstanceKey: string;
  jobKey?: string | null;
  creationTime: string;
  state: string;
  processDefinitionId: string;
  processDefinitionKey: string;
  processInstanceKey: string;
  /** The failed expression and what its evaluation noted, where the server knows them. */
  expression?: string | null;
  warnings?: string[] | null;
}

export interface Job {
  jobKey: string;
  type: string;
  state: string;
  kind?: string;
  retries: number;
  worker: string;
  elementId: string | null;
  elementInstanceKey: string;
  processInstanceKey: string;
  errorMessage?: string | null;
  errorCode?: string | null;
  deadline?: string | null;
  creationTime?: string | null;
  endTime?: string | null;
}

export interface UserTask {
  userTaskKey: string;
  name: string | null;
  state: string;
  assignee: string | null;
  candidateGroups?: string[];
  candidateUsers?: string[];
  elementId: string;
  elementInstanceKey: string;
  processInstanceKey: string;
  processDefinitionId: string;
  processDefinitionKey: string;
  processName?: string | null;
  businessId?: string | null;
  creationDate: string;
  completionDate?: string | null;
  dueDate?: string | null;
  followUpDate?: string | null;
  priority?: number;
}

export interface ElementStatistics {
  elementId: string;
  /** Without those that have an incident. */
  active: number;
  incidents: number;
  completed: number;
  canceled?: number;
}

/** Counts of a definition: of its instances and by element. */
export interface Overview {
  active: number;
  withIncident: number;
  ended: number;
  elements: ElementStatistics[];
}

/** Something that a token of an instance waits for, in words. */
export interface Wait {
  kind: 'INCIDENT' | 'JOB' | 'WORKER' | 'RETRY' | 'USER_TASK' | 'TIMER' | 'MESSAGE' | 'SIGNAL' | 'CONDITION' | 'JOIN' | 'CALLED_PROCESS' | 'SUSPENDED' | 'OTHER';
  explanation: string;
  elementId: string;
  key: string | null;
  since: string | null;
  due: string | null;
}

export interface SequenceFlow {
  elementId: string;
}

export interface HistoryItem {
  lsn: number | string;
  time: string | number;
  event: string;
  data?: Record<string, unknown> | null;
  elementId?: string | null;
  elementName?: string | null;
  actor?: string | null;
  command?: string | null;
}

export interface ConnectorField {
  id?: string;
  label?: string;
  description?: string;
  type?: string;
  optional?: boolean;
  feel?: string;
  value?: unknown;
  group?: string;
  choices?: { name: string; value: string }[];
  binding?: { type?: string; name?: string; key?: string; property?: string };
  constraints?: { notEmpty?: boolean };
}

export interface ConnectorTemplate {
  id: string;
  name: string;
  description?: string;
  version?: number;
  documentationRef?: string;
  category?: { id: string; name: string };
  icon?: { contents?: string };
  groups?: { id: string; label: string }[];
  properties?: ConnectorField[];
  fields?: ConnectorField[];
}

export interface Topology {
  gatewayVersion?: string;
  partitionsCount?: number;
  clusterSize?: number;
  brokers?: { version?: string; partitions?: { partitionId: number; role: string; health: string }[] }[];
}

export interface EngineStatus {
  healthy?: boolean;
  version?: string;
  position?: number | string;
  exported?: number | string;
  /** How far the reads are behind, milliseconds. */
  lag?: number;
  partitions?: number;
  instances?: number;
  quarantined?: number;
  poisoned?: string | null;
  exportError?: string | null;
  storeError?: string | null;
  paused?: boolean;
  now?: number | string;
}

/** What a deployment answers with; the version of a process has another name here than in searches. */
export interface Deployment {
  deploymentKey: string;
  deployments: {
    processDefinition?: { processDefinitionId: string; processDefinitionVersion: number; processDefinitionKey: string } | null;
    decisionDefinition?: { decisionDefinitionId: string; name: string; version: number; decisionDefinitionKey: string } | null;
  }[];
}

export interface DecisionDefinition {
  decisionDefinitionKey: string;
  decisionDefinitionId: string;
  name: string;
  version: number;
  decisionRequirementsId: string;
  decisionRequirementsKey: string;
  decisionRequirementsName: string;
  decisionRequirementsVersion: number;
  tenantId: string;
}

/** One decision of an evaluation. `result` is JSON text. */
export interface DecisionInstance {
  decisionEvaluationInstanceKey: string;
  decisionEvaluationKey: string;
  state: string;
  evaluationDate: string;
  evaluationFailure: string | null;
  decisionDefinitionId: string;
  decisionDefinitionName: string;
  decisionDefinitionVersion: number;
  decisionDefinitionType: string;
  decisionDefinitionKey: string;
  /** The decision that was asked for. */
  rootDecisionDefinitionKey: string;
  result: string;
  processInstanceKey: string | null;
}

export interface MatchedRule {
  ruleId: string;
  /** Its place in the table, from 1. */
  ruleIndex: number;
  evaluatedOutputs: { outputId: string; outputName: string; outputValue: string }[];
}

export interface DecisionInstanceDetail extends DecisionInstance {
  evaluatedInputs: { inputId: string; inputName: string; inputValue: string }[];
  matchedRules: MatchedRule[];
}
