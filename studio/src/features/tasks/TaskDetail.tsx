/** One task: claim it, fill in what the process asks for, complete it. */
import { Button, Select, Switch, TextInput } from '@mantine/core';
import { IconCheck, IconCircleCheck, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { claimTask, completeTask, unclaimTask } from '../../shared/api/commands';
import { variablesQuery, xmlQuery } from '../../shared/api/queries';
import type { UserTask } from '../../shared/api/types';
import { checkObject } from '../../shared/format/json';
import { Ago, Kbd } from '../../shared/ui/bits';
import { StateChip } from '../../shared/ui/Chip';
import { Problem, Rows, tellProblem, told } from '../../shared/ui/feedback';
import { JsonEditor } from '../../shared/ui/JsonEditor';
import { encodeFields, taskFields, type Field } from './taskFields';
import styles from './tasks.module.css';

export function TaskDetail({ task, me, onCompleted }: { task: UserTask; me: string; onCompleted: () => void }) {
  const open = task.state === 'CREATED';
  return (
    <section className={styles.detail} aria-label={task.name ?? task.elementId}>
      <div>
        <h2>{task.name ?? task.elementId}</h2>
        <div className={styles.sub}>
          <span>{task.processName ?? task.processDefinitionId}</span>
          <Link to="/instances/$key" params={{ key: task.processInstanceKey }}>Show the instance</Link>
          <span>Created <Ago time={task.creationDate} /></span>
          {task.dueDate && <span>Due <Ago time={task.dueDate} /></span>}
          {!open && <StateChip state={task.state} />}
        </div>
      </div>
      {open && <Assignment task={task} me={me} />}
      {open ? <Completion task={task} onCompleted={onCompleted} /> : <p style={{ margin: 0 }}>Completed <Ago time={task.completionDate} />{task.assignee ? ` by ${task.assignee}` : ''}.</p>}
    </section>
  );
}

function Assignment({ task, me }: { task: UserTask; me: string }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () => (task.assignee ? unclaimTask(task.userTaskKey) : claimTask(task.userTaskKey, me)),
    onError: tellProblem,
    onSettled: () => void client.invalidateQueries({ queryKey: ['tasks'] }),
  });
  const groups = [...(task.candidateGroups ?? []), ...(task.candidateUsers ?? [])];
  return (
    <div className={styles.bar}>
      <span>
        {task.assignee ? (task.assignee === me ? 'This task is yours.' : `${task.assignee} works on this.`) : groups.length > 0 ? `For ${groups.join(', ')}.` : 'Nobody works on this yet.'}
      </span>
      <Button size="xs" variant="default" onClick={() => change.mutate()} loading={change.isPending}>{task.assignee ? 'Give back' : 'Claim'}</Button>
    </div>
  );
}

function Completion({ task, onCompleted }: { task: UserTask; onCompleted: () => void }) {
  const xml = useQuery(xmlQuery(task.processDefinitionKey));
  const variables = useQuery(variablesQuery(task.processInstanceKey));
  if (variables.isError && !variables.data) return <Problem error={variables.error} retry={() => void variables.refetch()} />;
  if (!variables.data || xml.isPending) return <Rows count={3} />;
  const fields = taskFields(xml.data ?? '', task.elementId, task.elementInstanceKey, variables.data);
  return <Form task={task} initial={fields} onCompleted={onCompleted} />;
}

function Form({ task, initial, onCompleted }: { task: UserTask; initial: Field[]; onCompleted: () => void }) {
  const client = useQueryClient();
  const [fields, setFields] = useState(initial);
  const [asJson, setAsJson] = useState(initial.length === 0);
  const [text, setText] = useState(() => encodeFields(initial));
  const complete = useMutation({
    mutationFn: (json: string) => completeTask(task.userTaskKey, json),
    onSuccess: () => {
      told('Task completed', task.name ?? task.elementId);
      void client.invalidateQueries({ queryKey: ['tasks'] });
      onCompleted();
    },
  });
  const body = () => (asJson ? (text.trim() === '' ? '{}' : text) : encodeFields(fields));
  const valid = checkObject(body()).ok && (asJson || fields.every((field) => field.from !== 'model' || field.kind === 'string' || field.value !== undefined));
  const submit = () => {
    if (valid && !complete.isPending) complete.mutate(body());
  };
  const set = (index: number, field: Field) => setFields(fields.map((each, at) => (at === index ? field : each)));
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
      }}
    >
      <div className={styles.formMode}>
        <h3>{asJson ? 'Variables' : 'Your answer'}</h3>
        {initial.length > 0 && (
          <Switch
            size="xs"
            label="As JSON"
            checked={asJson}
            onChange={(event) => {
              if (event.currentTarget.checked) setText(encodeFields(fields));
              setAsJson(event.currentTarget.checked);
            }}
          />
        )}
      </div>
      {asJson ? (
        <JsonEditor label="Variables of the completion" value={text} onChange={setText} object minHeight={150} />
      ) : (
        fields.map((field, index) => <FieldInput key={field.name} field={field} onChange={(next) => set(index, next)} />)
      )}
      {complete.isError && <Problem error={complete.error} />}
      <div className={styles.actions}>
        <Button type="submit" leftSection={<IconCircleCheck size={17} />} disabled={!valid} loading={complete.isPending}>Complete task</Button>
        <Kbd>Ctrl ↵</Kbd>
      </div>
    </form>
  );
}

function FieldInput({ field, onChange }: { field: Field; onChange: (field: Field) => void }) {
  const label = title(field.name);
  if (field.kind === 'boolean') {
    const choice = (value: boolean, text: string, icon: React.ReactNode) => (
      <button type="button" role="radio" aria-checked={field.value === value} className={styles.choice} onClick={() => onChange({ ...field, value })}>
        {icon} {text}
      </button>
    );
    return (
      <fieldset className={styles.yesNo} role="radiogroup" aria-label={label}>
        <legend>{label}</legend>
        {choice(true, 'Yes', <IconCheck size={16} aria-hidden />)}
        {choice(false, 'No', <IconX size={16} aria-hidden />)}
      </fieldset>
    );
  }
  if (field.choices) {
    return <Select label={label} data={field.choices} value={field.value || null} onChange={(value) => onChange({ ...field, value: value ?? '' })} maw={320} />;
  }
  return (
    <TextInput
      label={label}
      value={field.value}
      inputMode={field.kind === 'number' ? 'decimal' : undefined}
      onChange={(event) => onChange({ ...field, value: event.currentTarget.value })}
      maw={420}
    />
  );
}

/** `isGoodCustomer` as "Is good customer". */
function title(name: string): string {
  const words = name.replace(/_/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
