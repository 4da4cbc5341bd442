/** Every deployed process with how its instances are. */
import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconFileUpload, IconPlayerPlay, IconSitemap } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { countsQuery, definitionsQuery, type Counts } from '../../shared/api/queries';
import type { ProcessDefinition } from '../../shared/api/types';
import { definitionTitle, plural } from '../../shared/format/names';
import { latestVersions } from '../../shared/format/versions';
import { Card, Page } from '../../shared/ui/Page';
import { EmptyState, Problem, Rows } from '../../shared/ui/feedback';
import { Table, tableStyles, type Column } from '../../shared/ui/Table';
import type { StateFilter } from '../../shared/url';
import { DeployZone } from '../../shared/deploy/DeployZone';
import styles from './processes.module.css';

export function ProcessesPage() {
  const definitions = useQuery(definitionsQuery());
  const navigate = useNavigate();
  const rows = latestVersions(definitions.data ?? []);
  return (
    <DeployZone>
      {(chooseFile, busy) => (
        <Page
          title="Processes"
          tab="Processes"
          facts={<span>{definitions.data ? plural(rows.length, 'process', 'processes') : 'Deployed process definitions'}</span>}
          actions={<Button leftSection={<IconFileUpload size={16} />} onClick={chooseFile} loading={busy}>Deploy</Button>}
        >
          {definitions.isError && !definitions.data && <Problem error={definitions.error} retry={() => void definitions.refetch()} />}
          <Card>
            {definitions.isPending && <Rows />}
            {definitions.data && rows.length === 0 && (
              <EmptyState
                icon={<IconSitemap size={24} />}
                title="No process is deployed"
                action={<Button onClick={chooseFile}>Choose a BPMN file</Button>}
              >
                Drop a .bpmn file anywhere on this page, and it is ready to run.
              </EmptyState>
            )}
            {rows.length > 0 && (
              <Table
                label="Processes"
                columns={COLUMNS}
                rows={rows}
                rowKey={(row) => row.processDefinitionKey}
                onOpen={(row) => void navigate({ to: '/processes/$key', params: { key: row.processDefinitionKey } })}
              />
            )}
          </Card>
          {rows.length > 0 && <p className={styles.hint}><IconFileUpload size={16} aria-hidden /> Drop .bpmn, .dmn or .form files anywhere on this page to deploy them.</p>}
        </Page>
      )}
    </DeployZone>
  );
}

const COLUMNS: Column<ProcessDefinition>[] = [
  {
    header: 'Process',
    cell: (row) => (
      <>
        <Link to="/processes/$key" params={{ key: row.processDefinitionKey }} className={tableStyles.rowLink}>{definitionTitle(row)}</Link>
        {definitionTitle(row) !== row.processDefinitionId && <div className={tableStyles.sub}>{row.processDefinitionId}</div>}
      </>
    ),
  },
  { header: 'Version', width: 110, cell: (row) => <span className="num">{row.version}{row.versionTag ? ` (${row.versionTag})` : ''}</span> },
  { header: 'Active', width: 110, cell: (row) => <Count row={row} state="active" /> },
  { header: 'Incident', width: 110, cell: (row) => <Count row={row} state="incident" /> },
  { header: 'Completed', width: 120, cell: (row) => <Count row={row} state="completed" /> },
  {
    header: 'Start',
    width: 110,
    align: 'right',
    cell: (row) => (
      <Button
        component={Link}
        to="/processes/$key"
        params={{ key: row.processDefinitionKey } as never}
        search={{ start: true } as never}
        size="compact-sm"
        variant="default"
        leftSection={<IconPlayerPlay size={14} />}
        aria-label={`Start ${definitionTitle(row)}`}
      >
        Start
      </Button>
    ),
  },
];

const COUNTS: Record<keyof Counts, { icon: ReactNode; tone?: string; words: string }> = {
  active: { icon: <IconPlayerPlay size={14} aria-hidden />, tone: 'active', words: 'active' },
  incident: { icon: <IconAlertTriangle size={14} aria-hidden />, tone: 'danger', words: 'with an incident' },
  completed: { icon: <IconCircleCheck size={14} aria-hidden />, words: 'completed' },
};

function Count({ row, state }: { row: ProcessDefinition; state: keyof Counts & StateFilter }) {
  const counts = useQuery(countsQuery({ processDefinitionId: row.processDefinitionId }));
  if (counts.isError && !counts.data) return <span title="Not available">–</span>;
  if (!counts.data) return <Skeleton height={12} width={28} />;
  const { icon, tone, words } = COUNTS[state];
  const value = counts.data[state];
  return (
    <Link
      to="/instances"
      search={{ process: row.processDefinitionId, state }}
      className={styles.counts}
      data-tone={tone}
      data-zero={value === 0}
      aria-label={`${value} ${words}`}
    >
      {icon} {value.toLocaleString('en')}
    </Link>
  );
}
