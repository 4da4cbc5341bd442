/**
 * The one place that talks HTTP. Bodies may carry `RawJson`, text that is sent as it is: a variable such as
 * 12345678901234567890 must not pass through a JavaScript number.
 */
import { networkError, problemFrom } from './problem';

export class RawJson {
  readonly text: string;

  constructor(text: string) {
    JSON.parse(text);
    this.text = text;
  }
}

/** JSON text of a value in which `RawJson` stands for itself. */
export function encode(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => (item === undefined ? 'null' : encode(item))).join(',')}]`;
  if (value && typeof value === 'object') {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => `${JSON.stringify(name)}:${encode(field)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

export interface RequestOptions {
  body?: unknown;
  form?: FormData;
  signal?: AbortSignal;
  accept?: string;
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: options.accept ?? 'application/json' };
  let body: BodyInit | undefined;
  if (options.form) {
    body = options.form;
  } else if (options.body !== undefined) {
    headers['content-type'] = 'application/json';
    body = encode(options.body);
  }
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body, signal: options.signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw networkError();
  }
  if (!response.ok) {
    throw problemFrom(response.status, response.headers.get('content-type'), await response.text().catch(() => ''));
  }
  return response;
}

export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export async function requestText(path: string, signal?: AbortSignal): Promise<string> {
  return (await send('GET', path, { signal, accept: 'text/xml, application/xml, text/plain' })).text();
}

/** A segment of a path; keys come from the address bar, so they are not to be trusted. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}
