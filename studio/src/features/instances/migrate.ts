/** Which element of another version goes on with what is active now. */
import type { ElementStatistics } from '../../shared/api/types';

export type Mapping = Record<string, string | undefined>;

export interface TargetElement {
  id: string;
  name: string;
  /** Its name in BPMN, such as `userTask`. */
  type: string;
}

/** Elements that need a mapping. */
export function needed(statistics: ElementStatistics[]): string[] {
  return statistics.filter((each) => each.active + each.incidents > 0).map((each) => each.elementId);
}

/** What people choose, and for the rest the element of the same id, where the target has one. */
export function filled(elements: string[], chosen: Mapping, targets: TargetElement[]): Mapping {
  const ids = new Set(targets.map((each) => each.id));
  return Object.fromEntries(elements.map((id) => [id, chosen[id] ?? (ids.has(id) ? id : undefined)]));
}

/** The mapping to send, once every element has a target. */
export function complete(mapping: Mapping): Record<string, string> | undefined {
  const pairs = Object.entries(mapping).flatMap(([from, to]) => (to ? [[from, to] as const] : []));
  return pairs.length > 0 && pairs.length === Object.keys(mapping).length ? Object.fromEntries(pairs) : undefined;
}

/** The obstacles of a refusal, each on a line of its own: the engine names them all in one text. */
export function obstacles(detail: string): string[] {
  return detail.split(/(?<=[.;])\s+/).map((each) => each.replace(/;$/, '').trim()).filter(Boolean);
}
