/**
 * A BPMN diagram with what the engine knows about it: tokens, incidents, the path taken. The list of elements beside it
 * says the same in text and is the way to select for the keyboard and the screen reader.
 * Invariant: nothing of ours lies over the bottom right corner, where the watermark of bpmn.io has to stay visible.
 */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconMinus, IconPlus, IconSitemapOff, IconSparkles, IconZoomReset } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { ElementStatistics } from '../api/types';
import { useLive } from '../live/LiveProvider';
import { EmptyState, Problem } from '../ui/feedback';
import './diagram.css';
import type { DiagramElement } from './outline';
import type { DiagramView } from './view';

export interface DiagramProps {
  xml: string | undefined;
  error?: unknown;
  /** BPMN id of the process, where a file holds several. */
  processId?: string;
  statistics?: ElementStatistics[];
  takenFlows?: string[];
  selected?: string;
  onSelect?: (elementId: string | undefined) => void;
  onElements?: (elements: DiagramElement[]) => void;
  label: string;
  /** Completed counts are of interest for a definition, not for a single instance. */
  showCompleted?: boolean;
  /** A small picture: no controls, centred on the selected element. */
  compact?: boolean;
}

export function Diagram(props: DiagramProps) {
  const { xml, processId, statistics, takenFlows, selected, onSelect, onElements, label, showCompleted, compact } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<DiagramView>(undefined);
  const [ready, setReady] = useState(0);
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const live = useLive();
  const failed = useRef(false);
  const [drawing, setDrawing] = useState<DiagramView['drawing']>('own');
  const callbacks = useRef({ onSelect, onElements });
  useEffect(() => {
    callbacks.current = { onSelect, onElements };
    failed.current = failure !== undefined;
  });

  useEffect(() => {
    if (!xml || !host.current) return;
    let cancelled = false;
    let opened: DiagramView | undefined;
    setFailure(undefined);
    void (async () => {
      try {
        const { openDiagram } = await import('./view');
        if (cancelled || !host.current) return;
        opened = await openDiagram(host.current, xml, processId, (id) => callbacks.current.onSelect?.(id));
        if (cancelled) return opened.destroy();
        view.current = opened;
        setDrawing(opened.drawing);
        callbacks.current.onElements?.(opened.elements());
        setReady((count) => count + 1);
      } catch (error) {
        if (!cancelled) setFailure(error);
      }
    })();
    return () => {
      cancelled = true;
      view.current = undefined;
      opened?.destroy();
    };
  }, [xml, processId, attempt]);
  // What could not be loaded while the server was away is loaded once it is back.
  useEffect(() => {
    if (live === 'live' && failed.current) setAttempt((count) => count + 1);
  }, [live]);

  useEffect(() => {
    view.current?.showStatistics(statistics ?? [], showCompleted ?? false);
  }, [ready, statistics, showCompleted]);
  useEffect(() => {
    view.current?.showPath(takenFlows ?? []);
  }, [ready, takenFlows]);
  useEffect(() => {
    view.current?.select(selected);
    if (compact && selected) view.current?.focus(selected);
  }, [ready, selected, compact]);

  // What is drawn already stays, though it could not be asked for again.
  const problem = ready === 0 ? (props.error ?? failure) : undefined;
  return (
    <div className="diagram">
      <div ref={host} className="diagram-canvas bio-theme-parent" role="group" aria-label={label} data-ready={ready > 0} />
      {problem !== undefined && <div className="diagram-problem"><Problem error={problem} retry={failure === undefined ? undefined : () => setAttempt((count) => count + 1)} /></div>}
      {!problem && ready === 0 && <div className="diagram-loading" role="status"><span className="sr-only">Loading the diagram</span></div>}
      {drawing === 'generated' && !compact && <p className="diagram-note"><IconSparkles size={14} aria-hidden /> The model has no diagram of its own; this layout is generated.</p>}
      {drawing === 'none' && (
        <div className="diagram-none">
          <EmptyState compact icon={<IconSitemapOff size={22} />} title="This model has no diagram">
            None could be made either. {compact ? '' : 'The list of its elements shows where tokens and incidents are.'}
          </EmptyState>
        </div>
      )}
      {!compact && drawing !== 'none' && <div className="diagram-zoom">
        <ZoomButton label="Zoom in" onClick={() => view.current?.zoom(1.25)} icon={<IconPlus size={15} />} />
        <ZoomButton label="Zoom out" onClick={() => view.current?.zoom(0.8)} icon={<IconMinus size={15} />} />
        <ZoomButton label="Show the whole diagram" onClick={() => view.current?.fit()} icon={<IconZoomReset size={15} />} />
      </div>}
    </div>
  );
}

function ZoomButton({ label, icon, onClick }: { label: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={label} position="left">
      <ActionIcon variant="default" size={28} aria-label={label} onClick={onClick}>{icon}</ActionIcon>
    </Tooltip>
  );
}
