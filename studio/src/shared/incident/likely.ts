/** Which variable to correct: what the message names, else the input that the failed step was given. */
import type { Incident, Variable } from '../api/types';

export interface Scoped {
  /** The failed element's own variables: its input mappings filled them when it began, and a retry reads them again. */
  own: Variable[];
  instance: Variable[];
  other: Variable[];
}

export function byScope(variables: Variable[], incident: Incident): Scoped {
  const own = variables.filter((each) => each.scopeKey === incident.elementInstanceKey);
  const instance = variables.filter((each) => each.scopeKey === incident.processInstanceKey);
  const other = variables.filter((each) => !own.includes(each) && !instance.includes(each));
  return { own, instance, other };
}

export function likely(variables: Variable[], incident: Incident): Variable | undefined {
  const { own, instance } = byScope(variables, incident);
  const text = `${incident.errorMessage} ${incident.expression ?? ''} ${(incident.warnings ?? []).join(' ')}`;
  const named = (each: Variable) => new RegExp(`(?<![\\w.])${escape(each.name)}(?!\\w)`).test(text);
  return own.find(named) ?? instance.find(named) ?? payload(own) ?? instance[0] ?? variables[0];
}

/** A request's body is what differs from call to call; the other inputs of a connector are mostly constants. */
function payload(own: Variable[]): Variable | undefined {
  const objects = own.filter((each) => each.value.startsWith('{')).sort((a, b) => b.value.length - a.value.length);
  return own.find((each) => each.name === 'body') ?? objects[0] ?? own[0];
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
