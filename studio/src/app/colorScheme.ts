/** The scheme is set before the first paint, so that a dark page does not flash white. Mantine reads the same entry. */
export const SCHEME_KEY = 'dirigent-color-scheme';

export function applyStoredScheme(): void {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(SCHEME_KEY);
  } catch {
    // Storage may be forbidden; the system's scheme is a good answer.
  }
  const dark = stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
}
