/** One version of a decision: its logic, a form to evaluate it, what was evaluated, and which rules led to a result. */
import { Button, SegmentedControl, Select } from '@mantine/core';
import { IconTableOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { decisionsQuery, decisionXmlQuery, evaluationQuery } from '../../shared/api/queries';
import type { DecisionDefinition } from '../../shared/api/types';
import { decisionTitle } from '../../shared/format/versions';
import { KeyText } from '../../shared/ui/bits';
import { EmptyState, Problem } from '../../shared/ui/feedback';
import { Card, Page } from '../../shared/ui/Page';
import type { DecisionSearch } from '../../shared/url';
import { DecisionCanvas } from './DecisionCanvas';
import styles from './decisions.module.css';
import { EvaluateForm } from './EvaluateForm';
import { EvaluationDetail } from './EvaluationDetail';
import { Evaluations } from './Evaluations';
import type { DecisionView } from './viewer';

const route = getRouteApi('/decisions/$key');
const BACK = { label: 'Decisions', link: { to: '/decisions' } } as const;

export function DecisionPage() {
  const { key } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const decisions = useQuery(decisionsQuery());
  const decision = decisions.data?.find((each) => each.decisionDefinitionKey === key);
  if (decisions.data && !decision) {
    return (
      <Page title="Decision" tab="Decision" back={BACK}>
        <Card>
          <EmptyState icon={<IconTableOff size={24} />} title="This decision is not deployed" action={<Button component={Link} to="/decisions">Show all decisions</Button>}>
            There is no decision with the key {key}.
          </EmptyState>
        </Card>
      </Page>
    );
  }
  const versions = (decisions.data ?? [])
    .filter((each) => each.decisionDefinitionId === decision?.decisionDefinitionId && each.tenantId === decision.tenantId)
    .sort((a, b) => b.version - a.version);
  const family = (decisions.data ?? []).filter((each) => each.decisionRequirementsKey === decision?.decisionRequirementsKey);
  const title = decision ? decisionTitle(decision) : 'Decision';
  return (
    <Page
      full
      title={title}
      tab={title}
      back={BACK}
      facts={decision && <Facts decision={decision} />}
      actions={<>
        {family.length > 1 && (
          <Select
            aria-label="Decision of the same model"
            w={200}
            searchable
            allowDeselect={false}
            data={family.map((each) => ({ value: each.decisionDefinitionKey, label: decisionTitle(each) }))}
            value={key}
            onChange={(value) => value && void navigate({ to: '/decisions/$key', params: { key: value }, search: { evaluation: search.evaluation } })}
          />
        )}
        {versions.length > 1 && <Select
          aria-label="Version"
          w={140}
          allowDeselect={false}
          data={versions.map((each) => ({ value: each.decisionDefinitionKey, label: `Version ${each.version}` }))}
          value={key}
          onChange={(value) => value && void navigate({ to: '/decisions/$key', params: { key: value } })}
        />}
      </>}
    >
      {decisions.isError && !decisions.data && <Problem error={decisions.error} retry={() => void decisions.refetch()} />}
      {decision && (
        <Workbench
          key={key}
          decision={decision}
          family={family}
          search={search}
          setSearch={(change) => void navigate({ to: '/decisions/$key', params: { key }, search: { ...search, ...change }, replace: true })}
        />
      )}
    </Page>
  );
}

function Facts({ decision }: { decision: DecisionDefinition }) {
  return (
    <>
      {decision.name && decision.name !== decision.decisionDefinitionId && <span>{decision.decisionDefinitionId}</span>}
      <span>Version {decision.version}</span>
      <span>{decision.decisionRequirementsName || decision.decisionRequirementsId}</span>
      <KeyText value={decision.decisionDefinitionKey} label="definition key" />
    </>
  );
}

function Workbench({ decision, family, search, setSearch }: {
  decision: DecisionDefinition;
  /** The decisions of the same requirements graph. */
  family: DecisionDefinition[];
  search: DecisionSearch;
  setSearch: (change: DecisionSearch) => void;
}) {
  const navigate = useNavigate();
  const key = decision.decisionDefinitionKey;
  const xml = useQuery(decisionXmlQuery(key));
  const evaluation = useQuery({ ...evaluationQuery(search.evaluation ?? ''), enabled: search.evaluation !== undefined });
  const [view, setView] = useState<DecisionView>();
  const shown = search.evaluation ? evaluation.data?.find((each) => each.decisionDefinitionKey === key) : undefined;
  const requirements = search.view === 'requirements';
  const open = (id: string) => {
    const other = family.find((each) => each.decisionDefinitionId === id);
    if (other) void navigate({ to: '/decisions/$key', params: { key: other.decisionDefinitionKey }, search: { evaluation: search.evaluation } });
  };
  return (
    <div className={styles.layout}>
      <div className={styles.column}>
        <Card
          className={styles.logic}
          title={requirements ? 'Requirements' : 'Logic'}
          aside={view?.hasRequirements && (
            <SegmentedControl
              size="xs"
              aria-label="What is shown"
              data={[{ value: 'logic', label: 'Logic' }, { value: 'requirements', label: 'Requirements' }]}
              value={requirements ? 'requirements' : 'logic'}
              onChange={(value) => setSearch({ view: value === 'requirements' ? 'requirements' : undefined })}
            />
          )}
        >
          <DecisionCanvas
            xml={xml.data}
            error={xml.error ?? undefined}
            decisionId={decision.decisionDefinitionId}
            requirements={requirements}
            matched={shown?.matchedRules.map((rule) => rule.ruleIndex)}
            onReady={setView}
            onOpen={open}
          />
        </Card>
        <Evaluations decision={decision} selected={search.evaluation} onSelect={(chosen) => setSearch({ evaluation: chosen })} />
      </div>
      <div className={styles.column}>
        <EvaluateForm
          decision={decision}
          example={view?.example(decision.decisionDefinitionId)}
          onEvaluated={(done) => setSearch({ evaluation: done, view: undefined })}
        />
        <EvaluationDetail evaluationKey={search.evaluation} current={key} />
      </div>
    </div>
  );
}
