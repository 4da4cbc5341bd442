/**
 * Asks again for what an event made stale. Invariant: whoever looks at a query sees, in the end, an answer that was asked
 * for after the last event. A first fetch that is under way when an event comes is let through, for in a flood of events
 * it would never end, and asked again after it: its answer may be from before the event, and an invalidation alone would
 * be forgotten with it.
 */
import type { QueryClient, QueryKey } from '@tanstack/react-query';

export function refresh(client: QueryClient, queryKey: QueryKey): void {
  const first = client.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching', predicate: (query) => query.state.data === undefined });
  for (const query of first) {
    const again = () => void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    // This is the fetch that is under way, not another one.
    query.fetch().then(again, again);
  }
  void client.invalidateQueries({ queryKey });
}

/** Everything that may have changed. A model never does, so it is asked for again only where that failed. */
export function refreshAll(client: QueryClient): void {
  const stale = client.getQueryCache().findAll({ predicate: (query) => query.queryKey[0] !== 'xml' || query.state.status === 'error' });
  for (const query of stale) refresh(client, query.queryKey);
}
