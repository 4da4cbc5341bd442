/**
 * Every read of the application as a query with its key. The first part of a key says what it is about; live events
 * invalidate by these prefixes (see `live/invalidation.ts`).
 */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request, requestText, segment } from './client';
import type {
  ConnectorTemplate, DecisionDefinition, DecisionInstance, DecisionInstanceDetail, ElementInstance, ElementStatistics, EngineStatus, HistoryItem, Incident, Job, Overview, Page,
  ProcessDefinition, ProcessInstance, SearchRequest, SequenceFlow, Topology, UserTask, Variable, Wait,
} from './types';

function search<T>(path: string, body: SearchRequest, signal: AbortSignal): Promise<Page<T>> {
  return request<Page<T>>('POST', path, { body, signal });
}

const newestFirst = (field: string): SearchRequest['sort'] => [{ field, order: 'DESC' }];

export const definitionsQuery = () =>
  queryOptions({
    queryKey: ['definitions'],
    queryFn: async ({ signal }) => {
      const page = await search<ProcessDefinition>('/v2/process-definitions/search', { filter: { state: 'ACTIVE' }, page: { limit: 500 } }, signal);
      return page.items;
    },
    staleTime: 30_000,
  });

/** One definition, which may be deleted: instances of it are still shown. */
export const definitionQuery = (definitionKey: string) =>
  queryOptions({
    queryKey: ['definition', definitionKey],
    queryFn: ({ signal }) => request<ProcessDefinition>('GET', `/v2/process-definitions/${segment(definitionKey)}`, { signal }),
    staleTime: 30_000,
  });

export const xmlQuery = (definitionKey: string) =>
  queryOptions({
    queryKey: ['xml', definitionKey],
    queryFn: ({ signal }) => requestText(`/v2/process-definitions/${segment(definitionKey)}/xml`, signal),
    // A deployed definition never changes.
    staleTime: Infinity,
    gcTime: 30 * 60_000,
  });

export interface Counts {
  active: number;
  incident: number;
  completed: number;
}

/** How many instances of one process (all versions) or one version run, are stuck, are done. */
export const countsQuery = (filter: { processDefinitionId?: string; processDefinitionKey?: string }) =>
  queryOptions({
    queryKey: ['counts', filter.processDefinitionId ?? filter.processDefinitionKey ?? 'all'],
    queryFn: async ({ signal }): Promise<Counts> => {
      const count = async (more: Record<string, unknown>) => {
        const body = { filter: { ...filter, ...more }, page: { limit: 1 } };
        return (await search<ProcessInstance>('/v2/process-instances/search', body, signal)).page.totalItems;
      };
      const [active, incident, completed] = await Promise.all([
        count({ state: 'ACTIVE' }),
        count({ state: 'ACTIVE', hasIncident: true }),
        count({ state: 'COMPLETED' }),
      ]);
      return { active, incident, completed };
    },
  });

export const overviewQuery = (definitionKey: string) =>
  queryOptions({
    queryKey: ['overview', definitionKey],
    queryFn: ({ signal }) => {
      const path = `/api/v1/process-definitions/${segment(definitionKey)}/overview`;
      return request<Overview>('GET', path, { signal });
    },
  });

export const instancesQuery = (body: SearchRequest) =>
  queryOptions({
    queryKey: ['instances', body],
    queryFn: ({ signal }) =>
      search<ProcessInstance>('/v2/process-instances/search', { sort: newestFirst('startDate'), ...body }, signal),
    placeholderData: keepPreviousData,
  });

export const instanceQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'head'],
    queryFn: ({ signal }) => request<ProcessInstance>('GET', `/v2/process-instances/${segment(key)}`, { signal }),
  });

export const flowsQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'flows'],
    queryFn: async ({ signal }) => {
      const path = `/v2/process-instances/${segment(key)}/sequence-flows`;
      return (await request<{ items: SequenceFlow[] }>('GET', path, { signal })).items;
    },
  });

export const instanceStatisticsQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'statistics'],
    queryFn: async ({ signal }) => {
      const path = `/v2/process-instances/${segment(key)}/statistics/element-instances`;
      return (await request<{ items: ElementStatistics[] }>('GET', path, { signal })).items;
    },
  });

export const elementInstancesQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'elements'],
    queryFn: async ({ signal }) => {
      const body = { filter: { processInstanceKey: key }, page: { limit: 1000 } };
      return (await search<ElementInstance>('/v2/element-instances/search', body, signal)).items;
    },
  });

export const variablesQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'variables'],
    queryFn: async ({ signal }) => {
      const body = { filter: { processInstanceKey: key }, page: { limit: 1000 } };
      return (await search<Variable>('/v2/variables/search?truncateValues=false', body, signal)).items;
    },
  });

interface HistoryPage {
  items: HistoryItem[];
  next?: number | null;
}

/** An instance that loops for days has more events than anyone reads in one go. */
const MAX_HISTORY_PAGES = 10;

export const historyQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'history'],
    queryFn: async ({ signal }) => {
      const path = `/api/v1/process-instances/${segment(key)}/history`;
      const items: HistoryItem[] = [];
      let after: number | null | undefined = 0;
      for (let pages = 0; pages < MAX_HISTORY_PAGES && after !== null && after !== undefined; pages += 1) {
        const page: HistoryPage = await request('GET', after ? `${path}?after=${after}` : path, { signal });
        items.push(...page.items);
        after = page.next;
      }
      return items;
    },
  });

