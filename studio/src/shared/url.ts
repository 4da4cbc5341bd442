/** What the address bar may hold. Anything else in it is dropped, so a mistyped link still shows a page. */

export const INSTANCE_TABS = ['variables', 'history', 'incidents', 'jobs', 'tasks'] as const;
export type InstanceTab = (typeof INSTANCE_TABS)[number];

export const STATE_FILTERS = ['active', 'incident', 'suspended', 'completed', 'cancelled'] as const;
export type StateFilter = (typeof STATE_FILTERS)[number];

export interface InstancesSearch {
  state?: StateFilter;
  process?: string;
  key?: string;
  page?: number;
}

export interface InstanceSearch {
  tab?: InstanceTab;
  element?: string;
}

export interface ProcessSearch {
  element?: string;
  start?: boolean;
}

export interface TasksSearch {
  task?: string;
  show?: 'open' | 'mine' | 'done';
}

export interface DecisionSearch {
  /** Key of the evaluation that is shown. */
  evaluation?: string;
  view?: 'requirements';
}

type Raw = Record<string, unknown>;

export function readInstances(raw: Raw): InstancesSearch {
  return {
    state: oneOf(STATE_FILTERS, raw.state),
    process: word(raw.process),
    key: /^\d{1,19}$/.test(word(raw.key) ?? '') ? word(raw.key) : undefined,
    page: typeof raw.page === 'number' && Number.isInteger(raw.page) && raw.page > 1 ? raw.page : undefined,
  };
}

export function readInstance(raw: Raw): InstanceSearch {
  return { tab: oneOf(INSTANCE_TABS, raw.tab), element: word(raw.element) };
}

export function readProcess(raw: Raw): ProcessSearch {
  return { element: word(raw.element), start: raw.start === true || raw.start === 'true' ? true : undefined };
}

export function readTasks(raw: Raw): TasksSearch {
  return { task: word(raw.task), show: oneOf(['open', 'mine', 'done'] as const, raw.show) };
}

export function readDecision(raw: Raw): DecisionSearch {
  return { evaluation: word(raw.evaluation), view: oneOf(['requirements'] as const, raw.view) };
}

/** The search that shows what the filters of the address bar ask for. */
export function instancesFilter(search: InstancesSearch): Record<string, unknown> {
  const filter: Record<string, unknown> = {};
  if (search.state === 'active') filter.state = 'ACTIVE';
  if (search.state === 'incident') Object.assign(filter, { state: 'ACTIVE', hasIncident: true });
  if (search.state === 'suspended') filter.state = 'SUSPENDED';
  if (search.state === 'completed') filter.state = 'COMPLETED';
  if (search.state === 'cancelled') filter.state = 'TERMINATED';
  if (search.process) filter.processDefinitionId = search.process;
  if (search.key) filter.processInstanceKey = search.key;
  return filter;
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((each) => each === value);
}

/** Keys look like numbers, and a router reads numbers: they go on as text. */
function word(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

/**
 * A query string without the quoting that a JSON-based router needs: a key of 19 digits must not become a rounded number
 * on its way through the address bar, so every value stays text except the few that are plainly small numbers or true.
 */
export function parseSearch(query: string): Raw {
  const raw: Raw = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === 'page' && /^\d{1,6}$/.test(value)) raw[name] = Number(value);
    else raw[name] = value === 'true' ? true : value;
  }
  return raw;
}

export function stringifySearch(search: Raw): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
