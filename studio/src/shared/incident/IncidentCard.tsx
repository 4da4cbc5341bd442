/** One incident: what happened, why, and the two ways out of it. */
import { Button, Code } from '@mantine/core';
import { IconAlertTriangle, IconPencil, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { retryIncident } from '../api/commands';
import type { Incident, Job } from '../api/types';
import { incidentTitle } from '../format/names';
import { Ago } from '../ui/bits';
import { Problem, told } from '../ui/feedback';
import { EditAndResolve } from './EditAndResolve';
import styles from './incident.module.css';
import { sentence } from './sentence';

export function IncidentCard({ incident, elementName, job, onShow, compact, aside }: {
  incident: Incident;
  elementName: string;
  job?: Job;
  onShow?: () => void;
  /** One line: what happened is said elsewhere. */
  compact?: boolean;
  aside?: ReactNode;
}) {
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const retry = useMutation({
    mutationFn: () => retryIncident(incident),
    onSuccess: () => {
      told('Retrying', `${elementName} runs again.`);
      void client.invalidateQueries({ queryKey: ['instance', incident.processInstanceKey] });
      void client.invalidateQueries({ queryKey: ['incidents'] });
    },
  });
  const open = incident.state === 'ACTIVE' || incident.state === 'PENDING';
  return (
    <article className={styles.card} data-open={open} data-compact={compact} aria-label={`Incident at ${elementName}`}>
      {aside && <div className={styles.aside}>{aside}{compact && <span className={styles.facts}><Ago time={incident.creationTime} /></span>}</div>}
      {!compact && <div className={styles.head}>
        <IconAlertTriangle size={17} aria-hidden />
        <strong>{incidentTitle(incident.errorType)}</strong>
        <span className={styles.facts}>
          at{' '}
          {onShow ? <button type="button" className={styles.link} onClick={onShow}>{elementName}</button> : elementName}
          {', '}<Ago time={incident.creationTime} />
          {!open && ', resolved'}
        </span>
      </div>}
      {!compact && <p className={styles.message}>{sentence(incident)}</p>}
      {incident.expression && (
        <dl className={styles.cause}>
          <dt>Expression</dt>
          <dd><Code>{incident.expression}</Code></dd>
        </dl>
      )}
      {incident.warnings && incident.warnings.length > 0 && (
        <ul className={styles.warnings}>
          {incident.warnings.map((warning) => <li key={warning}>{warning}</li>)}
        </ul>
      )}
      {job && (
        <p className={styles.facts}>
          Job of type <Code>{job.type}</Code>, {job.retries === 0 ? 'no retries left' : `${job.retries} retries left`}
          {job.worker ? <>, last tried by <Code>{job.worker}</Code></> : ''}.
        </p>
      )}
      {retry.isError && <Problem error={retry.error} />}
      {open && (
        <div className={styles.actions}>
          <Button size="xs" leftSection={<IconRefresh size={15} />} onClick={() => retry.mutate()} loading={retry.isPending}>Retry</Button>
          <Button size="xs" variant="default" leftSection={<IconPencil size={15} />} onClick={() => setEditing(true)}>
            Edit variable and resolve
          </Button>
        </div>
      )}
      {editing && <EditAndResolve incident={incident} elementName={elementName} close={() => setEditing(false)} />}
    </article>
  );
}
