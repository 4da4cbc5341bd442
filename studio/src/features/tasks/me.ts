/** The name under which this browser claims tasks while the server asks nobody to sign in. */
export function useMe(): string {
  try {
    return localStorage.getItem('dirigent-user') ?? 'demo';
  } catch {
    return 'demo';
  }
}
