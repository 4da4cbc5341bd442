/** What a screen says while it waits, when there is nothing, and when something failed. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { asApiError } from '../api/problem';
import styles from './ui.module.css';

export function EmptyState({ icon, title, children, action, compact }: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
  compact?: boolean;
}) {
  return (
    <div className={`${styles.empty} ${compact ? styles.compact : ''}`}>
      <div className={styles.emptyIcon} aria-hidden>{icon}</div>
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = asApiError(error);
  return (
    <div className={styles.problem} role="alert">
      <IconAlertTriangle size={18} aria-hidden />
      <div>
        <strong>{problem.title}</strong>
        {problem.detail && <p>{problem.detail}</p>}
        <p className={styles.todo}>{problem.whatToDo}</p>
      </div>
      {retry && (
        <Button className={styles.problemAction} variant="default" size="xs" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Rows({ count = 5 }: { count?: number }) {
  return (
    <div role="status">
      <span className="sr-only">Loading</span>
      {Array.from({ length: count }, (_, row) => (
        <div key={row} className={styles.skeletonRow} aria-hidden>
          <span className={styles.bar} style={{ width: `${24 + ((row * 7) % 17)}%` }} />
          <span className={styles.bar} style={{ width: `${10 + ((row * 5) % 9)}%` }} />
          <span className={styles.bar} style={{ width: '9%', marginLeft: 'auto' }} />
        </div>
      ))}
    </div>
  );
}

export function told(title: string, message?: string): void {
  notifications.show({ title, message: message ?? '', color: 'petrol', icon: <IconCircleCheck size={18} />, autoClose: 4_000, closeButtonProps: { 'aria-label': 'Dismiss' } });
}

export function tellProblem(error: unknown): void {
  const problem = asApiError(error);
  notifications.show({
    title: problem.title,
    message: [problem.detail, problem.whatToDo].filter(Boolean).join(' '),
    color: 'red',
    icon: <IconAlertTriangle size={18} />,
    autoClose: 10_000,
    closeButtonProps: { 'aria-label': 'Dismiss' },
  });
}
