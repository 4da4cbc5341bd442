/** Moving tokens: from where, to where. The diagram and the two lists fill in the same two places. */
import type { ElementInstance, ElementStatistics } from '../../shared/api/types';
import type { DiagramElement } from '../../shared/diagram/outline';
import { elementKind, plural } from '../../shared/format/names';
import { clockTime } from '../../shared/format/time';

export interface Move {
  from?: string;
  /** One token of several at `from`: the key of its element instance. */
  token?: string;
  to?: string;
  /** JSON text; nothing while no variables are wanted. */
  variables?: string;
  /** The variables belong to the target alone. */
  local?: boolean;
}

/** A click on an element is the source first and the target after that; a click on nothing changes nothing. */
export function pick(move: Move, element: string | undefined): Move {
  if (element === undefined) return move;
  return move.from === undefined ? { ...move, from: element } : { ...move, to: element };
}

/** What a choice would do, as its button and its message say it. */
export function deed({ from, to, token }: Move): { label: string; told: string } {
  if (from && !to) return token ? { label: 'End token', told: 'Token ended' } : { label: 'End tokens', told: 'Tokens ended' };
  if (to && !from) return { label: 'Put a token', told: 'Token put' };
  return token ? { label: 'Move', told: 'Token moved' } : { label: 'Move', told: 'Tokens moved' };
}

/** The same in a sentence, before it is done. */
export function preview(move: Move, names: Map<string, string>, tokens: number): string {
  const name = (id: string) => `“${names.get(id) ?? id}”`;
  const which = move.token ? 'one token' : tokens > 1 ? `all ${tokens} tokens` : 'the token';
  if (move.from && move.to) return `Ends ${which} at ${name(move.from)} and puts ${!move.token && tokens > 1 ? 'as many' : 'one'} before ${name(move.to)}.`;
  if (move.from) return `Ends ${which} at ${name(move.from)}; nothing goes on behind it. To move instead, choose where it goes.`;
  if (move.to) return `Puts a new token before ${name(move.to)}; what runs elsewhere stays.`;
  return 'Choose where a token is, where it goes, or both; a click in the diagram does the same.';
}

export interface Choice {
  value: string;
  label: string;
}

const SEPARATOR = '#';

/** Elements that have tokens, and each token of an element that has several. */
export function sources(elements: DiagramElement[], statistics: ElementStatistics[], instances: ElementInstance[]): Choice[] {
  const counts = new Map(statistics.map((each) => [each.elementId, each.active + each.incidents]));
  return elements.flatMap((element): Choice[] => {
    const count = counts.get(element.id) ?? 0;
    if (count === 0) return [];
    const name = title(element);
    if (count === 1) return [{ value: element.id, label: name }];
    const single = instances.filter((each) => each.elementId === element.id && each.state === 'ACTIVE');
    return [
      { value: element.id, label: `${name}: all ${plural(count, 'token')}` },
      ...single.map((each) => ({
        value: `${element.id}${SEPARATOR}${each.elementInstanceKey}`,
        label: `${name}: one since ${clockTime(each.startDate)} (…${each.elementInstanceKey.slice(-6)})`,
      })),
    ];
  });
}

/** A value of `sources` as the part of a move that it stands for, and back. */
export function readSource(value: string | null): Pick<Move, 'from' | 'token'> {
  if (!value) return { from: undefined, token: undefined };
  const at = value.lastIndexOf(SEPARATOR);
  return at < 0 ? { from: value, token: undefined } : { from: value.slice(0, at), token: value.slice(at + 1) };
}

export function sourceValue({ from, token }: Move): string | null {
  if (!from) return null;
  return token ? `${from}${SEPARATOR}${token}` : from;
}

/** Elements before which the engine can put a token. */
export function targets(elements: DiagramElement[]): Choice[] {
  return elements.filter((element) => !/BoundaryEvent$/.test(element.type)).map((element) => ({ value: element.id, label: title(element) }));
}

const title = (element: DiagramElement) => element.name || `${elementKind(element.type)} (${element.id})`;
