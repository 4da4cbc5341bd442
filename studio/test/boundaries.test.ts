/** The direction of imports: app -> features -> shared, and no feature knows another. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../src');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

/** `features/tasks` for a file of that feature, else `app` or `shared`. */
function layer(path: string): string {
  const [first, second] = relative(root, path).split('/');
  return first === 'features' ? `features/${second}` : first!;
}

test('imports point from app to features to shared', () => {
  const wrong: string[] = [];
  for (const file of sources(root)) {
    const from = layer(file);
    for (const match of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const to = layer(resolve(file, '..', match[1]!));
      const allowed = to === from || to === 'shared' ? true : from === 'app' || !/^(app|shared|features\/)/.test(from);
      if (!allowed || (from === 'shared' && to !== 'shared')) wrong.push(`${relative(root, file)} imports ${match[1]}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('no file grows beyond 400 lines', () => {
  const long = sources(root).filter((file) => readFileSync(file, 'utf8').split('\n').length > 400);
  expect(long).toEqual([]);
});
