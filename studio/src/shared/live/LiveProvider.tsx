/** Keeps what is on the screen true: feeds the event stream into query invalidation and publishes the stream's state. */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { statusQuery } from '../api/queries';
import { Invalidator } from './invalidation';
import { refresh, refreshAll } from './refresh';
import { openStream, type LiveState } from './stream';

const LiveContext = createContext<LiveState>('connecting');

export function useLive(): LiveState {
  return use(LiveContext);
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');

  useEffect(() => {
    const invalidator = new Invalidator((prefixes) => {
      for (const queryKey of prefixes) refresh(client, queryKey);
    });
    let first = true;
    return openStream({
      path: '/api/v1/events',
      onEvent: (event) => invalidator.add(event),
      onState: (next) => {
        setState(next);
        // What happened between the first answers and the opening of the stream was in neither.
        if (next === 'live' && first) refreshAll(client);
        if (next === 'live') first = false;
      },
      onGap: () => refreshAll(client),
    });
  }, [client]);

  // Without the stream the page still has to be true, only later.
  useEffect(() => {
    if (state !== 'offline') return;
    // Whether the server is away should be known at once. While it is, nothing else is asked: a page that failed would
    // change between its error and its waiting again and again.
    const look = () => {
      client.fetchQuery({ ...statusQuery(), staleTime: 0 }).then(
        () => refreshAll(client),
        () => undefined,
      );
    };
    look();
    const timer = setInterval(look, 5_000);
    return () => clearInterval(timer);
  }, [client, state]);

  return <LiveContext value={state}>{children}</LiveContext>;
}
