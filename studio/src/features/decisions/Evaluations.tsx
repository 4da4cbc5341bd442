/** The latest evaluations of a decision: by processes, by hand, and for decisions that require it. */
import { IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { evaluationsQuery } from '../../shared/api/queries';
import type { DecisionDefinition, DecisionInstance } from '../../shared/api/types';
import { preview } from '../../shared/format/json';
import { plural } from '../../shared/format/names';
import { Ago } from '../../shared/ui/bits';
import { EmptyState, Problem, Rows } from '../../shared/ui/feedback';
import { Card } from '../../shared/ui/Page';
import { Table, tableStyles, type Column } from '../../shared/ui/Table';
import styles from './decisions.module.css';
import { DecisionState } from './DecisionState';

export function Evaluations({ decision, selected, onSelect }: {
  decision: DecisionDefinition;
  selected?: string;
  onSelect: (evaluationKey: string) => void;
}) {
  const evaluations = useQuery(evaluationsQuery(decision.decisionDefinitionKey));
  const rows = evaluations.data?.items ?? [];
  const total = evaluations.data?.page.totalItems ?? 0;
  const columns: Column<DecisionInstance>[] = [
    {
      header: 'Evaluated',
      width: 130,
      cell: (row) => (
        <Link
          to="/decisions/$key"
          params={{ key: decision.decisionDefinitionKey }}
          search={{ evaluation: row.decisionEvaluationKey }}
          replace
          className={tableStyles.rowLink}
        >
          <Ago time={row.evaluationDate} />
        </Link>
      ),
    },
    { header: 'State', width: 120, cell: (row) => <DecisionState state={row.state} /> },
    { header: 'Result', cell: (row) => <span className={`${styles.mono} ${styles.clamp}`}>{row.state === 'FAILED' ? preview(row.evaluationFailure ?? 'failed') : preview(row.result)}</span> },
    { header: 'Asked by', width: 210, cell: (row) => <AskedBy row={row} /> },
  ];
  return (
    <Card title="Evaluations" className={styles.list} aside={total > rows.length && <span className={tableStyles.sub}>the latest {rows.length} of {plural(total, 'evaluation')}</span>}>
      {evaluations.isError && !evaluations.data && <Problem error={evaluations.error} retry={() => void evaluations.refetch()} />}
      {evaluations.isPending && <Rows count={3} />}
      {evaluations.data && rows.length === 0 && (
        <EmptyState compact icon={<IconTable size={22} />} title="Nothing was decided yet">
          Evaluate it here, or start a process with a business rule task that calls it.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Table
          label="Evaluations of this version"
          columns={columns}
          rows={rows}
          rowKey={(row) => row.decisionEvaluationInstanceKey}
          selected={(row) => row.decisionEvaluationKey === selected}
          onOpen={(row) => onSelect(row.decisionEvaluationKey)}
        />
      )}
    </Card>
  );
}

function AskedBy({ row }: { row: DecisionInstance }) {
  if (row.processInstanceKey) return <Link to="/instances/$key" params={{ key: row.processInstanceKey }} className="num">{row.processInstanceKey}</Link>;
  return <span className={tableStyles.sub}>{row.rootDecisionDefinitionKey === row.decisionDefinitionKey ? 'By hand' : 'A decision that requires it'}</span>;
}
