/** Why the instance does not go on, in a sentence, with the next thing to do where there is one. */
import { IconArrowsJoin, IconBroadcast, IconClock, IconHourglass, IconMail, IconPlayerPause, IconQuestionMark, IconRefresh, IconTool, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { waitsQuery } from '../../shared/api/queries';
import type { Wait } from '../../shared/api/types';
import { Ago } from '../../shared/ui/bits';
import { waitText } from './waits';
import styles from './instances.module.css';

const ICONS: Partial<Record<Wait['kind'], ReactNode>> = {
  JOB: <IconTool size={16} />,
  WORKER: <IconTool size={16} />,
  RETRY: <IconRefresh size={16} />,
  USER_TASK: <IconUser size={16} />,
  TIMER: <IconClock size={16} />,
  MESSAGE: <IconMail size={16} />,
  SIGNAL: <IconBroadcast size={16} />,
  CONDITION: <IconQuestionMark size={16} />,
  SUSPENDED: <IconPlayerPause size={16} />,
  JOIN: <IconArrowsJoin size={16} />,
};

const SHOWN = 3;

export function WaitStrip({ instanceKey, names, show }: {
  instanceKey: string;
  names: Map<string, string>;
  show: (element: string) => void;
}) {
  const waits = useQuery(waitsQuery(instanceKey)).data ?? [];
  const [all, setAll] = useState(false);
  // Incidents have their own tab, with the ways out.
  const shown = waits.filter((wait) => wait.kind !== 'INCIDENT');
  if (shown.length === 0) return null;
  return (
    <ul className={styles.waits} aria-label="What the instance waits for">
      {shown.slice(0, all ? shown.length : SHOWN).map((wait, index) => (
        <li key={wait.key ?? index}>
          <span aria-hidden className={styles.waitIcon}>{ICONS[wait.kind] ?? <IconHourglass size={16} />}</span>
          <span className={styles.waitText}>{waitText(wait, names)}</span>
          {wait.since && <span className={styles.waitTime}><Ago time={wait.since} /></span>}
          {wait.kind === 'USER_TASK' && wait.key ? (
            <Link to="/tasks" search={{ task: wait.key }}>Open the task</Link>
          ) : wait.kind === 'CALLED_PROCESS' && wait.key ? (
            <Link to="/instances/$key" params={{ key: wait.key }}>Open the called instance</Link>
          ) : (
            names.has(wait.elementId) && <button type="button" onClick={() => show(wait.elementId)}>Show</button>
          )}
        </li>
      ))}
      {shown.length > SHOWN && <li><button type="button" onClick={() => setAll(!all)}>{all ? 'Show fewer' : `and ${shown.length - SHOWN} more`}</button></li>}
    </ul>
  );
}
