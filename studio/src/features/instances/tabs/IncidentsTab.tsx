import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { historyQuery, instanceIncidentsQuery, instanceJobsQuery } from '../../../shared/api/queries';
import type { HistoryItem } from '../../../shared/api/types';
import { IncidentCard } from '../../../shared/incident/IncidentCard';
import { EmptyState, Problem, Rows } from '../../../shared/ui/feedback';
import type { TabProps } from '../InstanceTabs';
import styles from '../instances.module.css';

export function IncidentsTab({ instanceKey, element, names, show }: TabProps) {
  const incidents = useQuery(instanceIncidentsQuery(instanceKey));
  // The history knows more about a cause than the search: the expression and what its evaluation noted.
  const asked = incidents.data?.some((each) => !each.jobKey && each.expression === undefined) ?? false;
  const history = useQuery({ ...historyQuery(instanceKey), enabled: asked }).data ?? [];
  const jobs = useQuery(instanceJobsQuery(instanceKey)).data ?? [];
  if (incidents.isError && !incidents.data) return <div className={styles.stack}><Problem error={incidents.error} retry={() => void incidents.refetch()} /></div>;
  if (!incidents.data) return <Rows count={2} />;
  const shown = incidents.data
    .filter((each) => !element || each.elementId === element)
    .sort((a, b) => Number(a.state === 'RESOLVED') - Number(b.state === 'RESOLVED'));
  if (shown.length === 0) {
    return <EmptyState compact icon={<IconCircleCheck size={22} />} title="Nothing is wrong here">If a step gets stuck, its cause and the way out appear in this place.</EmptyState>;
  }
  return (
    <div className={styles.stack}>
      {shown.map((incident) => (
        <IncidentCard
          key={incident.incidentKey}
          incident={{ ...incident, ...causeOf(incident.incidentKey, history) }}
          elementName={names.get(incident.elementId) ?? incident.elementName ?? incident.elementId}
          job={jobs.find((job) => job.jobKey === incident.jobKey)}
          onShow={() => show(incident.elementId)}
        />
      ))}
    </div>
  );
}

function causeOf(incidentKey: string, history: HistoryItem[]): { expression?: string; warnings?: string[] } {
  const created = history.find((item) => item.event === 'IncidentCreated' && String(item.data?.key) === incidentKey);
  const cause = created?.data?.cause;
  if (!cause || typeof cause !== 'object') return {};
  const { expression, warnings } = cause as { expression?: unknown; warnings?: unknown };
  return {
    expression: typeof expression === 'string' && expression !== '' ? expression : undefined,
    warnings: Array.isArray(warnings) ? warnings.filter((each) => typeof each === 'string') : undefined,
  };
}
