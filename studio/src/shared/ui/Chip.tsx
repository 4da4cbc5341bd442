/** A state in a word, an icon and a tone; never by colour alone. */
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleMinus, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { stateName } from '../format/names';
import styles from './ui.module.css';

export type Tone = 'active' | 'danger' | 'ok' | 'warn' | 'quiet';

export function Chip({ tone, icon, children }: { tone: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={styles.chip} data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}

/** State of a process instance or an element instance. */
export function StateChip({ state, hasIncident }: { state: string; hasIncident?: boolean }) {
  if (hasIncident && (state === 'ACTIVE' || state === 'ACTIVATING')) {
    return <Chip tone="danger" icon={<IconAlertTriangle size={13} aria-hidden />}>Incident</Chip>;
  }
  switch (state) {
    case 'ACTIVE':
      return <Chip tone="active" icon={<IconPlayerPlay size={13} aria-hidden />}>Active</Chip>;
    case 'COMPLETED':
      return <Chip tone="ok" icon={<IconCircleCheck size={13} aria-hidden />}>Completed</Chip>;
    case 'TERMINATED':
    case 'CANCELED':
      return <Chip tone="quiet" icon={<IconCircleMinus size={13} aria-hidden />}>Cancelled</Chip>;
    case 'SUSPENDED':
      return <Chip tone="warn" icon={<IconPlayerPause size={13} aria-hidden />}>Suspended</Chip>;
    case 'FAILED':
    case 'ERROR_THROWN':
      return <Chip tone="danger" icon={<IconAlertTriangle size={13} aria-hidden />}>{stateName(state)}</Chip>;
    default:
      return <Chip tone="quiet" icon={<IconCircleDashed size={13} aria-hidden />}>{stateName(state)}</Chip>;
  }
}
