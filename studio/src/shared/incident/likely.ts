/** Which variable to correct: what the message names, else what the failed step reads when it runs again. */
import type { Incident, Variable } from '../api/types';

export interface Scoped {
  /** Of the instance or another scope, read by an expression that is evaluated at every attempt. */
  again: Variable[];
  /** The failed element's own: its input mappings filled them when it began, and an attempt reads them as they are. */
  own: Variable[];
  instance: Variable[];
  other: Variable[];
}

export function byScope(variables: Variable[], incident: Incident, readAgain: ReadonlySet<string>): Scoped {
  const own = variables.filter((each) => each.scopeKey === incident.elementInstanceKey);
  const shadowed = new Set(own.map((each) => each.name));
  const rest = variables.filter((each) => each.scopeKey !== incident.elementInstanceKey);
  const isRoot = (each: Variable) => each.scopeKey === incident.processInstanceKey;
  const again = rest.filter((each) => isRoot(each) && readAgain.has(each.name) && !shadowed.has(each.name));
  const others = rest.filter((each) => !again.includes(each));
  return { again, own, instance: others.filter(isRoot), other: others.filter((each) => !isRoot(each)) };
}

export function likely(scoped: Scoped, incident: Incident): Variable | undefined {
  const { again, own, instance, other } = scoped;
  const text = `${incident.errorMessage} ${incident.expression ?? ''} ${(incident.warnings ?? []).join(' ')}`;
  const named = (each: Variable) => new RegExp(`(?<![\\w.])${escape(each.name)}(?!\\w)`).test(text);
  return [...own, ...again, ...instance].find(named) ?? again[0] ?? payload(own) ?? instance[0] ?? other[0];
}

/** A request's body is what differs from call to call; the other inputs of a connector are mostly constants. */
function payload(own: Variable[]): Variable | undefined {
  const objects = own.filter((each) => each.value.startsWith('{')).sort((a, b) => b.value.length - a.value.length);
  return own.find((each) => each.name === 'body') ?? objects[0] ?? own[0];
}

/** Names in the expression by which a connector's task makes its request anew at every attempt. */
export function namesReadAgain(xml: string, elementId: string): Set<string> {
  const element = xml.match(new RegExp(`<([\\w:]+)\\b[^>]*\\bid\\s*=\\s*["']${escape(elementId)}["'][^>]*>([\\s\\S]*?)</\\1>`));
  const header = element?.[2]?.match(/<[^>]*\bkey\s*=\s*["']requestExpression["'][^>]*>/)?.[0];
  const value = header?.match(/\bvalue\s*=\s*(?:"([^"]*)"|'([^']*)')/);
  const expression = (value?.[1] ?? value?.[2] ?? '').replace(/&quot;|&#34;/g, '"').replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return new Set([...expression.matchAll(/(?<![\w.])[A-Za-z_]\w*(?!\s*:)(?!\w)/g)].map((match) => match[0]));
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
