import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, expect, test } from 'vitest';
import { refresh } from './refresh';

/** A server whose answers are given by hand. */
class Server {
  state = 'old';
  private readonly waiting: (() => void)[] = [];

  ask = (): Promise<string> => {
    // The answer is what was true when the question came.
    const answer = this.state;
    return new Promise((resolve) => this.waiting.push(() => resolve(answer)));
  };

  async answer(): Promise<void> {
    this.waiting.shift()?.();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }

  get asked(): number {
    return this.waiting.length;
  }
}

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

function look(server: Server) {
  const client = new QueryClient();
  client.mount();
  const observer = new QueryObserver(client, { queryKey: ['instance', '1', 'waits'], queryFn: server.ask });
  const leave = observer.subscribe(() => undefined);
  ends.push(() => {
    leave();
    client.unmount();
    client.clear();
  });
  return { client, shown: () => observer.getCurrentResult().data };
}

test('an event during the first fetch is not forgotten with it', async () => {
  const server = new Server();
  const { client, shown } = look(server);
  server.state = 'new';
  refresh(client, ['instance', '1']);
  await server.answer();
  expect(shown()).toBe('old');
  await server.answer();
  expect(shown()).toBe('new');
  expect(server.asked).toBe(0);
});

test('an event after it asks once more', async () => {
  const server = new Server();
  const { client, shown } = look(server);
  await server.answer();
  server.state = 'new';
  refresh(client, ['instance', '1']);
  await server.answer();
  expect(shown()).toBe('new');
  expect(server.asked).toBe(0);
});

test('events of others ask for nothing', async () => {
  const server = new Server();
  const { client } = look(server);
  await server.answer();
  refresh(client, ['instance', '2']);
  expect(server.asked).toBe(0);
});
