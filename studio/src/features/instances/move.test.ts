import { describe, expect, test } from 'vitest';
import type { DiagramElement } from '../../shared/diagram/outline';
import { deed, pick, sources, targets } from './move';

const element = (id: string, type: string): DiagramElement => ({ id, name: id, type, next: [] });
const elements = [element('charge', 'bpmn:ServiceTask'), element('late', 'bpmn:BoundaryEvent'), element('ship', 'bpmn:UserTask')];
const count = (elementId: string, active: number, incidents = 0) => ({ elementId, active, incidents, completed: 0 });

describe('moving tokens', () => {
  test('the first click is the source, the next ones are the target', () => {
    const first = pick({}, 'charge');
    expect(first).toEqual({ from: 'charge' });
    expect(pick(first, 'ship')).toEqual({ from: 'charge', to: 'ship' });
    expect(pick({ from: 'charge', to: 'ship' }, 'late')).toEqual({ from: 'charge', to: 'late' });
    expect(pick(first, undefined)).toEqual(first);
  });
  test('a token that is stuck can be moved as well, one that is gone cannot', () => {
    const found = sources(elements, [count('charge', 0, 1), count('ship', 0)]);
    expect(found.map((each) => each.id)).toEqual(['charge']);
  });
  test('a source alone ends tokens, a target alone gets one, both move', () => {
    expect([{ from: 'a' }, { to: 'b' }, { from: 'a', to: 'b' }].map((move) => deed(move).label)).toEqual(['End tokens', 'Put a token', 'Move']);
  });
  test('no token is put before a boundary event', () => {
    expect(targets(elements).map((each) => each.id)).toEqual(['charge', 'ship']);
  });
});
