/** What the evaluation of a decision says in the history: the result, each decision on the way, and why something is null. */
import { preview } from '../../shared/format/json';
import type { Sentence } from './sentences';

interface Evaluation {
  key?: unknown;
  decision?: unknown;
  decisionId?: string;
  name?: string;
  output?: unknown;
  failedDecision?: string;
  failure?: string;
  evaluated?: { name?: string; id?: string; rules?: { index?: number }[]; kind?: string; output?: unknown }[];
  warnings?: unknown[];
}

export function decided(value: unknown, element: string): Partial<Sentence> {
  const evaluation = (value && typeof value === 'object' ? value : {}) as Evaluation;
  const name = evaluation.name || evaluation.decisionId || 'a decision';
  const link = { decision: String(evaluation.decision ?? ''), key: String(evaluation.key ?? '') };
  const shown = link.decision && link.key ? link : undefined;
  if (evaluation.failure) return { text: `${element} asked “${name}”, which failed`, tone: 'danger', detail: evaluation.failure, evaluation: shown };
  const steps = (evaluation.evaluated ?? []).map((step) => `${step.name || step.id}: ${json(step.output)}${rules(step)}`);
  const warnings = (evaluation.warnings ?? []).filter((each) => typeof each === 'string');
  return { text: `${element} asked “${name}”: ${json(evaluation.output)}`, tone: 'ok', detail: [...steps, ...warnings].join('\n'), evaluation: shown };
}

const json = (value: unknown) => preview(JSON.stringify(value) ?? 'null', 100);

function rules({ kind, rules: matched = [] }: { kind?: string; rules?: { index?: number }[] }): string {
  if (kind !== 'DECISION_TABLE') return '';
  if (matched.length === 0) return ' (no rule matched)';
  return ` (${matched.length === 1 ? 'rule' : 'rules'} ${matched.map((rule) => rule.index).join(', ')})`;
}
