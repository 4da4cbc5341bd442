/** Evaluates a decision with typed variables: those of the last time, else an example made from the model. */
import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { evaluateDecision } from '../../shared/api/commands';
import type { DecisionDefinition } from '../../shared/api/types';
import { checkObject } from '../../shared/format/json';
import { recall, remember } from '../../shared/format/memory';
import { Kbd } from '../../shared/ui/bits';
import { Problem } from '../../shared/ui/feedback';
import { JsonEditor } from '../../shared/ui/JsonEditor';
import { Card } from '../../shared/ui/Page';
import styles from './decisions.module.css';

const EMPTY = '{\n  \n}';

export function EvaluateForm({ decision, example, onEvaluated }: {
  decision: DecisionDefinition;
  example: string | undefined;
  onEvaluated: (evaluationKey: string) => void;
}) {
  const storageKey = `dirigent-decide:${decision.decisionDefinitionId}`;
  const [text, setText] = useState(() => recall(storageKey, localStorage));
  const client = useQueryClient();
  // The example comes with the model; what someone typed before is theirs.
  useEffect(() => {
    if (example) setText((present) => present ?? (example === '{}' ? EMPTY : example));
  }, [example]);
  const value = text ?? EMPTY;
  const valid = checkObject(value.trim() === '' ? '{}' : value).ok;
  const run = useMutation({
    mutationFn: () => evaluateDecision(decision.decisionDefinitionKey, value.trim() === '' ? '{}' : value),
    onSuccess: ({ decisionEvaluationKey }) => {
      remember(storageKey, value, localStorage);
      void client.invalidateQueries({ queryKey: ['evaluations', 'of'] });
      onEvaluated(decisionEvaluationKey);
    },
  });
  const submit = () => {
    if (valid && !run.isPending) run.mutate();
  };
  return (
    <Card title="Evaluate" className={styles.form} aside={example && example !== '{}' && value !== example && <Button size="compact-xs" variant="subtle" onClick={() => setText(example)}>Example</Button>}>
      <form
        className={styles.formBody}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <JsonEditor label="Variables" value={value} onChange={setText} object minHeight={150} onSubmit={submit} />
        {run.isError && <Problem error={run.error} />}
        <div className={styles.formFoot}>
          <Button type="submit" leftSection={<IconPlayerPlay size={16} />} disabled={!valid} loading={run.isPending}>Evaluate</Button>
          <Kbd>Ctrl ↵</Kbd>
        </div>
      </form>
    </Card>
  );
}
