/** Going on with another version: which one, and which of its elements takes over from each that is active. */
import { Button, Modal, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { migrateInstance } from '../../shared/api/commands';
import { definitionsQuery, instanceStatisticsQuery, waitsQuery, xmlQuery } from '../../shared/api/queries';
import type { ProcessInstance } from '../../shared/api/types';
import { Problem, Rows, told } from '../../shared/ui/feedback';
import { choices, complete, filled, needed, type Mapping, type ModelElement } from './migrate';
import { Refusal } from './Refusal';
import styles from './instances.module.css';

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';

export function MigrateDialog({ instance, onClose }: { instance: ProcessInstance; onClose: () => void }) {
  const definitions = useQuery(definitionsQuery());
  const versions = (definitions.data ?? [])
    .filter((each) => each.processDefinitionId === instance.processDefinitionId && each.processDefinitionKey !== instance.processDefinitionKey)
    .sort((a, b) => b.version - a.version)
    .map((each) => ({ value: each.processDefinitionKey, label: `Version ${each.version}${each.versionTag ? ` (${each.versionTag})` : ''}` }));
  return (
    <Modal opened onClose={onClose} title="Go on with another version" size="lg">
      {definitions.isPending && <Rows count={2} />}
      {definitions.isError && !definitions.data && <Problem error={definitions.error} retry={() => void definitions.refetch()} />}
      {definitions.data && versions.length === 0 && (
        <div className={styles.dialog}>
          <p>This is the only version of the process. Deploy another one, and the instance can go on with it.</p>
          <div className={styles.row}><Button variant="default" onClick={onClose}>Close</Button></div>
        </div>
      )}
      {versions.length > 0 && <MigrateForm instance={instance} versions={versions} onClose={onClose} />}
    </Modal>
  );
}

function MigrateForm({ instance, versions, onClose }: {
  instance: ProcessInstance;
  versions: { value: string; label: string }[];
  onClose: () => void;
}) {
  const key = instance.processInstanceKey;
  const client = useQueryClient();
  const [version, setVersion] = useState(versions[0]!.value);
  const [chosen, setChosen] = useState<Mapping>({});
  const statistics = useQuery(instanceStatisticsQuery(key));
  const waits = useQuery(waitsQuery(key)).data;
  const before = useElements(instance.processDefinitionKey, instance.processDefinitionId);
  const after = useElements(version, instance.processDefinitionId);
  const mapping = filled(needed(statistics.data ?? [], waits ?? []), chosen, after);
  const names = useMemo(() => new Map([...after, ...before].map((each) => [each.id, each.name || each.id])), [before, after]);
  const ready = complete(mapping);
  const missing = Object.values(mapping).filter((to) => !to).length;
  const target = versions.find((each) => each.value === version)!.label;
  const run = useMutation({
    mutationFn: async () => {
      if (ready) await migrateInstance(key, version, ready);
    },
    onSuccess: () => {
      told('Instance migrated', `It goes on with ${target.toLowerCase()}.`);
      void client.invalidateQueries({ queryKey: ['instance', key] });
      onClose();
    },
  });
  return (
    <div className={styles.dialog}>
      <Select
        label="Version"
        data={versions}
        allowDeselect={false}
        value={version}
        onChange={(value) => {
          if (value) setVersion(value);
          run.reset();
        }}
      />
      <fieldset className={styles.mapping}>
        <legend>Where its tokens go on</legend>
        {statistics.isPending && <Rows count={2} />}
        {Object.entries(mapping).map(([from, to]) => {
          const source = before.find((each) => each.id === from);
          return (
            <Select
              key={from}
              label={source?.name || from}
              aria-label={`${source?.name || from} goes on as`}
              placeholder="Choose an element"
              searchable
              nothingFoundMessage="No such element"
              data={choices(source, after)}
              value={to ?? null}
              onChange={(value) => {
                setChosen({ ...chosen, [from]: value ?? undefined });
                run.reset();
              }}
            />
          );
        })}
      </fieldset>
      {missing > 0 && <p className={styles.waitTime}>The new version has no element of the same id for {missing === 1 ? 'one of them' : `${missing} of them`}: choose which one takes over.</p>}
      {run.isError && <Refusal error={run.error} names={names} advice="Map each element to one of its own kind in the same sub-process, then try again." />}
      <div className={styles.row}>
        <Button disabled={!ready} loading={run.isPending} onClick={() => run.mutate()}>Migrate to {target.toLowerCase()}</Button>
        <Button variant="default" onClick={onClose}>Leave it</Button>
      </div>
    </div>
  );
}

const NOTHING: ModelElement[] = [];

/** The flow elements of a process, without flows: what a token can be at. */
function useElements(definitionKey: string, processId: string): ModelElement[] {
  const xml = useQuery(xmlQuery(definitionKey)).data;
  return useMemo(() => (xml ? elementsOf(xml, processId) : NOTHING), [xml, processId]);
}

function elementsOf(xml: string, processId: string): ModelElement[] {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  const process = [...document.getElementsByTagNameNS(BPMN, 'process')].find((each) => each.getAttribute('id') === processId);
  return [...(process?.getElementsByTagNameNS(BPMN, '*') ?? [])]
    .filter((each) => /(Task|^task|Event|Gateway|[sS]ubProcess|callActivity|transaction)$/.test(each.localName) && each.hasAttribute('id'))
    .map((each) => ({ id: each.getAttribute('id') ?? '', name: (each.getAttribute('name') ?? '').replace(/\s+/g, ' '), type: each.localName }));
}
