import type { Incident, Variable } from '../api/types';

/** A variable that the message or the expression names is the best guess for the one to correct. */
export function likely(variables: Variable[], incident: Incident): Variable | undefined {
  const text = `${incident.errorMessage} ${incident.expression ?? ''} ${(incident.warnings ?? []).join(' ')}`;
  const named = variables.filter((each) => new RegExp(`(?<![\\w.])${escape(each.name)}(?!\\w)`).test(text));
  const root = (each: Variable) => each.scopeKey === incident.processInstanceKey;
  return named.find(root) ?? named[0] ?? variables.find(root) ?? variables[0];
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
