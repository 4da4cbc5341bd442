/** What needs a person, before anything else. */
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconChecklist, IconCircle, IconCircleCheck, IconCircleCheckFilled, IconMoodSmile, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useMemo, useState, type ReactNode } from 'react';
import { countsQuery, definitionsQuery, instancesQuery, openIncidentsQuery, tasksQuery } from '../../shared/api/queries';
import { useElementName } from '../../shared/diagram/names';
import { plural } from '../../shared/format/names';
import { groupIncidents, type IncidentGroup } from '../../shared/incident/grouping';
import { Ago } from '../../shared/ui/bits';
import { StateChip } from '../../shared/ui/Chip';
import { EmptyState, Problem, Rows } from '../../shared/ui/feedback';
import { Card, Page } from '../../shared/ui/Page';
import { checklist } from './checklist';
import styles from './home.module.css';

export function HomePage() {
  const counts = useQuery(countsQuery({}));
  const tasks = useQuery(tasksQuery('CREATED'));
  const number = (value: number | undefined) => (value === undefined ? '–' : value.toLocaleString('en'));
  const waiting = (tasks.data?.page.totalItems ?? 0) + (counts.data?.incident ?? 0);
  const facts = !counts.data || !tasks.data ? 'Looking at the engine' : waiting === 0 ? 'Nothing waits for you.' : `${plural(waiting, 'thing')} ${waiting === 1 ? 'waits' : 'wait'} for a person.`;
  return (
    <Page title="What needs you" tab="Home" facts={<span>{facts}</span>}>
      {counts.isError && !counts.data && <Problem error={counts.error} retry={() => void counts.refetch()} />}
      <FirstRun />
      <div className={styles.strip}>
        <Stat link={{ to: '/tasks' }} icon={<IconChecklist size={20} />} value={number(tasks.data?.page.totalItems)} label="open tasks" />
        <Stat link={{ to: '/incidents' }} icon={<IconAlertTriangle size={20} />} value={number(counts.data?.incident)} label="instances with an incident" tone={counts.data?.incident ? 'danger' : undefined} />
        <Stat link={{ to: '/instances', search: { state: 'active' } }} icon={<IconPlayerPlay size={20} />} value={number(counts.data?.active)} label="running instances" />
        <Stat link={{ to: '/instances', search: { state: 'completed' } }} icon={<IconCircleCheck size={20} />} value={number(counts.data?.completed)} label="completed instances" tone="ok" />
      </div>
      <div className={styles.columns}>
        <Tasks />
        <Incidents />
      </div>
      <Recent />
    </Page>
  );
}

function Stat({ link, icon, value, label, tone }: { link: LinkProps; icon: ReactNode; value: string; label: string; tone?: string }) {
  return (
    <Link {...link} className={styles.stat} data-tone={tone}>
      <span className={styles.statIcon} aria-hidden>{icon}</span>
      <span>
        <span className={styles.statValue}>{value}</span>
        <span className={styles.statLabel} style={{ display: 'block' }}>{label}</span>
      </span>
    </Link>
  );
}

const HIDDEN = 'dirigent-first-run';

function FirstRun() {
  const [hidden, setHidden] = useState(() => localStorage.getItem(HIDDEN) === 'hidden');
  const definitions = useQuery(definitionsQuery());
  const counts = useQuery(countsQuery({}));
  const done = useQuery(tasksQuery('COMPLETED'));
  const all = useQuery(instancesQuery({ page: { limit: 5 } }));
  if (hidden || !definitions.data || !counts.data || !done.data || !all.data) return null;
  const steps = checklist({
    definitions: definitions.data,
    instances: all.data.page.totalItems,
    incidents: counts.data.incident,
    completed: counts.data.completed,
    tasksDone: done.data.page.totalItems,
  });
  const next = steps.findIndex((step) => !step.done);
  if (next < 0) return null;
  return (
    <Card label="First steps">
      <div className={styles.first}>
        <div>
          <h2>First steps</h2>
          <p>From a model to a finished instance in a minute.</p>
          <Button
            mt={8}
            size="compact-xs"
            variant="subtle"
            ml={-8}
            onClick={() => {
              localStorage.setItem(HIDDEN, 'hidden');
              setHidden(true);
            }}
          >
            Hide this
          </Button>
        </div>
        <ol className={styles.steps}>
          {steps.map((step, index) => (
            <li key={step.title}>
              <Link {...(step.link as LinkProps)} className={styles.step} data-done={step.done} data-next={index === next}>
                <span className={styles.stepHead}>
                  {step.done ? <IconCircleCheckFilled size={17} aria-label="Done" /> : <IconCircle size={17} aria-hidden />} {step.title}
                </span>
                <small>{step.text}</small>
              </Link>
            </li>
          ))}
        </ol>
      </div>
    </Card>
  );
}

