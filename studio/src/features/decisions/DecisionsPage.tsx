/** All deployed decisions in their newest version, by the graph that they belong to. */
import { Button } from '@mantine/core';
import { IconFileUpload, IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { decisionsQuery } from '../../shared/api/queries';
import type { DecisionDefinition } from '../../shared/api/types';
import { DeployZone } from '../../shared/deploy/DeployZone';
import { plural } from '../../shared/format/names';
import { decisionTitle, latestDecisions } from '../../shared/format/versions';
import { EmptyState, Problem, Rows } from '../../shared/ui/feedback';
import { Card, Page } from '../../shared/ui/Page';
import { Table, tableStyles, type Column } from '../../shared/ui/Table';

export function DecisionsPage() {
  const decisions = useQuery(decisionsQuery());
  const navigate = useNavigate();
  const rows = latestDecisions(decisions.data ?? []);
  return (
    <DeployZone>
      {(chooseFile, busy) => (
        <Page
          title="Decisions"
          tab="Decisions"
          facts={<span>{decisions.data ? plural(rows.length, 'decision') : 'Deployed decisions'}</span>}
          actions={<Button leftSection={<IconFileUpload size={16} />} onClick={chooseFile} loading={busy}>Deploy</Button>}
        >
          {decisions.isError && !decisions.data && <Problem error={decisions.error} retry={() => void decisions.refetch()} />}
          {!(decisions.isError && !decisions.data) && (
            <Card>
              {decisions.isPending && <Rows />}
              {decisions.data && rows.length === 0 && (
                <EmptyState icon={<IconTable size={24} />} title="No decision is deployed" action={<Button onClick={chooseFile}>Choose a DMN file</Button>}>
                  Drop a .dmn file anywhere on this page. Business rule tasks then call its decisions, and they can be tried here.
                </EmptyState>
              )}
              {rows.length > 0 && (
                <Table
                  label="Decisions"
                  columns={COLUMNS}
                  rows={rows}
                  rowKey={(row) => row.decisionDefinitionKey}
                  onOpen={(row) => void navigate({ to: '/decisions/$key', params: { key: row.decisionDefinitionKey } })}
                />
              )}
            </Card>
          )}
        </Page>
      )}
    </DeployZone>
  );
}

const COLUMNS: Column<DecisionDefinition>[] = [
  {
    header: 'Decision',
    cell: (row) => (
      <>
        <Link to="/decisions/$key" params={{ key: row.decisionDefinitionKey }} className={tableStyles.rowLink}>{decisionTitle(row)}</Link>
        {row.name !== row.decisionDefinitionId && <div className={tableStyles.sub}>{row.decisionDefinitionId}</div>}
      </>
    ),
  },
  { header: 'Belongs to', cell: (row) => row.decisionRequirementsName || row.decisionRequirementsId },
  { header: 'Version', width: 110, cell: (row) => <span className="num">{row.version}</span> },
];
