import { expect, test } from 'vitest';
import { decided } from './decided';

const table = (name: string, output: unknown, ...indexes: number[]) => ({ name, kind: 'DECISION_TABLE', output, rules: indexes.map((index) => ({ index })) });

test('a decision is told with its steps, the rules that matched and why something is null', () => {
  const said = decided({ key: '7', decision: '5', name: 'assessment', output: { route: 'accept' }, evaluated: [table('risk', 'low', 4), table('rate', null), { name: 'burden', kind: 'LITERAL_EXPRESSION', output: 0.2 }], warnings: ['income is missing'] }, 'Assess');
  expect(said).toEqual({
    text: 'Assess asked “assessment”: {"route":"accept"}',
    tone: 'ok',
    detail: 'risk: "low" (rule 4)\nrate: null (no rule matched)\nburden: 0.2\nincome is missing',
    evaluation: { decision: '5', key: '7' },
  });
});
test('one that failed says why', () => {
  expect(decided({ name: 'rate', failure: 'two rules match' }, 'Assess')).toEqual({ text: 'Assess asked “rate”, which failed', tone: 'danger', detail: 'two rules match', evaluation: undefined });
});
test('an event without its parts is told all the same', () => {
  expect(decided(undefined, 'Assess').text).toBe('Assess asked “a decision”: null');
});
