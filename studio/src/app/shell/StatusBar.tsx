/** How the engine is, in a line: healthy or not, how far it is, how far the views are behind, whether updates come live. */
import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { statusQuery, topologyQuery } from '../../shared/api/queries';
import { useLive } from '../../shared/live/LiveProvider';
import styles from './shell.module.css';

const LIVE = {
  live: { tone: 'ok', text: 'Live', help: 'What you see follows the engine without reloading.' },
  connecting: { tone: 'warn', text: 'Connecting', help: 'The live connection is being opened.' },
  offline: { tone: 'warn', text: 'Reconnecting', help: 'The live connection is gone; the page looks every 5 seconds until it is back.' },
} as const;

export function StatusBar() {
  const status = useQuery(statusQuery());
  const topology = useQuery(topologyQuery());
  const live = LIVE[useLive()];
  const engine = status.data;
  const health = status.isError
    ? { tone: 'danger', text: 'Engine not reachable' }
    : !engine
      ? { tone: 'warn', text: 'Engine' }
      : engine.poisoned
        ? { tone: 'danger', text: `Engine stopped: ${engine.poisoned}` }
        : engine.paused
          ? { tone: 'warn', text: 'Engine paused' }
          : { tone: 'ok', text: 'Engine healthy' };
  const version = engine?.version ?? topology.data?.gatewayVersion;
  return (
    <footer className={styles.status} aria-label="Status">
      <span className={styles.statusItem} role="status">
        <span className={styles.dot} data-tone={health.tone} aria-hidden /> {health.text}
      </span>
      {engine?.position !== undefined && (
        <Tooltip label="Number of the last durable record of the log">
          <span className={`${styles.statusItem} num`}>Position {Number(engine.position).toLocaleString('en')}</span>
        </Tooltip>
      )}
      {engine?.lag !== undefined && (
        <Tooltip label="Records that the lists and diagrams still have to take in">
          <span className={`${styles.statusItem} num`}>Lag {engine.lag.toLocaleString('en')}</span>
        </Tooltip>
      )}
      <span style={{ flex: 1 }} />
      <Tooltip label={live.help}>
        <span className={styles.statusItem} data-testid="live">
          <span className={styles.dot} data-tone={live.tone} data-pulse={live.tone === 'ok'} aria-hidden /> {live.text}
        </span>
      </Tooltip>
      {version && <span className={styles.statusItem}>Dirigent {version}</span>}
    </footer>
  );
}
