/** Holds the hand-written types to the OpenAPI document of a running server: `npm run types` generates it and compiles this. */
import type { components } from '../../src/shared/api/schema';
import type * as studio from '../../src/shared/api/types';
type Server = components['schemas'];
export const incident: (given: Server['IncidentResult']) => studio.Incident = (given) => given;
export const processInstance: (given: Server['ProcessInstanceResult']) => studio.ProcessInstance = (given) => given as typeof given & { state: studio.InstanceState };
export const userTask: (given: Server['UserTaskResult']) => studio.UserTask = (given) => given;
export const job: (given: Server['JobSearchResult']) => studio.Job = (given) => given;
export const elementInstance: (given: Server['ElementInstanceResult']) => studio.ElementInstance = (given) => given as typeof given & { state: studio.InstanceState };
export const variable: (given: Server['VariableSearchResult']) => studio.Variable = (given) => given;
export const processDefinition: (given: Server['ProcessDefinitionResult']) => studio.ProcessDefinition = (given) => given;
export const overview: (given: Server['DefinitionOverview']) => studio.Overview = (given) => given;
export const historyItem: (given: Server['HistoryItem']) => studio.HistoryItem = (given) => given;
export const wait: (given: Server['Wait']) => studio.Wait = (given) => given;
export const status: (given: Server['ServerStatus']) => studio.EngineStatus = (given) => given;
export const decisionDefinition: (given: Server['DecisionDefinitionResult']) => studio.DecisionDefinition = (given) => given;
export const decisionInstance: (given: Server['DecisionInstanceResult']) => studio.DecisionInstance = (given) => given;
export const decisionInstanceDetail: (given: Server['DecisionInstanceGetQueryResult']) => studio.DecisionInstanceDetail = (given) => given;
