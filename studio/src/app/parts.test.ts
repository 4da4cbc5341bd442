import { expect, test } from 'vitest';
import { isMissingPart, mayReload } from './parts';

test('a part that did not come is known in the words of every browser', () => {
  for (const message of [
    'Failed to fetch dynamically imported module: http://x/assets/a.js',
    'error loading dynamically imported module: http://x/assets/a.js',
    'Importing a module script failed.',
    'Unable to preload CSS for /assets/a.css',
  ]) expect(isMissingPart(new TypeError(message)), message).toBe(true);
  expect(isMissingPart(new TypeError('x is undefined'))).toBe(false);
});

test('the page is not reloaded in a loop, and not at all without a memory', () => {
  const entries = new Map<string, string>();
  const storage = { getItem: (key: string) => entries.get(key) ?? null, setItem: (key: string, value: string) => void entries.set(key, value) };
  expect([1e6, 1e6 + 1_000, 1e6 + 20_000].map((now) => mayReload(storage, now))).toEqual([true, false, true]);
  const forbidden = { getItem: () => { throw new Error('denied'); }, setItem: () => { throw new Error('denied'); } };
  expect(mayReload(forbidden, 1e6)).toBe(false);
});
