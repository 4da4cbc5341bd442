import { Button, Drawer } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { createInstance } from '../../shared/api/commands';
import type { ProcessDefinition } from '../../shared/api/types';
import { checkObject } from '../../shared/format/json';
import { definitionTitle } from '../../shared/format/names';
import { Kbd } from '../../shared/ui/bits';
import { Problem, told } from '../../shared/ui/feedback';
import { JsonEditor } from '../../shared/ui/JsonEditor';
import styles from './processes.module.css';
import { examplesFor, initialVariables, rememberVariables } from './startVariables';

export function StartDrawer({ definition, close }: { definition: ProcessDefinition; close: () => void }) {
  return (
    <Drawer opened onClose={close} title={`Start ${definitionTitle(definition)}`} size={520}>
      <StartForm definition={definition} close={close} />
    </Drawer>
  );
}

function StartForm({ definition, close }: { definition: ProcessDefinition; close: () => void }) {
  const id = definition.processDefinitionId;
  const [text, setText] = useState(() => initialVariables(id, localStorage));
  const client = useQueryClient();
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: () => createInstance(definition.processDefinitionKey, text.trim() === '' ? '{}' : text),
    onSuccess: ({ processInstanceKey }) => {
      rememberVariables(id, text, localStorage);
      told('Instance started', processInstanceKey);
      void client.invalidateQueries({ queryKey: ['instances'] });
      void client.invalidateQueries({ queryKey: ['counts'] });
      void navigate({ to: '/instances/$key', params: { key: processInstanceKey } });
    },
  });
  const valid = checkObject(text.trim() === '' ? '{}' : text).ok;
  const submit = () => {
    if (valid && !start.isPending) start.mutate();
  };
  const examples = examplesFor(id);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className={styles.formHint}>
        Version {definition.version}. The instance starts with these variables.
      </p>
      {examples.length > 0 && (
        <div className={styles.examples} role="group" aria-label="Examples">
          {examples.map((example) => (
            <button
              key={example.label}
              type="button"
              className={styles.example}
              aria-pressed={text === example.variables}
              onClick={() => setText(example.variables)}
            >
              <strong>{example.label}</strong>
              <span>{example.hint}</span>
            </button>
          ))}
        </div>
      )}
      <JsonEditor label="Variables" value={text} onChange={setText} object minHeight={260} onSubmit={submit} />
      {start.isError && <Problem error={start.error} />}
      <div className={styles.formActions}>
        <Button type="submit" data-autofocus leftSection={<IconPlayerPlay size={16} />} disabled={!valid} loading={start.isPending}>Start instance</Button>
        <Button variant="default" onClick={close}>Close</Button>
        <span className={styles.formKeys}><Kbd>Ctrl ↵</Kbd></span>
      </div>
    </form>
  );
}
