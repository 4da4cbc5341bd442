/** What the browser remembers for the reader. Storage may be forbidden; then nothing is remembered, and nothing fails. */

export function recall(key: string, storage: Pick<Storage, 'getItem'>): string | undefined {
  try {
    return storage.getItem(key) || undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: string, text: string, storage: Pick<Storage, 'setItem'>): void {
  try {
    storage.setItem(key, text);
  } catch {
    // Not remembered, then.
  }
}
