import { IconTool } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { instanceJobsQuery } from '../../../shared/api/queries';
import type { Job } from '../../../shared/api/types';
import { Ago, KeyText } from '../../../shared/ui/bits';
import { StateChip } from '../../../shared/ui/Chip';
import { EmptyState, Problem, Rows } from '../../../shared/ui/feedback';
import { Table, tableStyles, type Column } from '../../../shared/ui/Table';
import type { TabProps } from '../InstanceTabs';
import styles from '../instances.module.css';

export function JobsTab({ instanceKey, element, names }: TabProps) {
  const jobs = useQuery(instanceJobsQuery(instanceKey));
  if (jobs.isError && !jobs.data) return <div className={styles.stack}><Problem error={jobs.error} retry={() => void jobs.refetch()} /></div>;
  if (!jobs.data) return <Rows count={3} />;
  const rows = jobs.data.filter((job) => !element || job.elementId === element);
  if (rows.length === 0) {
    return <EmptyState compact icon={<IconTool size={22} />} title="No jobs here">Service tasks create jobs, which workers and connectors take.</EmptyState>;
  }
  const columns: Column<Job>[] = [
    { header: 'Element', width: 170, cell: (job) => <strong>{(job.elementId && names.get(job.elementId)) || job.elementId}</strong> },
    { header: 'Type', width: 190, cell: (job) => <span className="mono">{job.type}</span> },
    { header: 'State', width: 130, cell: (job) => <StateChip state={job.state} /> },
    { header: 'Retries', width: 80, cell: (job) => <span className="num">{job.retries}</span> },
    { header: 'Worker', width: 150, cell: (job) => job.worker || '–' },
    { header: 'Last error', cell: (job) => <span className={tableStyles.sub}>{job.errorMessage ?? ''}</span> },
    { header: 'Created', width: 110, cell: (job) => <Ago time={job.creationTime} /> },
    { header: 'Key', width: 180, cell: (job) => <KeyText value={job.jobKey} label="job key" /> },
  ];
  return <Table label="Jobs" columns={columns} rows={rows} rowKey={(job) => job.jobKey} />;
}
