/** One instance: where its tokens are, how they came there, and everything that can be done about it. */
import { Button } from '@mantine/core';
import { IconSearchOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { ApiError } from '../../shared/api/problem';
import { flowsQuery, instanceQuery, instanceStatisticsQuery, xmlQuery } from '../../shared/api/queries';
import type { ProcessInstance } from '../../shared/api/types';
import { Diagram } from '../../shared/diagram/Diagram';
import { Elements } from '../../shared/diagram/Elements';
import type { DiagramElement } from '../../shared/diagram/outline';
import { elementKind } from '../../shared/format/names';
import { Ago, Duration, KeyText } from '../../shared/ui/bits';
import { StateChip } from '../../shared/ui/Chip';
import { EmptyState, Problem } from '../../shared/ui/feedback';
import { Card, Page } from '../../shared/ui/Page';
import { InstanceActions } from './InstanceActions';
import { InstanceTabs } from './InstanceTabs';
import { MoveBar, pick, type Move } from './MoveBar';
import { WaitStrip } from './WaitStrip';
import styles from './instances.module.css';

const route = getRouteApi('/instances/$key');

export function InstancePage() {
  const { key } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const isKey = /^\d{1,19}$/.test(key);
  const query = useQuery({ ...instanceQuery(key), enabled: isKey });
  const [elements, setElements] = useState<DiagramElement[]>([]);
  const [move, setMove] = useState<Move>();
  const names = useMemo(() => new Map(elements.map((each) => [each.id, each.name || elementKind(each.type)])), [elements]);
  const setSearch = (change: Partial<typeof search>) =>
    void navigate({ to: '/instances/$key', params: { key }, search: { ...search, ...change }, replace: true });

  const back = { label: 'Instances', link: { to: '/instances' } } as const;
  // Someone else may have deleted what was just here.
  const missing = !isKey || (query.error instanceof ApiError && query.error.status === 404);
  if (missing || (query.isError && !query.data)) {
    return (
      <Page title="Instance" tab="Instance" back={back}>
        {missing ? (
          <Card>
            <EmptyState icon={<IconSearchOff size={24} />} title="There is no such instance" action={<Button component={Link} to="/instances">Show all instances</Button>}>
              No instance has the key {key}, or its history was removed.
            </EmptyState>
          </Card>
        ) : (
          <Problem error={query.error} retry={() => void query.refetch()} />
        )}
      </Page>
    );
  }
  const instance = query.data;
  const running = instance?.state === 'ACTIVE' || instance?.state === 'SUSPENDED';
  const title = instance ? instance.processDefinitionName || instance.processDefinitionId : 'Instance';
  return (
    <Page
      full
      title={<>{title} {instance && <StateChip state={instance.state} hasIncident={instance.hasIncident} />}</>}
      tab={`${title} ${key}`}
      back={back}
      facts={instance && <Facts instance={instance} />}
      actions={instance && <InstanceActions instance={instance} onMove={() => setMove({})} />}
    >
      {instance?.state === 'ACTIVE' && move && (
        <MoveBar instanceKey={key} elements={elements} names={names} move={move} onChange={setMove} />
      )}
      {running && <WaitStrip instanceKey={key} names={names} show={(element) => setSearch({ element })} />}
      <Canvas
        instance={instance}
        instanceKey={key}
        elements={elements}
        onElements={setElements}
        selected={move ? (move.to ?? move.from) : search.element}
        onSelect={(element) => (move ? setMove(pick(move, element)) : setSearch({ element }))}
      />
      <InstanceTabs instanceKey={key} instance={instance} search={search} setSearch={setSearch} names={names} />
    </Page>
  );
}

function Facts({ instance }: { instance: ProcessInstance }) {
  return (
    <>
      <KeyText value={instance.processInstanceKey} label="instance key" />
      <Link to="/processes/$key" params={{ key: instance.processDefinitionKey }}>Version {instance.processDefinitionVersion}</Link>
      <span>Started <Ago time={instance.startDate} /></span>
      {instance.suspendedDate && <span>Suspended <Ago time={instance.suspendedDate} /></span>}
      <span>{instance.endDate ? 'Took' : 'Running for'} <Duration from={instance.startDate} to={instance.endDate} /></span>
      {instance.businessId && <span>{instance.businessId}</span>}
      {instance.parentProcessInstanceKey && (
        <Link to="/instances/$key" params={{ key: instance.parentProcessInstanceKey }}>Called by {instance.parentProcessInstanceKey}</Link>
      )}
    </>
  );
}

function Canvas({ instance, instanceKey, elements, onElements, selected, onSelect }: {
  instance?: ProcessInstance;
  instanceKey: string;
  elements: DiagramElement[];
  onElements: (elements: DiagramElement[]) => void;
  selected?: string;
  onSelect: (element: string | undefined) => void;
}) {
  const xml = useQuery({ ...xmlQuery(instance?.processDefinitionKey ?? ''), enabled: instance !== undefined });
  const statistics = useQuery({ ...instanceStatisticsQuery(instanceKey), enabled: instance !== undefined });
  const flows = useQuery({ ...flowsQuery(instanceKey), enabled: instance !== undefined });
  const taken = useMemo(() => flows.data?.map((flow) => flow.elementId), [flows.data]);
  return (
    <Card className={styles.canvas} label="Diagram">
      <Diagram
        xml={xml.data}
        processId={instance?.processDefinitionId}
        error={xml.error ?? undefined}
        statistics={statistics.data}
        takenFlows={taken}
        selected={selected}
        onSelect={onSelect}
        onElements={onElements}
        label="Diagram with the path of this instance"
      />
      <Elements elements={elements} statistics={statistics.data ?? []} selected={selected} onSelect={onSelect} />
    </Card>
  );
}
