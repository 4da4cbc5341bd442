/** Keeps what is on the screen true: feeds the event stream into query invalidation and publishes the stream's state. */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { Invalidator } from './invalidation';
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
      for (const queryKey of prefixes) void client.invalidateQueries({ queryKey });
    });
    return openStream({
      path: '/api/v1/events',
      onEvent: (event) => invalidator.add(event),
      onState: setState,
      onGap: () => void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'xml' }),
    });
  }, [client]);

  // Without the stream the page still has to be true, only later.
  useEffect(() => {
    if (state !== 'offline') return;
    const timer = setInterval(() => {
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'xml' });
    }, 5_000);
    return () => clearInterval(timer);
  }, [client, state]);

  return <LiveContext value={state}>{children}</LiveContext>;
}
