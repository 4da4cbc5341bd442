/** The inbox: tasks on the left, the chosen one in the middle, what it is about on the right. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconChecklist, IconCircleCheck, IconHandClick, IconSearchOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ApiError } from '../../shared/api/problem';
import { taskQuery, tasksQuery } from '../../shared/api/queries';
import type { UserTask } from '../../shared/api/types';
import { plural } from '../../shared/format/names';
import { Ago } from '../../shared/ui/bits';
import { Chip } from '../../shared/ui/Chip';
import { EmptyState, Problem, Rows } from '../../shared/ui/feedback';
import { Card, Page } from '../../shared/ui/Page';
import { useMe } from './me';
import { TaskContext } from './TaskContext';
import { TaskDetail } from './TaskDetail';
import styles from './tasks.module.css';

const route = getRouteApi('/tasks');

export function TasksPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const me = useMe();
  const show = search.show ?? 'open';
  const tasks = useQuery(tasksQuery(show === 'done' ? 'COMPLETED' : 'CREATED'));
  const items = (tasks.data?.items ?? []).filter((task) => show !== 'mine' || task.assignee === me);
  const selectedKey = search.task ?? items[0]?.userTaskKey;
  const one = useQuery({ ...taskQuery(selectedKey ?? ''), enabled: selectedKey !== undefined && !items.some((task) => task.userTaskKey === selectedKey) });
  const selected = items.find((task) => task.userTaskKey === selectedKey) ?? one.data;
  const next = items.find((task) => task.userTaskKey !== selectedKey && task.state === 'CREATED');

  return (
    <Page full title="Tasks" tab="Tasks" facts={tasks.data && <span>{plural(items.length, show === 'done' ? 'completed task' : 'open task')}</span>}>
      {tasks.isError && !tasks.data && <Problem error={tasks.error} retry={() => void tasks.refetch()} />}
      <Card className={`${styles.panes} ${selected ? '' : styles.without}`} label="Tasks">
        <div>
          <div className={styles.listHead}>
            <SegmentedControl
              fullWidth
              size="xs"
              aria-label="Which tasks"
              value={show}
              onChange={(value) => void navigate({ to: '/tasks', search: { show: value === 'open' ? undefined : (value as 'mine' | 'done') } })}
              data={[{ value: 'open', label: 'Open' }, { value: 'mine', label: 'Mine' }, { value: 'done', label: 'Done' }]}
            />
          </div>
          {tasks.isPending && <Rows count={5} />}
          <ul className={styles.list} aria-label="Task list">
            {items.map((task) => <Item key={task.userTaskKey} task={task} selected={task.userTaskKey === selectedKey} show={search.show} />)}
          </ul>
          {tasks.data && items.length === 0 && show === 'mine' && (
            <p style={{ padding: '4px 16px', color: 'var(--d-text-2)' }}>You have claimed no task.</p>
          )}
        </div>
        {selected ? (
          <TaskDetail
            key={selected.userTaskKey}
            task={selected}
            me={me}
            onCompleted={() => void navigate({ to: '/tasks', search: { show: search.show, task: next?.userTaskKey } })}
          />
        ) : (
          <div>
            {one.isError ? (
              one.error instanceof ApiError && one.error.status !== 0 ? <Gone taskKey={search.task ?? ''} /> : <div className={styles.detail}><Problem error={one.error} retry={() => void one.refetch()} /></div>
            ) : (
              tasks.data && <NoTask show={show} />
            )}
          </div>
        )}
        {selected && <div><TaskContext task={selected} /></div>}
      </Card>
    </Page>
  );
}

function Item({ task, selected, show }: { task: UserTask; selected: boolean; show?: 'open' | 'mine' | 'done' }) {
  return (
    <li>
      <Link to="/tasks" search={{ show, task: task.userTaskKey }} className={styles.item} data-selected={selected} aria-current={selected || undefined}>
        <div className={styles.itemTitle}>
          <span>{task.name ?? task.elementId}</span>
          {task.assignee && <Chip tone="quiet">{task.assignee}</Chip>}
        </div>
        <div className={styles.itemFacts}>
          <span>{task.processName ?? task.processDefinitionId}</span>
          <span className="num" title={`Instance ${task.processInstanceKey}`}>{task.businessId || `…${task.processInstanceKey.slice(-6)}`}</span>
          <Ago time={task.completionDate ?? task.creationDate} />
        </div>
      </Link>
    </li>
  );
}

function Gone({ taskKey }: { taskKey: string }) {
  return (
    <EmptyState icon={<IconSearchOff size={24} />} title="There is no such task" action={<Button component={Link} to="/tasks">Show open tasks</Button>}>
      No task has the key {taskKey}, or its history was removed.
    </EmptyState>
  );
}

function NoTask({ show }: { show: 'open' | 'mine' | 'done' }) {
  if (show === 'done') {
    return <EmptyState icon={<IconChecklist size={24} />} title="Nothing was completed yet">Completed tasks stay here to look up.</EmptyState>;
  }
  if (show === 'mine') {
    return <EmptyState icon={<IconHandClick size={24} />} title="Nothing is yours" action={<Button component={Link} to="/tasks">Show open tasks</Button>}>Claim a task, and it waits for you here.</EmptyState>;
  }
  return (
    <EmptyState icon={<IconCircleCheck size={24} />} title="All done" action={<Button component={Link} to="/processes" variant="default">Start a process</Button>}>
      No task waits for anyone. New ones appear here by themselves.
    </EmptyState>
  );
}