export const waitsQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'waits'],
    queryFn: async ({ signal }) => {
      const path = `/api/v1/process-instances/${segment(key)}/waits`;
      return (await request<{ waits: Wait[] }>('GET', path, { signal })).waits;
    },
  });

export const instanceIncidentsQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'incidents'],
    queryFn: async ({ signal }) => {
      const body = { filter: { processInstanceKey: key }, sort: newestFirst('creationTime'), page: { limit: 200 } };
      return (await search<Incident>('/v2/incidents/search', body, signal)).items;
    },
  });

export const instanceJobsQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'jobs'],
    queryFn: async ({ signal }) => {
      const body = { filter: { processInstanceKey: key }, page: { limit: 500 } };
      return (await search<Job>('/v2/jobs/search', body, signal)).items;
    },
  });

export const instanceTasksQuery = (key: string) =>
  queryOptions({
    queryKey: ['instance', key, 'tasks'],
    queryFn: async ({ signal }) => {
      const body = { filter: { processInstanceKey: key }, page: { limit: 200 } };
      return (await search<UserTask>('/v2/user-tasks/search', body, signal)).items;
    },
  });

export const openIncidentsQuery = () =>
  queryOptions({
    queryKey: ['incidents', 'open'],
    queryFn: ({ signal }) => {
      const body = { filter: { state: 'ACTIVE' }, sort: newestFirst('creationTime'), page: { limit: 1000 } };
      return search<Incident>('/v2/incidents/search', body, signal);
    },
  });

export const tasksQuery = (state: 'CREATED' | 'COMPLETED') =>
  queryOptions({
    queryKey: ['tasks', state],
    queryFn: ({ signal }) => {
      const body = { filter: { state }, sort: newestFirst('creationDate'), page: { limit: 200 } };
      return search<UserTask>('/v2/user-tasks/search', body, signal);
    },
    placeholderData: keepPreviousData,
  });

export const taskQuery = (key: string) =>
  queryOptions({
    queryKey: ['tasks', 'one', key],
    queryFn: ({ signal }) => request<UserTask>('GET', `/v2/user-tasks/${segment(key)}`, { signal }),
  });

export const decisionsQuery = () =>
  queryOptions({
    queryKey: ['decisions'],
    queryFn: async ({ signal }) =>
      (await search<DecisionDefinition>('/v2/decision-definitions/search', { page: { limit: 1000 } }, signal)).items,
    staleTime: 30_000,
  });

export const decisionXmlQuery = (definitionKey: string) =>
  queryOptions({
    queryKey: ['xml', 'decision', definitionKey],
    queryFn: ({ signal }) => requestText(`/v2/decision-definitions/${segment(definitionKey)}/xml`, signal),
    staleTime: Infinity,
    gcTime: 30 * 60_000,
  });

/** The latest evaluations of one version of a decision, asked for or required by another. */
export const evaluationsQuery = (decisionDefinitionKey: string) =>
  queryOptions({
    queryKey: ['evaluations', 'of', decisionDefinitionKey],
    queryFn: ({ signal }) => {
      const body = { filter: { decisionDefinitionKey }, sort: newestFirst('evaluationDate'), page: { limit: 50 } };
      return search<DecisionInstance>('/v2/decision-instances/search', body, signal);
    },
    placeholderData: keepPreviousData,
  });

/** All decisions of one evaluation with their inputs and rules, each after what it requires. */
export const evaluationQuery = (decisionEvaluationKey: string) =>
  queryOptions({
    queryKey: ['evaluations', 'one', decisionEvaluationKey],
    queryFn: async ({ signal }) => {
      const body = { filter: { decisionEvaluationKey }, page: { limit: 100 } };
      const { items } = await search<DecisionInstance>('/v2/decision-instances/search', body, signal);
      const place = (each: DecisionInstance) => Number(each.decisionEvaluationInstanceKey.split('-').pop());
      return Promise.all(
        items
          .sort((a, b) => place(a) - place(b))
          .map((each) => request<DecisionInstanceDetail>('GET', `/v2/decision-instances/${segment(each.decisionEvaluationInstanceKey)}`, { signal })),
      );
    },
    // What was evaluated never changes.
    staleTime: Infinity,
  });

export const connectorsQuery = () =>
  queryOptions({
    queryKey: ['connectors'],
    queryFn: async ({ signal }) => {
      const answer = await request<ConnectorTemplate[] | { items: ConnectorTemplate[] }>(
        'GET', '/api/v1/connectors/templates', { signal },
      );
      return Array.isArray(answer) ? answer : answer.items;
    },
    staleTime: 5 * 60_000,
  });

export const topologyQuery = () =>
  queryOptions({
    queryKey: ['topology'],
    queryFn: ({ signal }) => request<Topology>('GET', '/v2/topology', { signal }),
    staleTime: 60_000,
  });

export const statusQuery = () =>
  queryOptions({
    queryKey: ['status'],
    queryFn: ({ signal }) => request<EngineStatus>('GET', '/api/v1/status', { signal }),
    refetchInterval: 3_000,
    retry: false,
  });
