/** Everything that is stuck, gathered by cause, so that a hundred failures of one service are one line. */
import { Button } from '@mantine/core';
import { IconChevronRight, IconMoodSmile, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { retryIncident } from '../../shared/api/commands';
import { definitionsQuery, openIncidentsQuery } from '../../shared/api/queries';
import { useElementName } from '../../shared/diagram/names';
import { definitionTitle, incidentTitle, plural } from '../../shared/format/names';
import { groupIncidents, type IncidentGroup } from '../../shared/incident/grouping';
import { IncidentCard } from '../../shared/incident/IncidentCard';
import { sentence } from '../../shared/incident/sentence';
import { Ago } from '../../shared/ui/bits';
import { EmptyState, Problem, Rows, told } from '../../shared/ui/feedback';
import { Card, Page } from '../../shared/ui/Page';
import styles from './incidents.module.css';

const SHOWN = 20;

export function IncidentsPage() {
  const incidents = useQuery(openIncidentsQuery());
  const definitions = useQuery(definitionsQuery()).data ?? [];
  const groups = useMemo(() => groupIncidents(incidents.data?.items ?? []), [incidents.data]);
  const title = (id: string) => {
    const definition = definitions.find((each) => each.processDefinitionId === id);
    return definition ? definitionTitle(definition) : id;
  };
  const total = incidents.data?.page.totalItems;
  return (
    <Page title="Incidents" tab="Incidents" facts={total !== undefined && <span>{plural(total, 'open incident')}{groups.length > 0 ? ` of ${plural(groups.length, 'cause')}` : ''}</span>}>
      {incidents.isError && !incidents.data && <Problem error={incidents.error} retry={() => void incidents.refetch()} />}
      <Card label="Incidents">
        {incidents.isPending && <Rows count={4} />}
        {incidents.data && groups.length === 0 && (
          <EmptyState icon={<IconMoodSmile size={24} />} title="Nothing is stuck" action={<Button component={Link} to="/instances" variant="default">Show instances</Button>}>
            When a step fails for good, it appears here with its cause and the ways out.
          </EmptyState>
        )}
        {groups.map((group) => <Group key={group.id} group={group} process={title(group.processDefinitionId)} single={groups.length === 1} />)}
      </Card>
    </Page>
  );
}

function Group({ group, process, single }: { group: IncidentGroup; process: string; single: boolean }) {
  const [open, setOpen] = useState(single);
  const client = useQueryClient();
  const name = useElementName(group.processDefinitionKey, group.elementId, group.elementName);
  const retryAll = useMutation({
    mutationFn: async () => {
      for (const incident of group.incidents) await retryIncident(incident);
    },
    onSuccess: () => told('Retrying', plural(group.incidents.length, 'instance')),
    onSettled: () => void client.invalidateQueries({ queryKey: ['incidents'] }),
  });
  return (
    <details className={styles.group} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className={styles.number}>{group.incidents.length}<span className="sr-only"> incidents</span></span>
        <div>
          <div className={styles.title}>{name} <span>in {process}: {incidentTitle(group.errorType).toLowerCase()}</span></div>
          <p className={styles.message}>{group.message}</p>
        </div>
        <span className={styles.aside}><Ago time={group.newest} /> <IconChevronRight size={16} aria-hidden /></span>
      </summary>
      {open && (
        <div className={styles.list}>
          {group.incidents.length > 1 && (
            <Button className={styles.all} size="xs" variant="default" leftSection={<IconRefresh size={15} />} loading={retryAll.isPending} onClick={() => retryAll.mutate()}>
              Retry all {group.incidents.length}
            </Button>
          )}
          {retryAll.isError && <Problem error={retryAll.error} />}
          {group.incidents.slice(0, SHOWN).map((incident) => (
            <IncidentCard
              key={incident.incidentKey}
              incident={incident}
              elementName={name}
              compact={sentence(incident) === group.message && !incident.expression}
              aside={<Link to="/instances/$key" params={{ key: incident.processInstanceKey }}>Instance {incident.processInstanceKey}</Link>}
            />
          ))}
          {group.incidents.length > SHOWN && (
            <Link to="/instances" search={{ state: 'incident', process: group.processDefinitionId }}>Show all {group.incidents.length} instances</Link>
          )}
        </div>
      )}
    </details>
  );
}
