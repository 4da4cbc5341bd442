/** The logic of a decision as dmn-js draws it, with the rules of an evaluation marked. */
import { IconTableOff } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useLive } from '../../shared/live/LiveProvider';
import { EmptyState, Problem } from '../../shared/ui/feedback';
import './dmn.css';
import { logicOf } from './logic';
import type { DecisionView } from './viewer';

export interface DecisionCanvasProps {
  xml: string | undefined;
  error?: unknown;
  decisionId: string;
  requirements: boolean;
  /** Places of the rules that matched, from 1; nothing where no evaluation is shown. */
  matched?: number[];
  onReady: (view: DecisionView) => void;
  onOpen: (decisionId: string) => void;
}

export function DecisionCanvas({ xml, error, decisionId, requirements, matched, onReady, onOpen }: DecisionCanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<DecisionView>();
  const [drawn, setDrawn] = useState<boolean>();
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const live = useLive();
  const failed = useRef(false);
  const callbacks = useRef({ onReady, onOpen });
  useEffect(() => {
    callbacks.current = { onReady, onOpen };
    failed.current = failure !== undefined;
  });
  // What could not be loaded while the server was away is loaded once it is back.
  useEffect(() => {
    if (live === 'live' && failed.current) setAttempt((count) => count + 1);
  }, [live]);

  useEffect(() => {
    if (!xml || !host.current) return;
    let cancelled = false;
    let opened: DecisionView | undefined;
    setFailure(undefined);
    setDrawn(undefined);
    void (async () => {
      try {
        const { openDecisions } = await import('./viewer');
        if (cancelled || !host.current) return;
        opened = await openDecisions(host.current, xml, (id) => callbacks.current.onOpen(id));
        if (cancelled) return opened.destroy();
        setView(opened);
        callbacks.current.onReady(opened);
      } catch (caught) {
        if (!cancelled) setFailure(caught);
      }
    })();
    return () => {
      cancelled = true;
      setView(undefined);
      opened?.destroy();
    };
  }, [xml, attempt]);

  useEffect(() => {
    if (!view) return;
    let cancelled = false;
    view.show(decisionId, requirements).then(
      (shown) => !cancelled && setDrawn(shown),
      (caught: unknown) => !cancelled && setFailure(caught),
    );
    return () => {
      cancelled = true;
    };
  }, [view, decisionId, requirements]);
  useEffect(() => view?.mark(matched), [view, matched, drawn]);

  return (
    <div className="dmn" data-ready={drawn !== undefined}>
      <div ref={host} className="dmn-canvas bio-theme-parent" hidden={drawn === false} />
      {error !== undefined && <div className="dmn-problem"><Problem error={error} /></div>}
      {!error && (failure !== undefined || drawn === false) && <Undrawn xml={xml ?? ''} decisionId={decisionId} />}
      {!error && !failure && drawn === undefined && <div className="dmn-loading" role="status"><span className="sr-only">Loading the decision</span></div>}
    </div>
  );
}

/** A context, a list or a function: it has no table, but its text can be read. */
function Undrawn({ xml, decisionId }: { xml: string; decisionId: string }) {
  const logic = logicOf(xml, decisionId);
  if (!logic) {
    return (
      <EmptyState compact icon={<IconTableOff size={22} />} title="This decision has no logic to show">
        It can be evaluated all the same; its result is then null.
      </EmptyState>
    );
  }
  return (
    <div className="dmn-text" tabIndex={0} role="region" aria-label="Logic of the decision">
      <p>This logic is no table; this is how the model writes it.</p>
      <pre>{logic}</pre>
    </div>
  );
}
