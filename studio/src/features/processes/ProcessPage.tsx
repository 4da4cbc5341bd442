/** One version of a process: its diagram with what goes on at each element, its versions, its latest instances. */
import { Button, Select } from '@mantine/core';
import { IconPlayerPlay, IconRoute, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { definitionQuery, definitionsQuery, instancesQuery, overviewQuery, xmlQuery } from '../../shared/api/queries';
import { ApiError } from '../../shared/api/problem';
import type { ElementStatistics, ProcessDefinition, ProcessInstance } from '../../shared/api/types';
import { Diagram } from '../../shared/diagram/Diagram';
import { Elements } from '../../shared/diagram/Elements';
import type { DiagramElement } from '../../shared/diagram/outline';
import { definitionTitle } from '../../shared/format/names';
import { Ago, Duration, KeyText } from '../../shared/ui/bits';
import { Chip, StateChip } from '../../shared/ui/Chip';
import { EmptyState, Problem, Rows } from '../../shared/ui/feedback';
import { Card, Page } from '../../shared/ui/Page';
import { Table, tableStyles, type Column } from '../../shared/ui/Table';
import { DeleteVersion } from './DeleteVersion';
import { StartDrawer } from './StartDrawer';
import styles from './processes.module.css';

const route = getRouteApi('/processes/$key');

/** The server knows no such key, as opposed to not answering. */
const isUnknown = (error: unknown) => error instanceof ApiError && (error.status === 400 || error.status === 404);

export function ProcessPage() {
  const { key } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const definitions = useQuery(definitionsQuery());
  const listed = definitions.data?.find((each) => each.processDefinitionKey === key);
  // One that is not listed may be deleted, and is still shown with the instances that ended by it.
  const single = useQuery({ ...definitionQuery(key), enabled: definitions.data !== undefined && !listed, retry: false });
  const definition = listed ?? single.data;
  const versions = (definitions.data ?? [])
    .filter((each) => each.processDefinitionId === definition?.processDefinitionId && each.tenantId === definition.tenantId)
    .sort((a, b) => b.version - a.version);
  const title = definition ? definitionTitle(definition) : 'Process';
  const setSearch = (change: Partial<typeof search>) =>
    void navigate({ to: '/processes/$key', params: { key }, search: { ...search, ...change }, replace: true });

  if (definitions.data && !definition && isUnknown(single.error)) {
    return (
      <Page title="Process" tab="Process" back={{ label: 'Processes', link: { to: '/processes' } }}>
        <Card>
          <EmptyState icon={<IconRoute size={24} />} title="This process is not deployed" action={<Button component={Link} to="/processes">Show all processes</Button>}>
            There is no definition with the key {key}, or its history was deleted.
          </EmptyState>
        </Card>
      </Page>
    );
  }
  return (
    <Page
      full
      title={title}
      tab={title}
      back={{ label: 'Processes', link: { to: '/processes' } }}
      facts={definition && <Facts definition={definition} />}
      actions={
        <>
          {versions.length > 1 && listed && (
            <Select
              aria-label="Version"
              w={140}
              allowDeselect={false}
              data={versions.map((each) => ({ value: each.processDefinitionKey, label: `Version ${each.version}` }))}
              value={key}
              onChange={(value) => value && void navigate({ to: '/processes/$key', params: { key: value } })}
            />
          )}
          {listed && <DeleteVersion key={key} definition={listed} versions={versions} />}
          <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => setSearch({ start: true })} disabled={!listed}>Start instance</Button>
        </>
      }
    >
      {definitions.isError && !definitions.data && <Problem error={definitions.error} retry={() => void definitions.refetch()} />}
      <Canvas definitionKey={key} processId={definition?.processDefinitionId} title={title} selected={search.element} onSelect={(element) => setSearch({ element })} />
      <div className={styles.below}>
        <Recent definition={definition} />
        <Versions versions={versions} current={key} />
      </div>
      {search.start && listed && <StartDrawer definition={listed} close={() => setSearch({ start: undefined })} />}
    </Page>
  );
}

