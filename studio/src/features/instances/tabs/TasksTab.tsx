import { IconChecklist } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { instanceTasksQuery } from '../../../shared/api/queries';
import type { UserTask } from '../../../shared/api/types';
import { Ago, KeyText } from '../../../shared/ui/bits';
import { StateChip } from '../../../shared/ui/Chip';
import { EmptyState, Problem, Rows } from '../../../shared/ui/feedback';
import { Table, tableStyles, type Column } from '../../../shared/ui/Table';
import type { TabProps } from '../InstanceTabs';
import styles from '../instances.module.css';

const COLUMNS: Column<UserTask>[] = [
  {
    header: 'Task',
    cell: (task) => <Link to="/tasks" search={{ task: task.userTaskKey }} className={tableStyles.rowLink}>{task.name ?? task.elementId}</Link>,
  },
  { header: 'State', width: 130, cell: (task) => <StateChip state={task.state === 'CREATED' ? 'ACTIVE' : task.state} /> },
  { header: 'Assignee', width: 160, cell: (task) => task.assignee ?? 'Nobody yet' },
  { header: 'Created', width: 130, cell: (task) => <Ago time={task.creationDate} /> },
  { header: 'Key', width: 190, cell: (task) => <KeyText value={task.userTaskKey} label="task key" /> },
];

export function TasksTab({ instanceKey, element }: TabProps) {
  const tasks = useQuery(instanceTasksQuery(instanceKey));
  if (tasks.isError && !tasks.data) return <div className={styles.stack}><Problem error={tasks.error} retry={() => void tasks.refetch()} /></div>;
  if (!tasks.data) return <Rows count={2} />;
  const rows = tasks.data.filter((task) => !element || task.elementId === element);
  if (rows.length === 0) {
    return <EmptyState compact icon={<IconChecklist size={22} />} title="No user tasks here">When a token reaches a user task, it waits here and in the task list.</EmptyState>;
  }
  return <Table label="User tasks" columns={COLUMNS} rows={rows} rowKey={(task) => task.userTaskKey} />;
}
