/** What happened, in order, as sentences. */
import { Switch } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { historyQuery } from '../../../shared/api/queries';
import { plural } from '../../../shared/format/names';
import { clockTime, exactTime } from '../../../shared/format/time';
import { EmptyState, Problem, Rows } from '../../../shared/ui/feedback';
import type { TabProps } from '../InstanceTabs';
import styles from '../instances.module.css';
import { sentence } from '../sentences';

export function HistoryTab({ instanceKey, element, names }: TabProps) {
  const history = useQuery(historyQuery(instanceKey));
  const [all, setAll] = useState(false);
  const rows = useMemo(
    () =>
      (history.data ?? [])
        .filter((item) => !element || item.elementId === element)
        .map((item) => ({ item, sentence: sentence({ ...item, elementName: item.elementName || (item.elementId ? names.get(item.elementId) : null) }) }))
        .filter((row) => all || !row.sentence.minor),
    [history.data, element, names, all],
  );
  if (history.isError && !history.data) return <div className={styles.stack}><Problem error={history.error} retry={() => void history.refetch()} /></div>;
  if (!history.data) return <Rows count={6} />;
  return (
    <>
      <div className={styles.historyHead}>
        <span>{plural(rows.length, 'event')}</span>
        <Switch size="xs" label="Every step" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
      </div>
      {rows.length === 0 ? (
        <EmptyState compact icon={<IconHistory size={22} />} title="Nothing happened here yet">Events of this element appear as they happen.</EmptyState>
      ) : (
        <ol className={styles.history}>
          {rows.map(({ item, sentence: said }, index) => (
            <li key={`${item.lsn}-${index}`}>
              <time title={exactTime(item.time)}>{clockTime(item.time)}</time>
              <span className={styles.mark} data-tone={said.tone} aria-hidden />
              <div className={said.minor ? styles.minor : undefined}>
                {said.text}{' '}
                {said.evaluation && <Link to="/decisions/$key" params={{ key: said.evaluation.decision }} search={{ evaluation: said.evaluation.key }}>Show the rules</Link>}
                {said.detail && <pre>{said.detail}</pre>}
              </div>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
