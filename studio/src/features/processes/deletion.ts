/** What deleting a version of a process means, in sentences. */
import { ApiError } from '../../shared/api/problem';
import type { ProcessDefinition } from '../../shared/api/types';

/** What will happen; `versions` are those that are there, this one among them. */
export function consequences(definition: ProcessDefinition, versions: ProcessDefinition[], history: boolean): string[] {
  const others = versions.filter((each) => each.processDefinitionKey !== definition.processDefinitionKey);
  const latest = Math.max(0, ...others.map((each) => each.version));
  const sentences: string[] = [];
  if (latest === 0) {
    sentences.push('It is the only version: nothing starts an instance of this process any more.');
    sentences.push('Call activities that call it stop with an incident.');
  } else if (latest < definition.version) {
    sentences.push(`Version ${latest} is the latest one then: new instances start by it, and its message, signal and timer start events wait again.`);
  } else {
    sentences.push(`Version ${latest} stays the latest one. Instances can no longer be started or migrated to version ${definition.version}.`);
  }
  sentences.push(history
    ? 'What is kept of instances that ended by it is deleted.'
    : 'Instances that ended by it stay in the history, with their diagram.');
  sentences.push(`That cannot be undone. The number ${definition.version} is not given out again.`);
  return sentences;
}

/** How many instances stand in the way, where that is why a deletion was refused. */
export function runningInstances(error: unknown): number | undefined {
  if (!(error instanceof ApiError) || error.status !== 409) return undefined;
  const found = /still running instances \((\d+)\)/.exec(error.detail);
  return found ? Number(found[1]) : undefined;
}
