/** Going on with another version: which one, and which of its elements takes over from each that is active. */
import { Button, Modal, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { migrateInstance } from '../../shared/api/commands';
import { ApiError } from '../../shared/api/problem';
import { definitionsQuery, instanceStatisticsQuery, xmlQuery } from '../../shared/api/queries';
import type { ProcessInstance } from '../../shared/api/types';
import { Problem, told } from '../../shared/ui/feedback';
import { complete, filled, needed, obstacles, type Mapping, type TargetElement } from './migrate';
import styles from './instances.module.css';

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';

export function MigrateDialog({ instance, onClose }: { instance: ProcessInstance; onClose: () => void }) {
  const key = instance.processInstanceKey;
  const client = useQueryClient();
  const [version, setVersion] = useState<string>();
  const [chosen, setChosen] = useState<Mapping>({});
  const definitions = useQuery(definitionsQuery()).data ?? [];
  const statistics = useQuery(instanceStatisticsQuery(key)).data ?? [];
  const xml = useQuery({ ...xmlQuery(version ?? ''), enabled: version !== undefined }).data;
  const targets = useMemo(() => (xml ? elementsOf(xml, instance.processDefinitionId) : []), [xml, instance.processDefinitionId]);
  const mapping = filled(needed(statistics), chosen, targets);
  const ready = complete(mapping);
  const run = useMutation({
    mutationFn: async () => {
      if (version && ready) await migrateInstance(key, version, ready);
    },
    onSuccess: () => {
      told('Instance migrated', key);
      void client.invalidateQueries({ queryKey: ['instance', key] });
      onClose();
    },
  });
  const versions = definitions
    .filter((each) => each.processDefinitionId === instance.processDefinitionId && each.processDefinitionKey !== instance.processDefinitionKey)
    .map((each) => ({ value: each.processDefinitionKey, label: `Version ${each.version}` }));
  return (
    <Modal opened onClose={onClose} title="Go on with another version" size="lg">
      <div className={styles.stack} style={{ padding: 0 }}>
        {versions.length === 0 ? (
          <p style={{ margin: 0 }}>There is no other version of this process. Deploy one first.</p>
        ) : (
          <Select label="Version" data={versions} value={version ?? null} onChange={(value) => { setVersion(value ?? undefined); run.reset(); }} />
        )}
        {version && Object.entries(mapping).map(([from, to]) => (
          <Select
            key={from}
            label={`Element ${from} goes on as`}
            placeholder="Choose an element"
            searchable
            data={targets.map((each) => ({ value: each.id, label: each.name ? `${each.name} (${each.id})` : each.id }))}
            value={to ?? null}
            onChange={(value) => { setChosen({ ...chosen, [from]: value ?? undefined }); run.reset(); }}
          />
        ))}
        {run.isError && <Refusal error={run.error} />}
        <div className={styles.row}>
          <Button disabled={!version || !ready} loading={run.isPending} onClick={() => run.mutate()}>Migrate</Button>
          <Button variant="default" onClick={onClose}>Leave it</Button>
        </div>
      </div>
    </Modal>
  );
}

function Refusal({ error }: { error: unknown }) {
  const found = error instanceof ApiError ? obstacles(error.message) : [];
  if (found.length < 2) return <Problem error={error} />;
  return (
    <ul role="alert" aria-label="What stands in the way">
      {found.map((each) => <li key={each}>{each}</li>)}
    </ul>
  );
}

/** The flow elements of a process, without flows: what a token can be at. */
function elementsOf(xml: string, processId: string): TargetElement[] {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  const process = [...document.getElementsByTagNameNS(BPMN, 'process')].find((each) => each.getAttribute('id') === processId);
  return [...(process?.getElementsByTagNameNS(BPMN, '*') ?? [])]
    .filter((each) => /(Task|^task|Event|Gateway|[sS]ubProcess|callActivity|transaction)$/.test(each.localName) && each.hasAttribute('id'))
    .map((each) => ({ id: each.getAttribute('id') ?? '', name: each.getAttribute('name') ?? '', type: each.localName }));
}
