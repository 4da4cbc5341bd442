import { describe, expect, test } from 'vitest';
import { Invalidator, staleAfter, type LiveEvent, type QueryPrefix } from './invalidation';
import { openStream, parseEvent, type LiveState } from './stream';

const event = (name: string, more: Partial<LiveEvent> = {}): LiveEvent => ({ lsn: 1, event: name, processInstanceKey: '7', processDefinitionKey: '3', ...more });
const keys = (prefixes: QueryPrefix[]) => prefixes.map((prefix) => prefix.join('/')).sort();

describe('what an event makes stale', () => {
  test('an incident touches lists, the diagram and its instance, but no definitions', () => {
    const stale = keys(staleAfter(event('IncidentCreated')));
    expect(stale).toContain('incidents');
    expect(stale).toContain('instances');
    expect(stale).toContain('overview/3');
    expect(stale).toContain('instance/7/incidents');
    expect(stale).not.toContain('definitions');
    expect(stale).not.toContain('instance/7/variables');
  });
  test('a variable touches only its instance', () => {
    expect(keys(staleAfter(event('VariablesSet')))).toEqual(['instance/7/history', 'instance/7/variables', 'instance/7/waits']);
  });
  test('a task touches the inbox', () => {
    expect(keys(staleAfter(event('UserTaskCompleted')))).toContain('tasks');
  });
  test('a deployment touches definitions', () => {
    expect(keys(staleAfter(event('DefinitionDeployed', { processInstanceKey: undefined })))).toEqual(['definition', 'definitions']);
  });
  test('an event without keys touches all of its kind', () => {
    const stale = keys(staleAfter({ lsn: 1, event: 'ElementCompleted' }));
    expect(stale).toEqual(['instance', 'overview']);
  });
  test('a suspension touches lists and the head of its instance', () => {
    const stale = keys(staleAfter(event('InstanceSuspended')));
    expect(stale).toContain('instances');
    expect(stale).toContain('instance/7/head');
  });
  test('an iteration touches the diagram', () => {
    expect(keys(staleAfter(event('IterationStarted')))).toContain('instance/7/statistics');
  });
  test('an unknown event of an instance touches its history', () => {
    expect(keys(staleAfter(event('SomethingNew')))).toEqual(['instance/7/history', 'instance/7/waits']);
  });
});

describe('bursts', () => {
  function setUp() {
    const flushed: string[][] = [];
    const timers: { callback: () => void; delay: number }[] = [];
    const invalidator = new Invalidator((prefixes) => flushed.push(keys(prefixes)), {
      set: (callback, delay) => timers.push({ callback, delay }),
    });
    return { flushed, timers, invalidator, fire: () => timers.shift()!.callback() };
  }
  test('a burst is one flush without repetitions', () => {
    const { flushed, timers, invalidator, fire } = setUp();
    for (let count = 0; count < 10; count += 1) invalidator.add(event('VariablesSet'));
    expect(timers.length).toBe(1);
    expect(timers[0]!.delay).toBe(100);
    fire();
    expect(flushed).toEqual([['instance/7/history', 'instance/7/variables', 'instance/7/waits']]);
  });
  test('a flood slows the flushes down, and calm brings them back', () => {
    const { timers, invalidator, fire } = setUp();
    for (let count = 0; count < 600; count += 1) invalidator.add(event('ElementCompleted', { processInstanceKey: String(count) }));
    fire();
    invalidator.add(event('VariablesSet'));
    expect(timers[0]!.delay).toBe(2_000);
    fire();
    invalidator.add(event('VariablesSet'));
    expect(timers[0]!.delay).toBe(100);
  });
});

describe('the stream', () => {
  class FakeSource {
    onopen: ((event: Event) => void) | null = null;
    onerror: ((event: Event) => void) | null = null;
    onmessage: ((event: MessageEvent<string>) => void) | null = null;
    readyState = 0;
    closed = false;
    constructor(readonly url: string) {}
    close() {
      this.closed = true;
    }
    message(data: string, lastEventId: string) {
      this.onmessage?.({ data, lastEventId } as MessageEvent<string>);
    }
  }
  function setUp() {
    const sources: FakeSource[] = [];
    const states: LiveState[] = [];
    const events: LiveEvent[] = [];
    const timers: { callback: () => void; delay: number }[] = [];
    let gaps = 0;
    const stop = openStream({
      path: '/api/v1/events',
      open: (url) => {
        const source = new FakeSource(url);
        sources.push(source);
        return source;
      },
      schedule: (callback, delay) => timers.push({ callback, delay }),
      onEvent: (each) => events.push(each),
      onState: (state) => states.push(state),
      onGap: () => (gaps += 1),
    });
    return { sources, states, events, timers, stop, gaps: () => gaps };
  }
  const quiet = {} as Event;

  test('events pass, nonsense does not', () => {
    const { sources, events, states } = setUp();
    sources[0]!.onopen?.(quiet);
    sources[0]!.message('{"lsn":5,"event":"JobCompleted"}', '5');
    sources[0]!.message('not json', '6');
    expect(events.map((each) => each.event)).toEqual(['JobCompleted']);
    expect(states).toEqual(['connecting', 'live']);
  });
  test('a short interruption is left to the browser and refreshes what may be stale', () => {
    const { sources, states, timers, gaps } = setUp();
    sources[0]!.onopen?.(quiet);
    sources[0]!.onerror?.(quiet);
    expect(timers.length).toBe(0);
    sources[0]!.onopen?.(quiet);
    expect(states).toEqual(['connecting', 'live', 'offline', 'live']);
    expect(gaps()).toBe(1);
  });
  test('a refused stream is opened again where it was, with growing pauses', () => {
    const { sources, timers } = setUp();
    sources[0]!.message('{"lsn":9,"event":"JobCompleted"}', '9');
    sources[0]!.readyState = 2;
    sources[0]!.onerror?.(quiet);
    expect(sources[0]!.closed).toBe(true);
    const first = timers.shift()!;
    first.callback();
    expect(sources[1]!.url).toBe('/api/v1/events?lastEventId=9');
    sources[1]!.readyState = 2;
    sources[1]!.onerror?.(quiet);
    expect(timers[0]!.delay).toBeGreaterThan(first.delay);
  });
  test('a stopped stream stays stopped', () => {
    const { sources, timers, stop } = setUp();
    sources[0]!.readyState = 2;
    sources[0]!.onerror?.(quiet);
    stop();
    timers.shift()!.callback();
    expect(sources.length).toBe(1);
  });
  test('only objects with a name are events', () => {
    expect(parseEvent('[]')).toBeUndefined();
    expect(parseEvent('{"event":3}')).toBeUndefined();
  });
});
