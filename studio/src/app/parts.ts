/** Parts of the application that could not be loaded. */

/** The browsers' words for it, and Vite's. */
export function isMissingPart(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|importing a module script failed|unable to preload css/i.test(error.message);
}

const KEY = 'dirigent-reloaded';
const PAUSE = 15_000;

/** True at most once in a while: a part that is missing for good must not reload the page again and again. */
export function mayReload(storage: Pick<Storage, 'getItem' | 'setItem'>, now: number): boolean {
  try {
    if (now - Number(storage.getItem(KEY) ?? 0) < PAUSE) return false;
    storage.setItem(KEY, String(now));
    return true;
  } catch {
    return false;
  }
}