function Facts({ definition }: { definition: ProcessDefinition }) {
  const overview = useQuery(overviewQuery(definition.processDefinitionKey)).data;
  return (
    <>
      {definition.state === 'DELETED' && <Chip tone="warn" icon={<IconTrash size={13} aria-hidden />}>Deleted</Chip>}
      {overview && overview.active > 0 && <Chip tone="active">{overview.active.toLocaleString('en')} running</Chip>}
      {overview && overview.withIncident > 0 && <Chip tone="danger">{overview.withIncident.toLocaleString('en')} with an incident</Chip>}
      <span>{definition.processDefinitionId}</span>
      <span>Version {definition.version}{definition.versionTag ? `, ${definition.versionTag}` : ''}</span>
      <span>{definition.resourceName}</span>
      <KeyText value={definition.processDefinitionKey} label="definition key" />
    </>
  );
}

const NONE: ElementStatistics[] = [];

function Canvas({ definitionKey, processId, title, selected, onSelect }: {
  definitionKey: string;
  processId?: string;
  title: string;
  selected?: string;
  onSelect: (element: string | undefined) => void;
}) {
  const xml = useQuery(xmlQuery(definitionKey));
  const overview = useQuery(overviewQuery(definitionKey));
  const [elements, setElements] = useState<DiagramElement[]>([]);
  return (
    <Card className={styles.canvas} label="Diagram">
      <Diagram
        xml={processId === undefined ? undefined : xml.data}
        processId={processId}
        error={xml.error ?? undefined}
        statistics={overview.data?.elements}
        selected={selected}
        onSelect={onSelect}
        onElements={setElements}
        label={`Diagram of ${title}`}
        showCompleted
      />
      <Elements elements={elements} statistics={overview.data?.elements ?? NONE} selected={selected} onSelect={onSelect} />
    </Card>
  );
}

const COLUMNS: Column<ProcessInstance>[] = [
  {
    header: 'Instance',
    cell: (row) => (
      <Link to="/instances/$key" params={{ key: row.processInstanceKey }} className={`${tableStyles.rowLink} num`}>{row.processInstanceKey}</Link>
    ),
  },
  { header: 'State', width: 130, cell: (row) => <StateChip state={row.state} hasIncident={row.hasIncident} /> },
  { header: 'Started', width: 130, cell: (row) => <Ago time={row.startDate} /> },
  { header: 'Duration', width: 130, cell: (row) => <Duration from={row.startDate} to={row.endDate} /> },
];

function Recent({ definition }: { definition?: ProcessDefinition }) {
  const navigate = useNavigate();
  const id = definition?.processDefinitionId;
  const instances = useQuery({
    ...instancesQuery({ filter: { processDefinitionKey: definition?.processDefinitionKey }, page: { limit: 20 } }),
    enabled: definition !== undefined,
  });
  return (
    <Card title="Latest instances" aside={id && <Link to="/instances" search={{ process: id }}>Show all</Link>}>
      {instances.isError && !instances.data && <Problem error={instances.error} />}
      {instances.isPending && <Rows count={3} />}
      {instances.data?.items.length === 0 && (
        <EmptyState compact icon={<IconPlayerPlay size={22} />} title="Nothing has run yet">Start an instance and watch its token move.</EmptyState>
      )}
      {instances.data && instances.data.items.length > 0 && (
        <Table
          label="Instances of this version"
          columns={COLUMNS}
          rows={instances.data.items}
          rowKey={(row) => row.processInstanceKey}
          onOpen={(row) => void navigate({ to: '/instances/$key', params: { key: row.processInstanceKey } })}
        />
      )}
    </Card>
  );
}

function Versions({ versions, current }: { versions: ProcessDefinition[]; current: string }) {
  const columns: Column<ProcessDefinition>[] = [
    {
      header: 'Version',
      cell: (row) => (
        <Link to="/processes/$key" params={{ key: row.processDefinitionKey }} className={tableStyles.rowLink}>
          {row.version}{row.processDefinitionKey === current ? ' (shown)' : ''}
        </Link>
      ),
    },
    { header: 'File', cell: (row) => row.resourceName },
  ];
  return (
    <Card title="Versions">
      <Table
        label="Versions of this process"
        columns={columns}
        rows={versions}
        rowKey={(row) => row.processDefinitionKey}
        selected={(row) => row.processDefinitionKey === current}
      />
    </Card>
  );
}
