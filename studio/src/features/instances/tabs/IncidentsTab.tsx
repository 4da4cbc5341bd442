import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { instanceIncidentsQuery, instanceJobsQuery } from '../../../shared/api/queries';
import { IncidentCard } from '../../../shared/incident/IncidentCard';
import { EmptyState, Problem, Rows } from '../../../shared/ui/feedback';
import type { TabProps } from '../InstanceTabs';
import styles from '../instances.module.css';

export function IncidentsTab({ instanceKey, element, names, show }: TabProps) {
  const incidents = useQuery(instanceIncidentsQuery(instanceKey));
  const jobs = useQuery(instanceJobsQuery(instanceKey)).data ?? [];
  if (incidents.isError) return <div className={styles.stack}><Problem error={incidents.error} retry={() => void incidents.refetch()} /></div>;
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
          incident={incident}
          elementName={names.get(incident.elementId) ?? incident.elementName ?? incident.elementId}
          job={jobs.find((job) => job.jobKey === incident.jobKey)}
          onShow={() => show(incident.elementId)}
        />
      ))}
    </div>
  );
}
