/** Deleting the version that is shown: what will happen, and why it cannot be where instances still run by it. */
import { Button, Checkbox, Modal } from '@mantine/core';
import { IconAlertTriangle, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { deleteResource } from '../../shared/api/commands';
import type { ProcessDefinition } from '../../shared/api/types';
import { definitionTitle, plural } from '../../shared/format/names';
import { Problem, told } from '../../shared/ui/feedback';
import { consequences, runningInstances } from './deletion';
import styles from './processes.module.css';

export function DeleteVersion({ definition, versions }: { definition: ProcessDefinition; versions: ProcessDefinition[] }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>Delete version</Button>
      {asking && <Question definition={definition} versions={versions} close={() => setAsking(false)} />}
    </>
  );
}

function Question({ definition, versions, close }: { definition: ProcessDefinition; versions: ProcessDefinition[]; close: () => void }) {
  const [history, setHistory] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const key = definition.processDefinitionKey;
  const remove = useMutation({
    mutationFn: () => deleteResource(key, history),
    onSuccess: async () => {
      told('Version deleted', `${definitionTitle(definition)}, version ${definition.version}`);
      const next = versions.find((each) => each.processDefinitionKey !== key);
      await (next ? navigate({ to: '/processes/$key', params: { key: next.processDefinitionKey } }) : navigate({ to: '/processes' }));
      client.removeQueries({ queryKey: ['definition', key] });
      for (const stale of ['definitions', 'instances', 'counts']) void client.invalidateQueries({ queryKey: [stale] });
    },
  });
  return (
    <Modal opened onClose={close} title={`Delete version ${definition.version} of ${definitionTitle(definition)}?`}>
      <div className={styles.form}>
        <ul className={styles.consequences} aria-label="What will happen">
          {consequences(definition, versions, history).map((each) => <li key={each}>{each}</li>)}
        </ul>
        <Checkbox
          label="Delete its history too"
          description="All instances that ended by this version, with their variables and incidents."
          checked={history}
          onChange={(event) => setHistory(event.currentTarget.checked)}
        />
        {remove.isError && <Refused error={remove.error} definition={definition} />}
        <div className={styles.formActions}>
          <Button color="red" onClick={() => remove.mutate()} loading={remove.isPending}>Delete version {definition.version}</Button>
          <Button variant="default" onClick={close} data-autofocus>Keep it</Button>
        </div>
      </div>
    </Modal>
  );
}

function Refused({ error, definition }: { error: unknown; definition: ProcessDefinition }) {
  const running = runningInstances(error);
  if (running === undefined) return <Problem error={error} />;
  return (
    <div className={styles.refused} role="alert">
      <IconAlertTriangle size={18} aria-hidden />
      <div>
        <strong>Nothing was deleted: {plural(running, 'instance')} still {running === 1 ? 'runs' : 'run'} by this version</strong>
        <p>Let them end, cancel them, or migrate them to another version first.</p>
        <Link to="/instances" search={{ process: definition.processDefinitionId, state: 'active' }}>Show the running instances</Link>
      </div>
    </div>
  );
}
