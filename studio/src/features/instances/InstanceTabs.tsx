/** The tabs below the diagram. A selected element narrows every one of them. */
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { KeyboardEvent } from 'react';
import { instanceIncidentsQuery, instanceJobsQuery, instanceTasksQuery, variablesQuery } from '../../shared/api/queries';
import type { ProcessInstance } from '../../shared/api/types';
import { Card } from '../../shared/ui/Page';
import { INSTANCE_TABS, type InstanceSearch, type InstanceTab } from '../../shared/url';
import styles from './instances.module.css';
import { HistoryTab } from './tabs/HistoryTab';
import { IncidentsTab } from './tabs/IncidentsTab';
import { JobsTab } from './tabs/JobsTab';
import { TasksTab } from './tabs/TasksTab';
import { VariablesTab } from './tabs/VariablesTab';

const LABELS: Record<InstanceTab, string> = {
  variables: 'Variables', history: 'History', incidents: 'Incidents', jobs: 'Jobs', tasks: 'User tasks',
};

/** What every tab gets. */
export interface TabProps {
  instanceKey: string;
  instance?: ProcessInstance;
  element?: string;
  names: Map<string, string>;
  show: (element: string) => void;
}

export function InstanceTabs({ instanceKey, instance, search, setSearch, names }: {
  instanceKey: string;
  instance?: ProcessInstance;
  search: InstanceSearch;
  setSearch: (change: InstanceSearch) => void;
  names: Map<string, string>;
}) {
  const incidents = useQuery(instanceIncidentsQuery(instanceKey)).data ?? [];
  const jobs = useQuery(instanceJobsQuery(instanceKey)).data?.length;
  const tasks = useQuery(instanceTasksQuery(instanceKey)).data?.length;
  const variables = useQuery(variablesQuery(instanceKey)).data?.filter((each) => each.scopeKey === instanceKey).length;
  const open = incidents.filter((each) => each.state !== 'RESOLVED').length;
  const counts: Record<InstanceTab, number | undefined> = { variables, history: undefined, incidents: open || undefined, jobs, tasks };
  // What is wrong comes first; otherwise the data.
  const tab = search.tab ?? (instance?.hasIncident ? 'incidents' : 'variables');
  const props: TabProps = { instanceKey, instance, element: search.element, names, show: (element) => setSearch({ element }) };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = INSTANCE_TABS[(INSTANCE_TABS.indexOf(tab) + step + INSTANCE_TABS.length) % INSTANCE_TABS.length]!;
    setSearch({ tab: next });
    document.getElementById(`tab-${next}`)?.focus();
  };

  return (
    <Card className={styles.panel} label="Details">
      <div className={styles.tabs}>
        <div role="tablist" aria-label="Details" onKeyDown={onKeyDown}>
          {INSTANCE_TABS.map((each) => (
            <button
              key={each}
              id={`tab-${each}`}
              type="button"
              role="tab"
              className={styles.tab}
              aria-selected={tab === each}
              aria-controls="tab-body"
              tabIndex={tab === each ? 0 : -1}
              onClick={() => setSearch({ tab: each })}
            >
              {LABELS[each]}
              {counts[each] ? <span className={styles.tabCount} data-tone={each === 'incidents' ? 'danger' : undefined}>{counts[each]}</span> : null}
            </button>
          ))}
        </div>
        {search.element && (
          <span className={styles.scopeChip}>
            {names.get(search.element) ?? search.element}
            <button type="button" aria-label="Show all elements" onClick={() => setSearch({ element: undefined })}><IconX size={14} /></button>
          </span>
        )}
      </div>
      <div className={styles.body} role="tabpanel" id="tab-body" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === 'variables' && <VariablesTab {...props} />}
        {tab === 'history' && <HistoryTab {...props} />}
        {tab === 'incidents' && <IncidentsTab {...props} />}
        {tab === 'jobs' && <JobsTab {...props} />}
        {tab === 'tasks' && <TasksTab {...props} />}
      </div>
    </Card>
  );
}
