/** All process instances; the filters live in the address bar, so a view can be shared as a link. */
import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlayerPlay, IconSearch, IconZoomCancel } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { definitionsQuery, instancesQuery } from '../../shared/api/queries';
import type { ProcessInstance } from '../../shared/api/types';
import { definitionTitle, plural } from '../../shared/format/names';
import { latestVersions } from '../../shared/format/versions';
import { Ago, Duration } from '../../shared/ui/bits';
import { StateChip } from '../../shared/ui/Chip';
import { EmptyState, Problem, Rows } from '../../shared/ui/feedback';
import { Card, Page } from '../../shared/ui/Page';
import { Table, tableStyles, type Column } from '../../shared/ui/Table';
import { instancesFilter, type InstancesSearch, type StateFilter } from '../../shared/url';
import styles from './instances.module.css';

const route = getRouteApi('/instances');
const PAGE_SIZE = 50;

const STATES: { value: StateFilter | undefined; label: string }[] = [
  { value: undefined, label: 'All' },
  { value: 'active', label: 'Active' },
  { value: 'incident', label: 'Incident' },
  { value: 'suspended', label: 'Suspended' },
  { value: 'completed', label: 'Completed' },
  { value: 'cancelled', label: 'Cancelled' },
];

export function InstancesPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const page = search.page ?? 1;
  const body = { filter: instancesFilter(search), page: { from: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE } };
  const instances = useQuery(instancesQuery(body));
  const definitions = latestVersions(useQuery(definitionsQuery()).data ?? []);
  const set = (change: InstancesSearch) =>
    void navigate({ to: '/instances', search: { ...search, page: undefined, ...change }, replace: true });
  const filtered = Boolean(search.state || search.process || search.key);
  const total = instances.data?.page.totalItems ?? 0;

  return (
    <Page title="Instances" tab="Instances" facts={instances.data && <span>{plural(total, 'instance')}{filtered ? ' match' : ''}</span>}>
      <div className={styles.filters} role="search">
        <div className={styles.states} role="group" aria-label="State">
          {STATES.map(({ value, label }) => (
            <button key={label} type="button" aria-pressed={search.state === value} onClick={() => set({ state: value })}>{label}</button>
          ))}
        </div>
        <Select
          aria-label="Process"
          placeholder="All processes"
          clearable
          searchable
          w={240}
          data={definitions.map((each) => ({ value: each.processDefinitionId, label: definitionTitle(each) }))}
          value={search.process ?? null}
          onChange={(value) => set({ process: value ?? undefined })}
        />
        <KeyFilter value={search.key ?? ''} onChange={(key) => set({ key: key || undefined })} />
        {filtered && (
          <Button variant="subtle" size="xs" onClick={() => void navigate({ to: '/instances', search: {} })}>Clear filters</Button>
        )}
      </div>
      {instances.isError && !instances.data && <Problem error={instances.error} retry={() => void instances.refetch()} />}
      <Card>
        {instances.isPending && <Rows count={8} />}
        {instances.data && instances.data.items.length === 0 && <Nothing filtered={filtered} />}
        {instances.data && instances.data.items.length > 0 && (
          <>
            <Table
              label="Instances"
              columns={COLUMNS}
              rows={instances.data.items}
              rowKey={(row) => row.processInstanceKey}
              onOpen={(row) => void navigate({ to: '/instances/$key', params: { key: row.processInstanceKey } })}
            />
            <nav className={styles.foot} aria-label="Pages">
              <span className="num">
                {((page - 1) * PAGE_SIZE + 1).toLocaleString('en')}–{((page - 1) * PAGE_SIZE + instances.data.items.length).toLocaleString('en')} of {total.toLocaleString('en')}
              </span>
              <Button size="xs" variant="default" disabled={page <= 1} onClick={() => set({ page: page - 1 > 1 ? page - 1 : undefined })}>Newer</Button>
              <Button size="xs" variant="default" disabled={page * PAGE_SIZE >= total} onClick={() => set({ page: page + 1 })}>Older</Button>
            </nav>
          </>
        )}
      </Card>
    </Page>
  );
}

function KeyFilter({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const later = useDebouncedCallback(onChange, 250);
  const invalid = text !== '' && !/^\d{1,19}$/.test(text);
  return (
    <TextInput
      aria-label="Instance key"
      placeholder="Instance key"
      leftSection={<IconSearch size={15} />}
      w={230}
      value={text}
      error={invalid ? 'A key has digits only' : undefined}
      onChange={(event) => {
        const next = event.currentTarget.value.trim();
        setText(next);
        if (/^\d{0,19}$/.test(next)) later(next);
      }}
    />
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <EmptyState icon={<IconZoomCancel size={24} />} title="No instance matches" action={<Button component={Link} to="/instances" search={{} as never}>Clear filters</Button>}>
      Nothing has this state, process and key at the moment.
    </EmptyState>
  ) : (
    <EmptyState icon={<IconPlayerPlay size={24} />} title="Nothing has run yet" action={<Button component={Link} to="/processes">Choose a process</Button>}>
      Start an instance of a process, and it appears here by itself.
    </EmptyState>
  );
}

const COLUMNS: Column<ProcessInstance>[] = [
  {
    header: 'Process',
    cell: (row) => (
      <>
        <Link to="/instances/$key" params={{ key: row.processInstanceKey }} className={tableStyles.rowLink}>
          {row.processDefinitionName || row.processDefinitionId}
        </Link>
        <div className={tableStyles.sub}>Version {row.processDefinitionVersion}{row.businessId ? ` · ${row.businessId}` : ''}</div>
      </>
    ),
  },
  { header: 'Key', width: 200, cell: (row) => <span className="mono">{row.processInstanceKey}</span> },
  { header: 'State', width: 130, cell: (row) => <StateChip state={row.state} hasIncident={row.hasIncident} /> },
  { header: 'Started', width: 140, cell: (row) => <Ago time={row.startDate} /> },
  { header: 'Duration', width: 130, cell: (row) => <Duration from={row.startDate} to={row.endDate} /> },
];
