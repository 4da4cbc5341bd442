/** Turns whatever went wrong with a request into a sentence about what happened and one about what to do. */

/** One finding of a rejected deployment. */
export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  message: string;
  code?: string;
  elementId?: string;
  resource?: string;
  line?: number;
  column?: number;
  help?: string;
}

interface ProblemBody {
  title?: string;
  detail?: string;
  code?: string;
  help?: string;
  reason?: string;
  diagnostics?: unknown;
  errors?: unknown;
}

export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly whatToDo: string;
  readonly diagnostics: Diagnostic[];

  constructor(status: number, title: string, detail: string, whatToDo: string, diagnostics: Diagnostic[] = []) {
    super(detail || title);
    this.name = 'ApiError';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.whatToDo = whatToDo;
    this.diagnostics = diagnostics;
  }
}

const ADVICE: Record<number, string> = {
  0: 'Check that the Dirigent server is running and that this computer can reach it; this page reconnects by itself.',
  400: 'Correct the marked input and send it again.',
  401: 'Sign in again.',
  403: 'Ask an administrator for the permission named above.',
  404: 'It may have been deleted or the link may be old. Go back to the list and look for it there.',
  409: 'Someone or something else changed it first. Reload and decide again.',
  413: 'Make the input smaller.',
  429: 'The engine is busy. Wait a moment and try again.',
  500: 'Try again. If it stays, look into the log of the server.',
  503: 'The engine is not ready. Wait a moment and try again.',
  504: 'The engine did not answer in time. Check the status bar, then try again.',
};

export function advice(status: number): string {
  return ADVICE[status] ?? (status >= 500 ? ADVICE[500]! : ADVICE[400]!);
}

export function networkError(): ApiError {
  return new ApiError(0, 'The server cannot be reached', 'The request got no answer.', advice(0));
}

/** Reads an answer that is not a success. Text that is no problem document is shown only where it is short and plain. */
export function problemFrom(status: number, contentType: string | null, text: string): ApiError {
  let body: ProblemBody = {};
  if (contentType?.includes('json')) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (parsed && typeof parsed === 'object') body = parsed as ProblemBody;
    } catch {
      // Not JSON after all: the status says enough.
    }
  }
  const plain = contentType?.startsWith('text/plain') && text.length < 300 ? text.trim() : '';
  const title = humanTitle(body.title, status);
  const detail = withoutPreamble(body.detail ?? plain);
  const diagnostics = readDiagnostics(body.diagnostics ?? body.errors);
  return new ApiError(status, title, detail, body.help ?? advice(status), diagnostics);
}

/** Any thrown value as an `ApiError`, so that a component has one kind of error to show. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(-1, 'Something went wrong in this page', message, 'Reload the page. What you did on the server is safe.');
}

/** What Camunda's clients expect before the reason is of no use to a person. */
function withoutPreamble(detail: string): string {
  return detail.replace(/^Command '[A-Z_]+' rejected with code '[A-Z_]+':\s*/, '');
}

const TITLES: Record<string, string> = {
  INVALID_ARGUMENT: 'The request is not valid',
  INVALID_STATE: 'That is not possible in the present state',
  NOT_FOUND: 'Not found',
  ALREADY_EXISTS: 'It exists already',
  RESOURCE_EXHAUSTED: 'The engine is busy',
  UNAVAILABLE: 'The engine is not ready',
  'Bad Request': 'The request is not valid',
  'Internal Server Error': 'The server failed',
};

function humanTitle(title: string | undefined, status: number): string {
  if (title && TITLES[title]) return TITLES[title];
  if (title && !/^[A-Z_]+$/.test(title)) return title;
  if (status === 404) return 'Not found';
  if (status === 409) return 'That is not possible in the present state';
  if (status >= 500) return 'The server failed';
  return 'The request was refused';
}

function readDiagnostics(value: unknown): Diagnostic[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry): Diagnostic[] => {
    if (typeof entry === 'string') return [{ severity: 'error', message: entry }];
    if (!entry || typeof entry !== 'object') return [];
    const item = entry as Record<string, unknown>;
    const message = text(item.message) ?? text(item.detail);
    if (!message) return [];
    const severity = String(item.severity ?? item.level ?? 'error').toLowerCase();
    return [
      {
        severity: severity.startsWith('warn') ? 'warning' : severity.startsWith('info') ? 'info' : 'error',
        message,
        code: text(item.code),
        elementId: text(item.elementId) ?? text(item.element),
        resource: text(item.resource) ?? text(item.file),
        line: number(item.line),
        column: number(item.column),
        help: text(item.help) ?? text(item.hint),
      },
    ];
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** `order.bpmn:12:5: error[B012] charge: what is wrong (what to do)`, as the engine writes a finding. */
const FINDING = /^(.+?):(\d+):(\d+): (error|warning)\[([^\]]+)\](?: ([^\s:]+))?: (.*)$/;

/**
 * A rejected deployment lists its findings in the text, one a line; each becomes a finding of its own, so that none
 * hides in a paragraph.
 */
export function diagnosticsOf(error: ApiError): Diagnostic[] {
  if (error.diagnostics.length > 0) return error.diagnostics;
  const lines = error.detail.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  const findings = lines.flatMap(readFinding);
  // An introduction above real findings says nothing that they do not say.
  const real = findings.filter((finding) => finding.code);
  return real.length > 0 ? real : findings;
}

function readFinding(line: string): Diagnostic[] {
  const text = line.replace(/^[-*•]\s*/, '').replace(/^'[^']*': (?=.*: (?:error|warning)\[)/, '');
  const match = text.match(FINDING);
  if (!match) return [{ severity: /^warn/i.test(text) ? 'warning' : 'error', message: text.replace(/^(error|warning):\s*/i, '') }];
  const [, resource, at, column, severity, code, elementId, rest] = match;
  const help = rest!.match(/^(.*\S) \(([^()]*(?:\([^()]*\)[^()]*)*)\)$/);
  return [{
    severity: severity === 'warning' ? 'warning' : 'error',
    message: help?.[1] ?? rest!,
    help: help?.[2],
    code,
    resource,
    elementId,
    line: Number(at),
    column: Number(column),
  }];
}
