/**
 * Which reads an event of the engine makes stale. Bursts are gathered: one flush about 100 ms after the first event of
 * a burst, and more rarely while the stream is heavy, so that a busy engine never turns a page into a load generator.
 */

export interface LiveEvent {
  lsn: number | string;
  time?: number | string;
  event: string;
  processInstanceKey?: string;
  processDefinitionKey?: string;
  elementId?: string;
}

export type QueryPrefix = readonly string[];

const INSTANCE_LISTS: QueryPrefix[] = [['instances'], ['counts']];

/** Query-key prefixes that `event` makes stale. */
export function staleAfter(event: LiveEvent): QueryPrefix[] {
  const name = event.event;
  const stale: QueryPrefix[] = [];
  const instance = event.processInstanceKey;
  const definition = event.processDefinitionKey;
  const overview: QueryPrefix = definition ? ['overview', definition] : ['overview'];
  const part = (...parts: string[]) => {
    if (!instance) stale.push(['instance']);
    else for (const each of [...parts, 'waits']) stale.push(['instance', instance, each]);
  };

  if (/^Instance(Created|Completed|Terminated|Suspended|Resumed|Migrated|Modified|Deleted)$/.test(name)) {
    stale.push(...INSTANCE_LISTS, overview);
    part('head', 'elements', 'statistics', 'variables', 'history');
    if (name === 'InstanceMigrated') part('flows', 'jobs', 'tasks', 'incidents');
  } else if (/^(Element|Iteration|Inner|Loop)/.test(name)) {
    stale.push(overview);
    part('elements', 'statistics', 'history');
  } else if (/^(SequenceFlow|Join)/.test(name)) {
    part('flows', 'history');
  } else if (name === 'VariablesSet') {
    part('variables', 'history');
  } else if (/^Job/.test(name)) {
    part('jobs', 'history');
  } else if (/^Incident/.test(name)) {
    stale.push(...INSTANCE_LISTS, ['incidents'], overview);
    part('head', 'elements', 'statistics', 'incidents', 'history');
  } else if (/^UserTask/.test(name)) {
    stale.push(['tasks']);
    part('tasks', 'history');
  } else if (name === 'DecisionEvaluated') {
    stale.push(['evaluations', 'of']);
    if (instance) part('history');
  } else if (/^(Decision|Requirements)/.test(name)) {
    stale.push(['decisions']);
  } else if (/^(Definition|Deployment)/.test(name)) {
    stale.push(['definitions'], ['definition']);
  } else if (instance) {
    part('history');
  }
  return stale;
}

export interface Scheduler {
  set(callback: () => void, milliseconds: number): unknown;
}

const timers: Scheduler = { set: (callback, milliseconds) => setTimeout(callback, milliseconds) };

/** Gathers prefixes and hands each out once per flush. */
export class Invalidator {
  private readonly pending = new Map<string, QueryPrefix>();
  private events = 0;
  private scheduled = false;
  private delay = 100;
  private readonly flushTo: (prefixes: QueryPrefix[]) => void;
  private readonly scheduler: Scheduler;

  constructor(flushTo: (prefixes: QueryPrefix[]) => void, scheduler: Scheduler = timers) {
    this.flushTo = flushTo;
    this.scheduler = scheduler;
  }

  add(event: LiveEvent): void {
    this.events += 1;
    for (const prefix of staleAfter(event)) this.pending.set(prefix.join('\u0000'), prefix);
    if (this.scheduled || this.pending.size === 0) return;
    this.scheduled = true;
    this.scheduler.set(() => this.flush(), this.delay);
  }

  private flush(): void {
    const prefixes = [...this.pending.values()];
    this.delay = this.events > 500 ? 2_000 : this.events > 50 ? 500 : 100;
    this.pending.clear();
    this.events = 0;
    this.scheduled = false;
    this.flushTo(prefixes);
  }
}
