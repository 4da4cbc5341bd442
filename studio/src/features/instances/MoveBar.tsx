/** Choosing a token and where it goes, by two lists or by clicks in the diagram; one of the two alone ends or starts. */
import { Button, Select } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { endTokens, moveTokens, putToken } from '../../shared/api/commands';
import { instanceStatisticsQuery } from '../../shared/api/queries';
import type { DiagramElement } from '../../shared/diagram/outline';
import { elementKind } from '../../shared/format/names';
import { Problem, told } from '../../shared/ui/feedback';
import { Card } from '../../shared/ui/Page';
import { deed, sources, targets, type Move } from './move';
import styles from './instances.module.css';

export { pick, type Move } from './move';

export function MoveBar({ instanceKey, elements, move, onChange }: {
  instanceKey: string;
  elements: DiagramElement[];
  move: Move;
  onChange: (move: Move | undefined) => void;
}) {
  const client = useQueryClient();
  const statistics = useQuery(instanceStatisticsQuery(instanceKey)).data ?? [];
  const run = useMutation({
    mutationFn: async ({ from, to }: Move) => {
      if (from && to) await moveTokens(instanceKey, from, to);
      else if (from) await endTokens(instanceKey, from);
      else if (to) await putToken(instanceKey, to);
    },
    onSuccess: (_, done) => {
      onChange(undefined);
      told(deed(done).told, [done.from, done.to].filter(Boolean).join(' → '));
      void client.invalidateQueries({ queryKey: ['instance', instanceKey] });
    },
  });
  const options = (list: DiagramElement[]) => list.map((each) => ({ value: each.id, label: each.name || `${elementKind(each.type)} (${each.id})` }));
  const { from, to } = move;
  return (
    <Card label="Move tokens">
      <div className={styles.stack}>
        <div className={styles.row}>
          <Select
            aria-label="From"
            placeholder="Where a token is"
            searchable
            clearable
            w={240}
            data={options(sources(elements, statistics))}
            value={from ?? null}
            onChange={(value) => onChange({ ...move, from: value ?? undefined })}
          />
          <IconArrowRight size={16} aria-hidden />
          <Select
            aria-label="To"
            placeholder="Where it goes"
            searchable
            clearable
            w={240}
            data={options(targets(elements))}
            value={to ?? null}
            onChange={(value) => onChange({ ...move, to: value ?? undefined })}
          />
          <Button disabled={!from && !to} loading={run.isPending} onClick={() => run.mutate(move)}>{deed(move).label}</Button>
          <Button variant="default" onClick={() => onChange(undefined)}>Leave it</Button>
        </div>
        <span className={styles.waitTime}>
          {from ? 'Now choose where it goes, here or in the diagram.' : 'Choose an element that has a token, here or in the diagram.'} A source alone ends its tokens, a target alone gets a new one. What a token does there is ended; the history records it.
        </span>
        {run.isError && <Problem error={run.error} />}
      </div>
    </Card>
  );
}
