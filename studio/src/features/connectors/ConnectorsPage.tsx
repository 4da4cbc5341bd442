/** What a service task can do without a worker of one's own. */
import { Code, Drawer, Skeleton, TextInput } from '@mantine/core';
import { IconPlug, IconPlugOff, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { connectorsQuery } from '../../shared/api/queries';
import type { ConnectorTemplate } from '../../shared/api/types';
import { plural } from '../../shared/format/names';
import { EmptyState, Problem } from '../../shared/ui/feedback';
import { Card, Page } from '../../shared/ui/Page';
import styles from './connectors.module.css';
import { fieldsByGroup } from './fields';

export function ConnectorsPage() {
  const connectors = useQuery(connectorsQuery());
  const [text, setText] = useState('');
  const [open, setOpen] = useState<ConnectorTemplate>();
  const query = text.trim().toLowerCase();
  const shown = (connectors.data ?? []).filter((each) => `${each.name} ${each.description ?? ''}`.toLowerCase().includes(query));
  return (
    <Page
      title="Connectors"
      tab="Connectors"
      facts={<span>{connectors.data ? `${plural(connectors.data.length, 'connector')} inside the engine; a service task needs no worker for what ${connectors.data.length === 1 ? 'it does' : 'they do'}.` : 'Connectors run inside the engine.'}</span>}
      actions={<TextInput aria-label="Search connectors" placeholder="Search" leftSection={<IconSearch size={15} />} value={text} onChange={(event) => setText(event.currentTarget.value)} />}
    >
      {connectors.isError && !connectors.data && <Problem error={connectors.error} retry={() => void connectors.refetch()} />}
      {connectors.isPending && (
        <div className={styles.grid} role="status" aria-label="Loading">
          {[0, 1, 2, 3].map((each) => <Skeleton key={each} height={128} radius="lg" />)}
        </div>
      )}
      {connectors.data && shown.length === 0 && (
        <Card>
          <EmptyState icon={<IconPlugOff size={24} />} title={query ? 'No connector matches' : 'No connectors'}>
            {query ? 'Try another word.' : 'This server was built without connectors; workers can still take every job.'}
          </EmptyState>
        </Card>
      )}
      <div className={styles.grid}>
        {shown.map((template) => (
          <button key={template.id} type="button" className={styles.tile} onClick={() => setOpen(template)} aria-haspopup="dialog">
            <span className={styles.tileHead}><Icon template={template} /> {template.name}</span>
            {template.description && <p className={styles.text}>{template.description}</p>}
            <span className={styles.facts}>{plural(fieldsByGroup(template).reduce((sum, group) => sum + group.fields.length, 0), 'field')}</span>
          </button>
        ))}
      </div>
      <Drawer opened={open !== undefined} onClose={() => setOpen(undefined)} title={open?.name} size={520}>
        {open && <Details template={open} />}
      </Drawer>
    </Page>
  );
}

function Icon({ template }: { template: ConnectorTemplate }) {
  const source = template.icon?.contents;
  return <span className={styles.icon} aria-hidden>{source?.startsWith('data:image/') ? <img src={source} alt="" /> : <IconPlug size={19} />}</span>;
}

function Details({ template }: { template: ConnectorTemplate }) {
  return (
    <div>
      {template.description && <p style={{ marginTop: 0 }}>{template.description}</p>}
      <p style={{ color: 'var(--d-text-2)', margin: 0 }}>Template <Code>{template.id}</Code>{template.version ? `, version ${template.version}` : ''}</p>
      {fieldsByGroup(template).map((group) => (
        <section key={group.label}>
          <h3 className={styles.groupTitle}>{group.label}</h3>
          <ul className={styles.fields}>
            {group.fields.map((field) => (
              <li key={field.key}>
                <span className={styles.fieldName}>{field.label} <small>{field.kind}{field.required ? ', required' : ''}</small></span>
                {field.description && <p>{field.description}</p>}
                {field.value && <p>Default <Code>{field.value}</Code></p>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
