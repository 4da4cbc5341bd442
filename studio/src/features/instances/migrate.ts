/** Which element of another version goes on with what is active now. */
import type { ElementStatistics, Wait } from '../../shared/api/types';
import { elementKind } from '../../shared/format/names';

export type Mapping = Record<string, string | undefined>;

export interface ModelElement {
  id: string;
  name: string;
  /** Its name in BPMN, such as `userTask`. */
  type: string;
}

/** Elements that need a mapping: those with tokens, and gateways at which a token waits for others. */
export function needed(statistics: ElementStatistics[], waits: Pick<Wait, 'kind' | 'elementId'>[]): string[] {
  const active = statistics.filter((each) => each.active + each.incidents > 0).map((each) => each.elementId);
  return [...new Set([...active, ...waits.filter((each) => each.kind === 'JOIN').map((each) => each.elementId)])];
}

/** What people choose, and for the rest the element of the same id, where the target has one. */
export function filled(elements: string[], chosen: Mapping, targets: ModelElement[]): Mapping {
  const ids = new Set(targets.map((each) => each.id));
  return Object.fromEntries(elements.map((id) => [id, chosen[id] ?? (ids.has(id) ? id : undefined)]));
}

/** The mapping to send, once every element has a target. */
export function complete(mapping: Mapping): Record<string, string> | undefined {
  const pairs = Object.entries(mapping).flatMap(([from, to]) => (to ? [[from, to] as const] : []));
  return pairs.length > 0 && pairs.length === Object.keys(mapping).length ? Object.fromEntries(pairs) : undefined;
}

export interface Group {
  group: string;
  items: { value: string; label: string }[];
}

/** Targets for an element, those of its own kind first: the engine takes no others. */
export function choices(source: ModelElement | undefined, targets: ModelElement[]): Group[] {
  const item = (each: ModelElement) => ({ value: each.id, label: label(each) });
  const same = targets.filter((each) => each.type === source?.type);
  const other = targets.filter((each) => each.type !== source?.type);
  return [
    { group: source ? `${elementKind(source.type)}s` : 'Elements', items: same.map(item) },
    { group: 'Of another kind', items: other.map(item) },
  ].filter((each) => each.items.length > 0);
}

export const label = (element: ModelElement) => (element.name ? `${element.name} (${element.id})` : element.id);
