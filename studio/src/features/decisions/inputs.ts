/** What a decision wants to know, as an example of its variables; read from the model as dmn-moddle gives it. */

export interface DmnElement {
  $type: string;
  id?: string;
  name?: string;
  typeRef?: string;
  isCollection?: boolean;
  variable?: DmnElement;
  itemComponent?: DmnElement[];
  allowedValues?: { text?: string };
  informationRequirement?: { requiredInput?: { href?: string }; requiredDecision?: { href?: string } }[];
  decisionLogic?: DmnElement & { input?: { inputExpression?: { text?: string; typeRef?: string } }[]; text?: string };
}

export interface DmnDefinitions {
  drgElement?: DmnElement[];
  itemDefinition?: DmnElement[];
}

const MAX_DEPTH = 8;

/** JSON text with a value of the right type for each input of the decision and of those that it requires. */
export function exampleInputs(definitions: DmnDefinitions, decisionId: string): string {
  const elements = new Map((definitions.drgElement ?? []).flatMap((each) => (each.id ? [[each.id, each] as const] : [])));
  const example: Record<string, unknown> = {};
  const seen = new Set<string>();
  const open = [decisionId];
  const decided = new Set<string>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const element = elements.get(id);
    if (!element || seen.has(id)) continue;
    seen.add(id);
    if (element.name) decided.add(element.name);
    for (const { requiredInput, requiredDecision } of element.informationRequirement ?? []) {
      const input = requiredInput?.href ? elements.get(target(requiredInput.href)) : undefined;
      if (input?.name) example[input.name] = sample(definitions, input.variable?.typeRef, 0);
      if (requiredDecision?.href) open.push(target(requiredDecision.href));
    }
  }
  // Tables without modelled inputs say by their expressions what they look at.
  for (const id of seen) {
    for (const { inputExpression } of elements.get(id)?.decisionLogic?.input ?? []) {
      const path = inputExpression?.text?.trim().match(/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u)?.[0].split('.');
      if (path && !decided.has(path[0]!)) put(example, path, sample(definitions, inputExpression?.typeRef, 0));
    }
  }
  return JSON.stringify(example, null, 2);
}

const target = (href: string) => href.slice(href.indexOf('#') + 1);

/** Adds a value where none is yet. */
function put(example: Record<string, unknown>, path: string[], value: unknown): void {
  const [first, ...rest] = path;
  const present = example[first!];
  if (rest.length === 0) {
    example[first!] ??= value;
  } else if (present === undefined || present === null) {
    example[first!] = {};
    put(example[first!] as Record<string, unknown>, rest, value);
  } else if (typeof present === 'object' && !Array.isArray(present)) {
    put(present as Record<string, unknown>, rest, value);
  }
}

function sample(definitions: DmnDefinitions, typeRef: string | undefined, depth: number): unknown {
  const type = (definitions.itemDefinition ?? []).find((each) => each.name === typeRef);
  if (type && depth < MAX_DEPTH) {
    const value = ofType(definitions, type, depth);
    return type.isCollection ? [value] : value;
  }
  switch (typeRef?.replace(/^feel[.:]/, '')) {
    case 'number': case 'integer': case 'long': case 'double': return 0;
    case 'boolean': return false;
    case 'date': return '2026-01-31';
    case 'time': return '12:00:00';
    case 'dateTime': case 'date and time': return '2026-01-31T12:00:00Z';
    case 'string': return '';
    default: return null;
  }
}

function ofType(definitions: DmnDefinitions, type: DmnElement, depth: number): unknown {
  if (type.itemComponent?.length) {
    return Object.fromEntries(type.itemComponent.map((each) => {
      const value = each.itemComponent?.length ? ofType(definitions, each, depth + 1) : sample(definitions, each.typeRef, depth + 1);
      return [each.name ?? '', each.isCollection ? [value] : value];
    }));
  }
  const allowed = type.allowedValues?.text?.match(/^\s*"([^"]*)"/)?.[1];
  return allowed ?? sample(definitions, type.typeRef, depth + 1);
}
