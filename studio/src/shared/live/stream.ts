/**
 * The one connection for live updates. A browser reconnects an EventSource by itself and says where it was
 * (Last-Event-ID); only a stream that the server refused has to be opened anew, with a growing pause.
 */
import type { LiveEvent } from './invalidation';

export type LiveState = 'connecting' | 'live' | 'offline';

interface Source {
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent<string>) => void) | null;
  readonly readyState: number;
  close(): void;
}

export interface StreamOptions {
  path: string;
  open?: (url: string) => Source;
  schedule?: (callback: () => void, milliseconds: number) => unknown;
  onEvent: (event: LiveEvent) => void;
  onState: (state: LiveState) => void;
  /** Events may have been missed: everything shown may be stale. */
  onGap: () => void;
}

const CLOSED = 2;

export function openStream(options: StreamOptions): () => void {
  const open = options.open ?? ((url: string) => new EventSource(url) as Source);
  const schedule = options.schedule ?? ((callback, milliseconds) => setTimeout(callback, milliseconds));
  let lastId = '';
  let failures = 0;
  let stopped = false;
  let interrupted = false;
  let source: Source | undefined;

  const connect = () => {
    if (stopped) return;
    const url = lastId ? `${options.path}?lastEventId=${encodeURIComponent(lastId)}` : options.path;
    const current = open(url);
    source = current;
    current.onopen = () => {
      failures = 0;
      options.onState('live');
      if (interrupted) options.onGap();
      interrupted = false;
    };
    current.onmessage = (message) => {
      if (message.lastEventId) lastId = message.lastEventId;
      const event = parseEvent(message.data);
      if (event) options.onEvent(event);
    };
    current.onerror = () => {
      interrupted = true;
      options.onState('offline');
      if (current.readyState !== CLOSED) return;
      current.close();
      failures += 1;
      schedule(connect, Math.min(500 * 2 ** failures, 15_000));
    };
  };

  options.onState('connecting');
  connect();
  return () => {
    stopped = true;
    source?.close();
  };
}

/** An event of the stream, or nothing where the text is not one. */
export function parseEvent(text: string): LiveEvent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!value || typeof value !== 'object') return undefined;
    const event = value as Partial<LiveEvent>;
    if (typeof event.event !== 'string') return undefined;
    return event as LiveEvent;
  } catch {
    return undefined;
  }
}
