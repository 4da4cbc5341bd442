/** What a task is about: where in the process it stands and the data that is visible to it. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { flowsQuery, instanceStatisticsQuery, variablesQuery, xmlQuery } from '../../shared/api/queries';
import type { UserTask } from '../../shared/api/types';
import { Diagram } from '../../shared/diagram/Diagram';
import { kindOf, pretty } from '../../shared/format/json';
import { Problem, Rows } from '../../shared/ui/feedback';
import styles from './tasks.module.css';

export function TaskContext({ task }: { task: UserTask }) {
  const xml = useQuery(xmlQuery(task.processDefinitionKey));
  const statistics = useQuery(instanceStatisticsQuery(task.processInstanceKey));
  const flows = useQuery(flowsQuery(task.processInstanceKey));
  const taken = useMemo(() => flows.data?.map((flow) => flow.elementId), [flows.data]);
  const variables = useQuery(variablesQuery(task.processInstanceKey));
  const visible = (variables.data ?? [])
    .filter((each) => each.scopeKey === task.processInstanceKey || each.scopeKey === task.elementInstanceKey)
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <aside className={styles.aside} aria-label="Context">
      <h3>Where it stands</h3>
      <div className={styles.mini}>
        <Diagram xml={xml.data} processId={task.processDefinitionId} error={xml.error ?? undefined} statistics={statistics.data} takenFlows={taken} selected={task.elementId} compact label="Where the task stands in the process" />
      </div>
      <h3>Data</h3>
      {variables.isError && !variables.data && <div style={{ padding: '0 16px' }}><Problem error={variables.error} /></div>}
      {variables.isPending && <Rows count={3} />}
      <dl className={styles.data}>
        {visible.map((variable) => {
          const kind = kindOf(variable.value);
          return (
            <div key={variable.variableKey}>
              <dt>{variable.name}</dt>
              <dd data-json={kind === 'object' || kind === 'array'} tabIndex={0}>{kind === 'string' ? plain(variable.value) : pretty(variable.value)}</dd>
            </div>
          );
        })}
      </dl>
      {variables.data && visible.length === 0 && <p style={{ padding: '0 16px', margin: 0, color: 'var(--d-text-2)' }}>No data.</p>}
    </aside>
  );
}

function plain(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}
