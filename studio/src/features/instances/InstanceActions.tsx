/** What can be done with an instance as a whole: suspend, resume, move its tokens, migrate, cancel; delete once it ended. */
import { Button, Modal } from '@mantine/core';
import { IconArrowsMove, IconArrowUpRight, IconBan, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { cancelInstance, deleteInstance, resumeInstance, suspendInstance } from '../../shared/api/commands';
import type { ProcessInstance } from '../../shared/api/types';
import { Problem, told } from '../../shared/ui/feedback';
import { MigrateDialog } from './MigrateDialog';
import styles from './instances.module.css';

export function InstanceActions({ instance, onMove }: { instance: ProcessInstance; onMove: () => void }) {
  const [migrating, setMigrating] = useState(false);
  const suspended = instance.state === 'SUSPENDED';
  if (instance.endDate) return <DeleteButton instance={instance} />;
  return (
    <>
      <PauseButton instance={instance} suspended={suspended} />
      {!suspended && <Button variant="default" leftSection={<IconArrowsMove size={16} />} onClick={onMove}>Move tokens</Button>}
      {!suspended && <Button variant="default" leftSection={<IconArrowUpRight size={16} />} onClick={() => setMigrating(true)}>Migrate</Button>}
      {migrating && <MigrateDialog instance={instance} onClose={() => setMigrating(false)} />}
      <CancelButton instance={instance} />
    </>
  );
}

function PauseButton({ instance, suspended }: { instance: ProcessInstance; suspended: boolean }) {
  const client = useQueryClient();
  const pause = useMutation({
    mutationFn: () => (suspended ? resumeInstance : suspendInstance)(instance.processInstanceKey),
    onSuccess: () => {
      told(suspended ? 'Instance resumed' : 'Instance suspended', instance.processInstanceKey);
      void client.invalidateQueries({ queryKey: ['instance', instance.processInstanceKey] });
    },
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={suspended ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
        onClick={() => pause.mutate()}
        loading={pause.isPending}
      >
        {suspended ? 'Resume' : 'Suspend'}
      </Button>
      <Modal opened={pause.isError} onClose={() => pause.reset()} title={suspended ? 'It was not resumed' : 'It was not suspended'}>
        <Problem error={pause.error} />
      </Modal>
    </>
  );
}

function CancelButton({ instance }: { instance: ProcessInstance }) {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelInstance(instance.processInstanceKey),
    onSuccess: () => {
      setAsking(false);
      told('Instance cancelled', instance.processInstanceKey);
      void client.invalidateQueries({ queryKey: ['instance', instance.processInstanceKey] });
    },
  });
  return (
    <>
      <Button variant="default" leftSection={<IconBan size={16} />} onClick={() => setAsking(true)}>Cancel instance</Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Cancel this instance?">
        <div className={styles.stack} style={{ padding: 0 }}>
          <p style={{ margin: 0 }}>Its tokens, jobs, tasks and timers end at once. That cannot be undone; the history stays.</p>
          {cancel.isError && <Problem error={cancel.error} />}
          <div className={styles.row}>
            <Button color="red" onClick={() => cancel.mutate()} loading={cancel.isPending}>Cancel instance</Button>
            <Button variant="default" onClick={() => setAsking(false)}>Keep it running</Button>
          </div>
        </div>
      </Modal>
    </>
  );
}

function DeleteButton({ instance }: { instance: ProcessInstance }) {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => deleteInstance(instance.processInstanceKey),
    onSuccess: async () => {
      told('Instance deleted', instance.processInstanceKey);
      await navigate({ to: '/instances' });
      client.removeQueries({ queryKey: ['instance', instance.processInstanceKey] });
      void client.invalidateQueries({ queryKey: ['instances'] });
    },
  });
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>Delete</Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Delete this instance?">
        <div className={styles.stack} style={{ padding: 0 }}>
          <p style={{ margin: 0 }}>Its history, variables and counts are gone at once. That cannot be undone.</p>
          {remove.isError && <Problem error={remove.error} />}
          <div className={styles.row}>
            <Button color="red" onClick={() => remove.mutate()} loading={remove.isPending}>Delete instance</Button>
            <Button variant="default" onClick={() => setAsking(false)}>Keep it</Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
