/** JSON text as people type and read it. Text stays text: numbers beyond 2^53 must survive a look at them. */

export interface JsonCheck {
  ok: boolean;
  message?: string;
}

export function checkJson(text: string): JsonCheck {
  try {
    JSON.parse(text);
    return { ok: true };
  } catch (error) {
    return { ok: false, message: plainMessage(error) };
  }
}

export function checkObject(text: string): JsonCheck {
  const result = checkJson(text);
  if (!result.ok) return result;
  const value: unknown = JSON.parse(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { ok: false, message: 'Variables are a JSON object, for example {"amount": 120}.' };
  }
  return result;
}

function plainMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `This is not valid JSON: ${text.replace(/^JSON\.parse: /, '').replace(/, "[\s\S]*" is not valid JSON$/, '')}.`;
}

/** Indented where that loses nothing: a document with numbers that JavaScript would round stays as it came. */
export function pretty(text: string): string {
  if (/\d{16,}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** One line for a table cell. */
export function preview(text: string, length = 120): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

export function kindOf(text: string): 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null' {
  const first = text.trim()[0];
  if (first === '{') return 'object';
  if (first === '[') return 'array';
  if (first === '"') return 'string';
  if (first === 't' || first === 'f') return 'boolean';
  if (first === 'n') return 'null';
  return 'number';
}
