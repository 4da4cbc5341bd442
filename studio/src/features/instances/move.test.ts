import { describe, expect, test } from 'vitest';
import type { DiagramElement } from '../../shared/diagram/outline';
import { deed, pick, preview, readSource, sources, sourceValue, targets } from './move';

const element = (id: string, type: string): DiagramElement => ({ id, name: id, type, next: [] });
const elements = [element('charge', 'bpmn:ServiceTask'), element('late', 'bpmn:BoundaryEvent'), element('ship', 'bpmn:UserTask')];
const running = (elementId: string, elementInstanceKey: string) =>
  ({ elementId, elementInstanceKey, state: 'ACTIVE' as const, startDate: '2026-11-25T10:00:00Z', elementName: elementId, processInstanceKey: '1', type: 'USER_TASK', hasIncident: false });
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
    const found = sources(elements, [count('charge', 0, 1), count('ship', 0)], []);
    expect(found.map((each) => each.value)).toEqual(['charge']);
  });
  test('a source alone ends tokens, a target alone gets one, both move', () => {
    expect([{ from: 'a' }, { to: 'b' }, { from: 'a', to: 'b' }].map((move) => deed(move).label)).toEqual(['End tokens', 'Put a token', 'Move']);
  });
  test('no token is put before a boundary event', () => {
    expect(targets(elements).map((each) => each.value)).toEqual(['charge', 'ship']);
  });
  test('of several tokens each can be chosen, and the choice is read back', () => {
    const found = sources(elements, [count('ship', 2)], [running('ship', '7'), running('ship', '8'), running('charge', '9')]);
    expect(found.map((each) => each.value)).toEqual(['ship', 'ship#7', 'ship#8']);
    expect(readSource('ship#8')).toEqual({ from: 'ship', token: '8' });
    expect(sourceValue({ from: 'ship', token: '8' })).toBe('ship#8');
    expect(readSource(null)).toEqual({ from: undefined, token: undefined });
    expect(deed({ from: 'ship', token: '8' }).label).toBe('End token');
  });
  test('what is going to happen is said before', () => {
    const names = new Map([['ship', 'Ship it']]);
    expect(preview({ from: 'ship' }, names, 2)).toContain('all 2 tokens at “Ship it”');
    expect(preview({ from: 'ship', token: '8', to: 'charge' }, names, 2)).toBe('Ends one token at “Ship it” and puts one before “charge”.');
    expect(preview({ to: 'ship' }, names, 0)).toContain('a new token before “Ship it”');
  });
});