function Tasks() {
  const tasks = useQuery(tasksQuery('CREATED'));
  const items = tasks.data?.items ?? [];
  return (
    <Card title="Open tasks" aside={items.length > 0 && <Link to="/tasks">Open the inbox</Link>}>
      {tasks.isError && !tasks.data && <Problem error={tasks.error} />}
      {tasks.isPending && <Rows count={3} />}
      {tasks.data && items.length === 0 && <EmptyState compact icon={<IconMoodSmile size={22} />} title="No task waits">Work for people appears here the moment a token reaches it.</EmptyState>}
      {items.length > 0 && (
        <ul className={styles.rows}>
          {items.slice(0, 6).map((task) => (
            <li key={task.userTaskKey}>
              <Link to="/tasks" search={{ task: task.userTaskKey }} className={styles.row}>
                <span className={styles.rowIcon} aria-hidden><IconChecklist size={17} /></span>
                <span style={{ minWidth: 0 }}>
                  <strong>{task.name ?? task.elementId}</strong>
                  <p>{task.processName ?? task.processDefinitionId} {task.businessId ?? task.processInstanceKey}{task.assignee ? `, ${task.assignee}` : ''}</p>
                </span>
                <span className={styles.rowTime}><Ago time={task.creationDate} /></span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Incidents() {
  const incidents = useQuery(openIncidentsQuery());
  const groups = useMemo(() => groupIncidents(incidents.data?.items ?? []), [incidents.data]);
  return (
    <Card title="Stuck" aside={groups.length > 0 && <Link to="/incidents">Show incidents</Link>}>
      {incidents.isError && !incidents.data && <Problem error={incidents.error} />}
      {incidents.isPending && <Rows count={3} />}
      {incidents.data && groups.length === 0 && <EmptyState compact icon={<IconCircleCheck size={22} />} title="Nothing is stuck">Failures appear here, gathered by cause.</EmptyState>}
      {groups.length > 0 && (
        <ul className={styles.rows}>
          {groups.slice(0, 6).map((group) => {
            const only = group.incidents.length === 1 ? group.incidents[0] : undefined;
            const link: LinkProps = only
              ? ({ to: '/instances/$key', params: { key: only.processInstanceKey } } as LinkProps)
              : { to: '/incidents' };
            return (
              <li key={group.id}>
                <Link {...link} className={styles.row}>
                  <span className={styles.rowIcon} data-tone="danger">{group.incidents.length}</span>
                  <span style={{ minWidth: 0 }}>
                    <strong><GroupElement group={group} /></strong>
                    <p>{group.message}</p>
                  </span>
                  <span className={styles.rowTime}><Ago time={group.newest} /></span>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}

function GroupElement({ group }: { group: IncidentGroup }) {
  return useElementName(group.processDefinitionKey, group.elementId, group.elementName);
}

function Recent() {
  const recent = useQuery(instancesQuery({ page: { limit: 5 } }));
  const items = recent.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Card title="Latest instances" aside={<Link to="/instances">Show all</Link>}>
      <ul className={styles.rows}>
        {items.map((instance) => (
          <li key={instance.processInstanceKey}>
            <Link to="/instances/$key" params={{ key: instance.processInstanceKey }} className={styles.row} style={{ gridTemplateColumns: '116px minmax(0, 1fr) auto' }}>
              <StateChip state={instance.state} hasIncident={instance.hasIncident} />
              <span><strong>{instance.processDefinitionName || instance.processDefinitionId}</strong> <span className="mono" style={{ color: 'var(--d-text-2)' }}>{instance.processInstanceKey}</span></span>
              <span className={styles.rowTime}><Ago time={instance.startDate} /></span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
