/** Moving tokens: from where, to where. The diagram and the two lists fill in the same two places. */
import type { ElementStatistics } from '../../shared/api/types';
import type { DiagramElement } from '../../shared/diagram/outline';

export interface Move {
  from?: string;
  to?: string;
}

/** A click on an element is the source first and the target after that; a click on nothing changes nothing. */
export function pick(move: Move, element: string | undefined): Move {
  if (element === undefined) return move;
  return move.from === undefined ? { from: element } : { ...move, to: element };
}

/** What a choice would do, as its button and its message say it. */
export function deed({ from, to }: Move): { label: string; told: string } {
  if (from && !to) return { label: 'End tokens', told: 'Tokens ended' };
  if (to && !from) return { label: 'Put a token', told: 'Token put' };
  return { label: 'Move', told: 'Tokens moved' };
}

/** Elements that have tokens. */
export function sources(elements: DiagramElement[], statistics: ElementStatistics[]): DiagramElement[] {
  const active = new Set(statistics.filter((each) => each.active + each.incidents > 0).map((each) => each.elementId));
  return elements.filter((element) => active.has(element.id));
}

/** Elements before which the engine can put a token. */
export function targets(elements: DiagramElement[]): DiagramElement[] {
  return elements.filter((element) => !/BoundaryEvent$/.test(element.type));
}
