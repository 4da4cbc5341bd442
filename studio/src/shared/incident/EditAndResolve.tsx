/** Correct the data that broke a step, then let the token go on: both in one dialog. */
import { Button, Drawer, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { retryIncident, setVariable } from '../api/commands';
import { variablesQuery, xmlQuery } from '../api/queries';
import type { Incident, Variable } from '../api/types';
import { checkJson, pretty, preview } from '../format/json';
import { Problem, Rows, told } from '../ui/feedback';
import { JsonEditor } from '../ui/JsonEditor';
import styles from './incident.module.css';
import { byScope, likely, namesReadAgain, type Scoped } from './likely';
import { sentence } from './sentence';

export function EditAndResolve({ incident, elementName, close }: { incident: Incident; elementName: string; close: () => void }) {
  const variables = useQuery(variablesQuery(incident.processInstanceKey));
  const xml = useQuery(xmlQuery(incident.processDefinitionKey));
  return (
    <Drawer opened onClose={close} title="Edit variable and resolve" size={520}>
      <p className={styles.quote}>{sentence(incident)}</p>
      {variables.isError && !variables.data && <Problem error={variables.error} retry={() => void variables.refetch()} />}
      {(variables.isPending || xml.isPending) && <Rows count={3} />}
      {variables.data && !xml.isPending && (
        <Form
          incident={incident}
          elementName={elementName}
          variables={variables.data}
          scoped={byScope(variables.data, incident, namesReadAgain(xml.data ?? '', incident.elementId))}
          close={close}
        />
      )}
    </Drawer>
  );
}

function Form({ incident, elementName, variables, scoped, close }: {
  incident: Incident;
  elementName: string;
  variables: Variable[];
  scoped: Scoped;
  close: () => void;
}) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState(() => likely(scoped, incident)?.variableKey ?? null);
  const [edits, setEdits] = useState<Record<string, string>>({});
  const variable = variables.find((each) => each.variableKey === chosen);
  const { again, own, instance, other } = scoped;
  const tooLate = incident.jobKey && own.length > 0 && variable && !own.includes(variable) && !again.includes(variable);
  const text = variable ? (edits[variable.variableKey] ?? pretty(variable.value)) : '';
  const save = useMutation({
    mutationFn: async () => {
      if (variable) await setVariable(variable.scopeKey, variable.name, text);
      await retryIncident(incident);
    },
    onSuccess: () => {
      told('Variable saved', `${elementName} runs again with the new ${variable?.name}.`);
      void client.invalidateQueries({ queryKey: ['instance', incident.processInstanceKey] });
      void client.invalidateQueries({ queryKey: ['incidents'] });
      close();
    },
  });
  if (variables.length === 0) return <p>This instance has no variables. Use Retry instead.</p>;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Select
        label="Variable"
        description={tooLate ? `${elementName} took its input when it began: a change here reaches later steps, not this retry.` : undefined}
        data={[
          { group: `Read by ${elementName} at every attempt`, items: again.map(option) },
          { group: `Input of ${elementName}`, items: own.map(option) },
          { group: 'Process instance', items: instance.map(option) },
          { group: 'Other scopes', items: other.map(option) },
        ].filter((group) => group.items.length > 0)}
        value={chosen}
        onChange={setChosen}
        searchable
        allowDeselect={false}
        comboboxProps={{ withinPortal: true }}
      />
      {variable && (
        <div>
          <div className={styles.label}>Value, as JSON</div>
          <JsonEditor
            key={variable.variableKey}
            label={`Value of ${variable.name}`}
            value={text}
            onChange={(value) => setEdits({ ...edits, [variable.variableKey]: value })}
          />
        </div>
      )}
      {save.isError && <Problem error={save.error} />}
      <div className={styles.actions}>
        <Button type="submit" disabled={!variable || !checkJson(text).ok} loading={save.isPending}>Save and resolve</Button>
        <Button variant="default" onClick={close}>Close</Button>
      </div>
    </form>
  );
}

function option(variable: Variable): { value: string; label: string } {
  return { value: variable.variableKey, label: `${variable.name} = ${preview(variable.value, 44)}` };
}
