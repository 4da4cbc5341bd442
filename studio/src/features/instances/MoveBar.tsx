/** Choosing a token and where it goes, by two lists or by clicks in the diagram; one of the two alone ends or starts. */
import { Button, SegmentedControl, Select } from '@mantine/core';
import { IconArrowRight, IconBraces } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { modifyInstance } from '../../shared/api/commands';
import { elementInstancesQuery, instanceStatisticsQuery } from '../../shared/api/queries';
import type { DiagramElement } from '../../shared/diagram/outline';
import { checkObject } from '../../shared/format/json';
import { told } from '../../shared/ui/feedback';
import { JsonEditor } from '../../shared/ui/JsonEditor';
import { Card } from '../../shared/ui/Page';
import { deed, preview, readSource, sources, sourceValue, targets, type Move } from './move';
import { Refusal } from './Refusal';
import styles from './instances.module.css';

export { pick, type Move } from './move';

export function MoveBar({ instanceKey, elements, names, move, onChange }: {
  instanceKey: string;
  elements: DiagramElement[];
  names: Map<string, string>;
  move: Move;
  onChange: (move: Move | undefined) => void;
}) {
  const client = useQueryClient();
  const statistics = useQuery(instanceStatisticsQuery(instanceKey)).data;
  const instances = useQuery(elementInstancesQuery(instanceKey)).data;
  const from = useMemo(() => sources(elements, statistics ?? [], instances ?? []), [elements, statistics, instances]);
  const to = useMemo(() => targets(elements), [elements]);
  const tokens = statistics?.filter((each) => each.elementId === move.from).reduce((sum, each) => sum + each.active + each.incidents, 0) ?? 0;
  const run = useMutation({
    mutationFn: ({ from: source, token, to: target, variables, local }: Move) =>
      modifyInstance(instanceKey, source ? { element: source, token } : undefined, target ? { element: target, variables, local } : undefined),
    onSuccess: (_, done) => {
      onChange(undefined);
      told(deed(done).told, [done.from, done.to].flatMap((id) => (id ? [names.get(id) ?? id] : [])).join(' → '));
      void client.invalidateQueries({ queryKey: ['instance', instanceKey] });
    },
  });
  const set = (change: Move) => {
    run.reset();
    onChange({ ...move, ...change });
  };
  const empty = !move.from && !move.to;
  const wrong = move.to !== undefined && Boolean(move.variables?.trim()) && !checkObject(move.variables!).ok;
  return (
    <Card label="Move tokens">
      <div className={styles.stack}>
        <div className={styles.moveRow}>
          <Select
            aria-label="From"
            placeholder="Where a token is"
            searchable
            clearable
            className={styles.moveField}
            nothingFoundMessage="No element with a token"
            data={from}
            value={sourceValue(move)}
            onChange={(value) => set(readSource(value))}
          />
          <IconArrowRight size={16} aria-hidden />
          <Select
            aria-label="To"
            placeholder="Where it goes"
            searchable
            clearable
            className={styles.moveField}
            nothingFoundMessage="No such element"
            data={to}
            value={move.to ?? null}
            onChange={(value) => set({ to: value ?? undefined })}
          />
          {move.to && (
            <Button
              variant="subtle"
              leftSection={<IconBraces size={16} />}
              aria-expanded={move.variables !== undefined}
              onClick={() => set({ variables: move.variables === undefined ? '{\n  \n}' : undefined })}
            >
              Variables
            </Button>
          )}
          <span className={styles.moveSpace} />
          <Button disabled={empty || wrong} loading={run.isPending} onClick={() => run.mutate(move)}>{deed(move).label}</Button>
          <Button variant="default" onClick={() => onChange(undefined)}>Leave it</Button>
        </div>
        {move.to && move.variables !== undefined && (
          <div className={styles.moveVariables}>
            <SegmentedControl
              size="xs"
              aria-label="Where the variables belong"
              data={[{ value: 'instance', label: 'For the instance' }, { value: 'element', label: `Only for “${names.get(move.to) ?? move.to}”` }]}
              value={move.local ? 'element' : 'instance'}
              onChange={(value) => set({ local: value === 'element' })}
            />
            <JsonEditor label="Variables that the token brings" value={move.variables} onChange={(variables) => set({ variables })} object minHeight={84} />
          </div>
        )}
        <p className={styles.moveHint}>{preview(move, names, tokens)} The history records it.</p>
        {run.isError && <Refusal error={run.error} names={names} advice="Choose another place for the token, or give the engine what it asks for." />}
      </div>
    </Card>
  );
}
