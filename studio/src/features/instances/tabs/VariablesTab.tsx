/** Variables by scope, each editable in place while the instance runs. */
import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconBraces, IconPencil, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { setVariable } from '../../../shared/api/commands';
import { elementInstancesQuery, variablesQuery } from '../../../shared/api/queries';
import type { Variable } from '../../../shared/api/types';
import { checkJson, kindOf, pretty } from '../../../shared/format/json';
import { plural } from '../../../shared/format/names';
import { CopyButton } from '../../../shared/ui/bits';
import { EmptyState, Problem, Rows, told } from '../../../shared/ui/feedback';
import { JsonEditor } from '../../../shared/ui/JsonEditor';
import type { TabProps } from '../InstanceTabs';
import styles from '../instances.module.css';

export function VariablesTab({ instanceKey, instance, element, names }: TabProps) {
  const variables = useQuery(variablesQuery(instanceKey));
  const elements = useQuery(elementInstancesQuery(instanceKey)).data ?? [];
  const [adding, setAdding] = useState(false);
  const [finished, setFinished] = useState(false);
  const editable = instance?.state === 'ACTIVE' || instance?.state === 'SUSPENDED';
  if (variables.isError && !variables.data) return <div className={styles.stack}><Problem error={variables.error} retry={() => void variables.refetch()} /></div>;
  if (!variables.data) return <Rows count={4} />;

  const elementOf = new Map(elements.map((each) => [each.elementInstanceKey, each.elementId]));
  const ended = new Set(elements.filter((each) => each.state !== 'ACTIVE').map((each) => each.elementInstanceKey));
  let hidden = 0;
  const scopes = new Map<string, Variable[]>();
  for (const variable of variables.data) {
    const owner = elementOf.get(variable.scopeKey);
    if (element && owner !== element) continue;
    // What steps were given and no longer need only stands in the way, unless someone asks for it.
    if (!element && !finished && variable.scopeKey !== instanceKey && ended.has(variable.scopeKey)) {
      hidden += 1;
      continue;
    }
    scopes.set(variable.scopeKey, [...(scopes.get(variable.scopeKey) ?? []), variable]);
  }
  const ordered = [...scopes].sort(([a], [b]) => (a === instanceKey ? -1 : b === instanceKey ? 1 : a.localeCompare(b)));
  if (ordered.length === 0 && !adding) {
    return (
      <EmptyState
        compact
        icon={<IconBraces size={22} />}
        title="No variables here"
        action={editable && !element ? <Button size="xs" onClick={() => setAdding(true)}>Add a variable</Button> : undefined}
      >
        {element ? 'This element keeps no variables of its own; those of the instance are visible to it.' : 'The instance was started without data.'}
      </EmptyState>
    );
  }
  return (
    <div>
      {ordered.map(([scope, list]) => (
        <section key={scope} aria-label={scopeName(scope)}>
          <div className={styles.scope}>
            {scopeName(scope)}
            {scope === instanceKey && editable && (
              <Button size="compact-xs" variant="subtle" leftSection={<IconPlus size={13} />} onClick={() => setAdding(true)}>Add</Button>
            )}
          </div>
          {adding && scope === instanceKey && <AddRow instanceKey={instanceKey} close={() => setAdding(false)} />}
          {list.sort((a, b) => a.name.localeCompare(b.name)).map((variable) => (
            <VariableRow key={variable.variableKey} variable={variable} editable={editable} instanceKey={instanceKey} />
          ))}
        </section>
      ))}
      {(hidden > 0 || finished) && !element && (
        <div className={styles.scope}>
          <Button size="compact-xs" variant="subtle" onClick={() => setFinished(!finished)}>
            {finished ? 'Hide the variables of finished steps' : `Show ${plural(hidden, 'variable')} of finished steps`}
          </Button>
        </div>
      )}
      {adding && !scopes.has(instanceKey) && <AddRow instanceKey={instanceKey} close={() => setAdding(false)} />}
    </div>
  );

  function scopeName(scope: string): string {
    if (scope === instanceKey) return 'Process instance';
    const id = elementOf.get(scope);
    return id ? `Local to ${names.get(id) ?? id}` : `Scope ${scope}`;
  }
}

function VariableRow({ variable, editable, instanceKey }: { variable: Variable; editable: boolean; instanceKey: string }) {
  const [editing, setEditing] = useState(false);
  return (
    <div className={styles.variable}>
      <div className={styles.variableName}>{variable.name}</div>
      {editing ? <span /> : (
        // A long value scrolls, so the keyboard must get there.
        <pre className={styles.variableValue} data-kind={kindOf(variable.value)} tabIndex={0} role="group" aria-label={`Value of ${variable.name}`}>
          {pretty(variable.value)}
        </pre>
      )}
      <div className={styles.variableActions}>
        <CopyButton value={variable.value} label={`Copy the value of ${variable.name}`} />
        {editable && !editing && (
          <Tooltip label="Edit">
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Edit ${variable.name}`} onClick={() => setEditing(true)}>
              <IconPencil size={15} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {editing && (
        <Edit
          label={`Value of ${variable.name}`}
          initial={pretty(variable.value)}
          instanceKey={instanceKey}
          close={() => setEditing(false)}
          save={(text) => setVariable(variable.scopeKey, variable.name, text)}
          done={`${variable.name} saved`}
        />
      )}
    </div>
  );
}

function AddRow({ instanceKey, close }: { instanceKey: string; close: () => void }) {
  const [name, setName] = useState('');
  const valid = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);
  return (
    <div className={styles.variable}>
      <div className={styles.variableEdit}>
        <TextInput
          label="Name"
          w={280}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={name !== '' && !valid ? 'Letters, digits and _ only, not starting with a digit' : undefined}
          data-autofocus
        />
        <Edit label="Value" initial={'""'} instanceKey={instanceKey} close={close} disabled={!valid} save={(text) => setVariable(instanceKey, name, text)} done={`${name} added`} />
      </div>
    </div>
  );
}

function Edit({ label, initial, instanceKey, close, save, done, disabled }: {
  label: string;
  initial: string;
  instanceKey: string;
  close: () => void;
  save: (text: string) => Promise<void>;
  done: string;
  disabled?: boolean;
}) {
  const [text, setText] = useState(initial);
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: () => save(text),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['instance', instanceKey, 'variables'] });
      told(done);
      close();
    },
  });
  const valid = checkJson(text).ok && !disabled;
  return (
    <form
      className={styles.variableEdit}
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) mutation.mutate();
      }}
    >
      <JsonEditor label={label} value={text} onChange={setText} minHeight={60} onSubmit={() => valid && mutation.mutate()} />
      {mutation.isError && <Problem error={mutation.error} />}
      <div className={styles.row}>
        <Button size="xs" type="submit" disabled={!valid} loading={mutation.isPending}>Save</Button>
        <Button size="xs" variant="default" onClick={close}>Close</Button>
      </div>
    </form>
  );
}
