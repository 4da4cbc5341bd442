import { IconAlertTriangle, IconChecklist, IconHome, IconPlayerPlay, IconPlug, IconSitemap, IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { openIncidentsQuery, tasksQuery } from '../../shared/api/queries';
import { Logo } from './Logo';
import styles from './shell.module.css';

const SIZE = 18;

export function Rail() {
  const incidents = useQuery(openIncidentsQuery()).data?.page.totalItems ?? 0;
  const tasks = useQuery(tasksQuery('CREATED')).data?.page.totalItems ?? 0;
  return (
    <nav className={styles.rail} aria-label="Main">
      <Link to="/" className={styles.brand} aria-label="Dirigent, home">
        <Logo /> <span>Dirigent</span>
      </Link>
      <Item to="/" icon={<IconHome size={SIZE} />} label="Home" exact />
      <Item to="/processes" icon={<IconSitemap size={SIZE} />} label="Processes" />
      <Item to="/instances" icon={<IconPlayerPlay size={SIZE} />} label="Instances" />
      <Item to="/incidents" icon={<IconAlertTriangle size={SIZE} />} label="Incidents" count={incidents} danger />
      <Item to="/tasks" icon={<IconChecklist size={SIZE} />} label="Tasks" count={tasks} />
      <Item to="/decisions" icon={<IconTable size={SIZE} />} label="Decisions" />
      <Item to="/connectors" icon={<IconPlug size={SIZE} />} label="Connectors" />
      <div className={styles.railFoot}>BPMN 2.0 orchestration</div>
    </nav>
  );
}

function Item({ to, icon, label, count, danger, exact }: {
  to: LinkProps['to'];
  icon: ReactNode;
  label: string;
  count?: number;
  danger?: boolean;
  exact?: boolean;
}) {
  return (
    <Link to={to} className={styles.item} activeOptions={{ exact: exact ?? false, includeSearch: false }} title={label}>
      <span aria-hidden style={{ display: 'inline-flex' }}>{icon}</span>
      <span className={styles.itemLabel}>{label}</span>
      {count !== undefined && count > 0 && (
        <span className={styles.count} data-tone={danger ? 'danger' : undefined}>
          {count > 999 ? '999+' : count}
          <span className="sr-only"> open</span>
        </span>
      )}
    </Link>
  );
}
