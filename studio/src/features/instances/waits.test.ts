import { expect, test } from 'vitest';
import { exactTime } from '../../shared/format/time';
import { waitText } from './waits';

const names = new Map([['pay', 'Pay the claim']]);
const text = (explanation: string) => waitText({ explanation, elementId: 'pay' }, names);

test('the element is named, a job type of the same name stays', () => {
  expect(text("'pay' waits for a worker for jobs of the type 'pay'.")).toBe('“Pay the claim” waits for a worker for jobs of the type “pay”.');
});
test('times are those of the reader', () => {
  expect(text("The timer of 'pay' fires at 2026-11-28T11:15:21.789Z.")).toBe(`The timer of “Pay the claim” fires at ${exactTime('2026-11-28T11:15:21.789Z')}.`);
});
test('apostrophes stay', () => {
  expect(text("It doesn't wait for anybody's answer.")).toBe("It doesn't wait for anybody's answer.");
});
