/**
 * What a form for a user task without a form can ask for. Two sources: variables that are local to the task, and names
 * that the model reads right behind the task (its output mappings and the conditions of the gateway that follows) and
 * that nobody has set yet, such as `approved`.
 */
import type { Variable } from '../../shared/api/types';

export type Field =
  | { name: string; kind: 'boolean'; value: boolean | undefined; from: 'task' | 'model' }
  | { name: string; kind: 'string' | 'number'; value: string; from: 'task' | 'model'; choices?: string[] };

export function taskFields(xml: string, elementId: string, scopeKey: string, variables: Variable[]): Field[] {
  const fields: Field[] = [];
  const seen = new Set<string>();
  for (const variable of variables) {
    if (variable.scopeKey !== scopeKey) continue;
    const field = fieldOf(variable);
    if (!field) continue;
    seen.add(variable.name);
    fields.push(field);
  }
  const set = new Set(variables.map((each) => each.name));
  for (const [name, question] of askedBehind(xml, elementId)) {
    if (seen.has(name) || set.has(name)) continue;
    fields.push(question);
  }
  return fields;
}

function fieldOf(variable: Variable): Field | undefined {
  let value: unknown;
  try {
    value = JSON.parse(variable.value);
  } catch {
    return undefined;
  }
  if (typeof value === 'boolean') return { name: variable.name, kind: 'boolean', value, from: 'task' };
  if (typeof value === 'string') return { name: variable.name, kind: 'string', value, from: 'task' };
  if (typeof value === 'number') return { name: variable.name, kind: 'number', value: variable.value, from: 'task' };
  return undefined;
}

/** The JSON text of the variables that a filled form stands for. */
export function encodeFields(fields: Field[]): string {
  const parts = fields.flatMap((field): string[] => {
    if (field.kind === 'boolean') return field.value === undefined ? [] : [`${JSON.stringify(field.name)}: ${field.value}`];
    if (field.kind === 'number') return /^-?\d+(\.\d+)?$/.test(field.value.trim()) ? [`${JSON.stringify(field.name)}: ${field.value.trim()}`] : [];
    return [`${JSON.stringify(field.name)}: ${JSON.stringify(field.value)}`];
  });
  return parts.length === 0 ? '{}' : `{\n  ${parts.join(',\n  ')}\n}`;
}

function askedBehind(xml: string, elementId: string): Map<string, Field> {
  const asked = new Map<string, Field>();
  const ask = (expression: string) => {
    for (const question of questionsIn(expression)) {
      const known = asked.get(question.name);
      if (known?.kind === 'string' && question.kind === 'string') {
        known.choices = [...new Set([...(known.choices ?? []), ...(question.choices ?? [])])];
      } else if (!known) {
        asked.set(question.name, question);
      }
    }
  };
  for (const mapping of outputSources(xml, elementId)) ask(mapping);
  const flows = sequenceFlows(xml);
  const targets = flows.filter((flow) => flow.source === elementId).map((flow) => flow.target);
  for (const flow of flows) if (flow.condition && (flow.source === elementId || targets.includes(flow.source))) ask(flow.condition);
  return asked;
}

const KEYWORDS = new Set(['and', 'or', 'not', 'true', 'false', 'null', 'if', 'then', 'else', 'in', 'between', 'some', 'every', 'satisfies', 'for', 'return', 'function']);

/** Names that an expression reads, with a guess of their kind from how they are used. */
function questionsIn(expression: string): Field[] {
  const text = expression.trim().replace(/^=/, '');
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const found: Field[] = [];
  for (const match of bare.matchAll(/(?<![\w."])([A-Za-z_]\w*)(?![\w(.])/g)) {
    const name = match[1]!;
    if (KEYWORDS.has(name)) continue;
    const choices = [...text.matchAll(new RegExp(`\\b${name}\\s*!?=\\s*"([^"]*)"`, 'g'))].map((each) => each[1]!);
    if (choices.length > 0) found.push({ name, kind: 'string', value: '', from: 'model', choices });
    else if (new RegExp(`\\b${name}\\s*(<|>|<=|>=|=|!=)\\s*-?\\d`).test(text)) found.push({ name, kind: 'number', value: '', from: 'model' });
    else found.push({ name, kind: 'boolean', value: undefined, from: 'model' });
  }
  return found;
}

interface Flow {
  source: string;
  target: string;
  condition?: string;
}

/* The model is read as text: the viewer's parser is large, and a missing suggestion costs nothing. */
function sequenceFlows(xml: string): Flow[] {
  const flows: Flow[] = [];
  for (const match of xml.matchAll(/<(?:\w+:)?sequenceFlow\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?sequenceFlow>)/g)) {
    const source = attribute(match[1]!, 'sourceRef');
    const target = attribute(match[1]!, 'targetRef');
    if (!source || !target) continue;
    const condition = match[2]?.match(/<(?:\w+:)?conditionExpression\b[^>]*>([\s\S]*?)<\/(?:\w+:)?conditionExpression>/)?.[1];
    flows.push({ source, target, condition: condition && unescapeXml(condition) });
  }
  return flows;
}

function outputSources(xml: string, elementId: string): string[] {
  for (const match of xml.matchAll(/<(?:\w+:)?userTask\b([^>]*)>([\s\S]*?)<\/(?:\w+:)?userTask>/g)) {
    if (attribute(match[1]!, 'id') !== elementId) continue;
    return [...match[2]!.matchAll(/<(?:\w+:)?output\b([^>]*)/g)].flatMap((output) => attribute(output[1]!, 'source') ?? []);
  }
  return [];
}

function attribute(text: string, name: string): string | undefined {
  const match = text.match(new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`));
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? undefined : unescapeXml(value);
}

function unescapeXml(text: string): string {
  return text
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1')
    .replace(/&quot;/g, '"').replace(/&apos;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}
