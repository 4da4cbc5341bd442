/** One evaluation: its result or the reason of its failure, and each decision on the way with inputs and matched rules. */
import { IconListSearch, IconSearchOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ApiError } from '../../shared/api/problem';
import { evaluationQuery } from '../../shared/api/queries';
import type { DecisionInstanceDetail } from '../../shared/api/types';
import { pretty } from '../../shared/format/json';
import { decisionTitle } from '../../shared/format/versions';
import { Ago } from '../../shared/ui/bits';
import { EmptyState, Problem, Rows } from '../../shared/ui/feedback';
import { Card } from '../../shared/ui/Page';
import styles from './decisions.module.css';
import { DecisionState } from './DecisionState';

export function EvaluationDetail({ evaluationKey, current }: { evaluationKey: string | undefined; current: string }) {
  return (
    <Card title="Result" className={styles.result}>
      {evaluationKey ? <Evaluation evaluationKey={evaluationKey} current={current} /> : (
        <EmptyState compact icon={<IconListSearch size={22} />} title="No evaluation is chosen">
          Evaluate the decision, or choose an evaluation, and the rules that matched are marked.
        </EmptyState>
      )}
    </Card>
  );
}

function Evaluation({ evaluationKey, current }: { evaluationKey: string; current: string }) {
  const evaluation = useQuery(evaluationQuery(evaluationKey));
  if (evaluation.isError && !evaluation.data) return <div className={styles.resultBody}><Problem error={evaluation.error} retry={() => void evaluation.refetch()} /></div>;
  if (!evaluation.data) return <Rows count={3} />;
  const steps = evaluation.data;
  const last = steps[steps.length - 1];
  if (!last) {
    return <EmptyState compact icon={<IconSearchOff size={22} />} title="There is no such evaluation">It may have been deleted, or the link is from another server.</EmptyState>;
  }
  const failed = steps.find((each) => each.state === 'FAILED');
  const process = last.processInstanceKey;
  return (
    <div className={styles.resultBody} tabIndex={0} role="region" aria-label="Evaluation">
      <div className={styles.resultFacts}>
        <DecisionState state={failed ? 'FAILED' : 'EVALUATED'} />
        <Ago time={last.evaluationDate} />
        {process ? <Link to="/instances/$key" params={{ key: process }}>Instance {process}</Link> : <span>By hand</span>}
      </div>
      {failed ? <Failure step={failed} /> : <pre className={styles.output} tabIndex={0} aria-label="Result of the evaluation">{last.result.length > 60 ? pretty(last.result) : last.result}</pre>}
      <h3 className={styles.subhead}>How it came about</h3>
      <ol className={styles.steps}>
        {[...steps].reverse().map((step) => <Step key={step.decisionEvaluationInstanceKey} step={step} shown={step.decisionDefinitionKey === current} evaluationKey={evaluationKey} />)}
      </ol>
    </div>
  );
}

function Failure({ step }: { step: DecisionInstanceDetail }) {
  const name = step.decisionDefinitionName || step.decisionDefinitionId;
  return <Problem error={new ApiError(400, `“${name}” failed`, step.evaluationFailure ?? 'The engine gave no reason.', 'Correct the variables or the model, then evaluate it again.')} />;
}

function Step({ step, shown, evaluationKey }: { step: DecisionInstanceDetail; shown: boolean; evaluationKey: string }) {
  const title = decisionTitle({ name: step.decisionDefinitionName, decisionDefinitionId: step.decisionDefinitionId });
  return (
    <li data-shown={shown} aria-current={shown || undefined} aria-label={title}>
      <div className={styles.stepHead}>
        {shown ? <strong>{title}</strong> : (
          <Link to="/decisions/$key" params={{ key: step.decisionDefinitionKey }} search={{ evaluation: evaluationKey }}>{title}</Link>
        )}
        <span>version {step.decisionDefinitionVersion}</span>
        <span className={styles.rules}>{step.state === 'FAILED' ? <DecisionState state={step.state} /> : rulesText(step)}</span>
      </div>
      <dl className={styles.values}>
        {step.evaluatedInputs.map((input, index) => (
          <div key={index} style={{ display: 'contents' }}>
            <dt>{input.inputName || input.inputId}</dt>
            <dd>{input.inputValue}</dd>
          </div>
        ))}
        {step.state !== 'FAILED' && <><dt data-output="true">result</dt><dd data-output="true">{step.result}</dd></>}
      </dl>
    </li>
  );
}

function rulesText({ matchedRules: rules, decisionDefinitionType: type }: DecisionInstanceDetail): string {
  if (type !== 'DECISION_TABLE') return '';
  if (rules.length === 0) return 'No rule matched';
  return `${rules.length === 1 ? 'Rule' : 'Rules'} ${rules.map((rule) => rule.ruleIndex).join(', ')}`;
}
