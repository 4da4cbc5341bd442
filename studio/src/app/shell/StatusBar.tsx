/** How the engine is, in a line: healthy or not, how far it is, how far the views are behind, whether updates come live. */
import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { statusQuery, topologyQuery } from '../../shared/api/queries';
import type { EngineStatus } from '../../shared/api/types';
import { plural } from '../../shared/format/names';
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
  const health = status.isError ? { tone: 'danger', text: 'Engine not reachable' } : healthOf(engine);
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
        <Tooltip label="How far the lists and diagrams are behind the engine">
          <span className={`${styles.statusItem} num`}>Lag {engine.lag.toLocaleString('en')} ms</span>
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

/** The worst thing that the engine says about itself. */
function healthOf(engine: EngineStatus | undefined): { tone: string; text: string } {
  if (!engine) return { tone: 'warn', text: 'Engine' };
  const fault = engine.poisoned ?? engine.storeError ?? engine.exportError;
  if (engine.poisoned) return { tone: 'danger', text: `Engine stopped: ${fault}` };
  if (fault) return { tone: 'danger', text: `Engine in trouble: ${fault}` };
  if (engine.quarantined) return { tone: 'warn', text: `${plural(engine.quarantined, 'instance')} in quarantine` };
  if (engine.paused) return { tone: 'warn', text: 'Engine clock stands still' };
  return { tone: 'ok', text: 'Engine healthy' };
}
