// The services that order fulfilment coordinates: risk scoring, payment, shipping, notifications. Node 18 or newer, no
// dependencies. `node server.mjs [PORT]` listens on 127.0.0.1; port 8090 by default, 0 takes a free one.
//
// An order's `simulate` decides what goes wrong: "outage" makes charging answer 500, "declined" 402, "risky" makes the
// risk high. A request with an Idempotency-Key that succeeded before gets the same answer again and does nothing twice.

import { createServer } from 'node:http';
import { createHash } from 'node:crypto';

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_REMEMBERED = 10_000;

/** A short name that is the same for the same thing. */
const name = (prefix, text) => `${prefix}-${createHash('sha256').update(String(text)).digest('hex').slice(0, 8)}`;

const services = {
  '/risk-score': ({ orderId, total = 0, simulate }) => {
    const score = simulate === 'risky' ? 90 : Math.min(100, Math.round(Number(total) / 50));
    return [200, { orderId, score, level: score >= 40 ? 'high' : 'low' }];
  },
  '/charge': ({ orderId, amount, simulate }) => {
    if (simulate === 'outage') return [500, { error: 'payment provider unreachable' }];
    if (simulate === 'declined') return [402, { reason: 'insufficient funds' }];
    return [201, { paymentId: name('pay', orderId), amount, status: 'captured' }];
  },
  '/shipments': ({ orderId, items = [] }) => {
    return [201, { shipmentId: name('ship', orderId), parcels: Math.max(1, items.length), carrier: 'Hermes' }];
  },
  '/notifications': ({ to, subject }) => {
    return [202, { notificationId: name('note', `${to} ${subject}`), to, subject }];
  },
};

/** Answers by path and idempotency key, oldest first. */
const remembered = new Map();

function remember(key, answer) {
  if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value);
  remembered.set(key, answer);
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw Object.assign(new Error('the body is too large'), { status: 413 });
    chunks.push(chunk);
  }
  try {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
    if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new Error();
    return body;
  } catch {
    throw Object.assign(new Error('the body is no JSON object'), { status: 400 });
  }
}

async function answer(request) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (request.method === 'GET' && pathname === '/health') return [200, { status: 'ok' }];
  const service = Object.hasOwn(services, pathname) ? services[pathname] : undefined;
  if (!service) return [404, { error: `there is no ${pathname}; POST to one of ${Object.keys(services).join(', ')}` }];
  if (request.method !== 'POST') return [405, { error: `use POST ${pathname}` }];
  const body = await read(request);
  const key = request.headers['idempotency-key'];
  const known = key && remembered.get(`${pathname} ${key}`);
  if (known) return known;
  const result = service(body);
  if (key && result[0] < 300) remember(`${pathname} ${key}`, result);
  return result;
}

const server = createServer(async (request, response) => {
  let status;
  let body;
  try {
    [status, body] = await answer(request);
  } catch (error) {
    [status, body] = [error.status ?? 500, { error: error.message }];
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
  console.log(`${request.method} ${request.url} ${status}`);
});

const port = Number(process.argv[2] ?? 8090);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`"${process.argv[2]}" is no port`);
  process.exit(2);
}
server.on('error', (error) => {
  console.error(error.code === 'EADDRINUSE' ? `port ${port} is taken; give another one` : error.message);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => console.log(`services on http://127.0.0.1:${server.address().port}`));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
