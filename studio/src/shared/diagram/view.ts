/** The bpmn-js viewer behind a small interface; a chunk of its own, loaded with the first diagram. */
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import type { ElementStatistics } from '../api/types';
import { completeDiagrams } from './generate';
import { elementsOf, processOf, type Definitions, type DiagramPart, type Moddle } from './model';
import type { DiagramElement } from './outline';

export interface DiagramView {
  /** What is drawn: the model's own drawing, one that was made here, or nothing, for no drawing could be made. */
  drawing: 'own' | 'generated' | 'none';
  elements(): DiagramElement[];
  showStatistics(statistics: ElementStatistics[], completed: boolean): void;
  showPath(flows: string[]): void;
  select(elementId: string | undefined): void;
  zoom(factor: number): void;
  fit(): void;
  /** Centres an element, large enough to read. */
  focus(elementId: string): void;
  destroy(): void;
}

/* The services of diagram-js, as far as they are used here. */
interface Shape {
  id: string;
  type: string;
  businessObject: { name?: string; id: string };
  outgoing?: { type: string; target?: { id: string } }[];
  waypoints?: unknown[];
  collapsed?: boolean;
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  labelTarget?: Shape;
}
interface Canvas {
  zoom(level?: number | 'fit-viewport', center?: 'auto'): number;
  viewbox(box?: object): { inner: { x: number; y: number; width: number; height: number }; outer: { width: number; height: number } };
  addMarker(id: string, marker: string): void;
  getRootElement(): Shape;
  setRootElement(root: Shape): void;
  findRoot(shape: Shape): Shape | undefined;
  removeMarker(id: string, marker: string): void;
}
interface Overlays {
  add(element: string, type: string, overlay: { position: object; html: HTMLElement; show?: object }): string;
  remove(filter: { type: string }): void;
}
interface Registry {
  getAll(): Shape[];
  get(id: string): Shape | undefined;
}
interface EventBus {
  on(event: string, callback: (event: { element: Shape }) => void): void;
}

const CONTAINERS = new Set(['bpmn:Process', 'bpmn:Collaboration', 'bpmn:Participant', 'bpmn:Lane']);

const FONT = "Inter, ui-sans-serif, system-ui, 'Segoe UI', Roboto, sans-serif";

const LETTER_WIDTH = 6.4;

/**
 * Other tools measured labels with another font: a box that is too narrow breaks words and grows downwards into its
 * shape. It grows to both sides instead.
 */
function widenLabels(definitions: Definitions): void {
  for (const diagram of definitions.diagrams ?? []) {
    for (const { bpmnElement, label } of diagram.plane?.planeElement ?? []) {
      if (!bpmnElement?.name || !label?.bounds) continue;
      const longest = Math.max(...bpmnElement.name.split(/\s+/).map((word) => word.length));
      const wanted = Math.max(longest * LETTER_WIDTH, Math.min(bpmnElement.name.length * LETTER_WIDTH, 100));
      const missing = wanted + 4 - label.bounds.width;
      if (missing <= 0) continue;
      label.bounds.width += missing;
      label.bounds.x -= missing / 2;
    }
  }
}

export async function openDiagram(
  container: HTMLElement,
  xml: string,
  processId: string | undefined,
  onSelect: (elementId: string | undefined) => void,
): Promise<DiagramView> {
  const viewer = new NavigatedViewer({
    container,
    bpmnRenderer: {
      defaultFillColor: 'var(--d-diagram-fill)',
      defaultStrokeColor: 'var(--d-diagram-stroke)',
      defaultLabelColor: 'var(--d-diagram-label)',
    },
    textRenderer: { defaultStyle: { fontFamily: FONT }, externalStyle: { fontFamily: FONT } },
  });
  let drawing: DiagramView['drawing'] = 'none';
  let elements: DiagramElement[] = [];
  try {
    const definitions = await parse(viewer, xml);
    const process = processOf(definitions, processId);
    elements = process ? elementsOf(process) : [];
    drawing = await draw(viewer, definitions, processId).catch(() => {
      // A drawing that cannot be read is as good as none.
      definitions.diagrams = [];
      return draw(viewer, definitions, processId);
    });
  } catch (error) {
    if (elements.length === 0) {
      viewer.destroy();
      throw error;
    }
    // The list of its elements still says where tokens are.
    viewer.clear();
  }
  const canvas = viewer.get<Canvas>('canvas');
  const overlays = viewer.get<Overlays>('overlays');
  const registry = viewer.get<Registry>('elementRegistry');
  const events = viewer.get<EventBus>('eventBus');

  events.on('element.click', ({ element }) => {
    const shape = element.labelTarget ?? element;
    // The canvas itself is an element too; inside of a sub-process it is of that type.
    onSelect(CONTAINERS.has(shape.type) || shape.waypoints || shape === canvas.getRootElement() ? undefined : shape.id);
  });
  // The note that a layout is generated has its place below.
  const fit = () => fitCalmly(canvas, drawing === 'generated' ? 30 : 0);
  fit();
  // Going into a collapsed sub-process and out of it.
  events.on('root.set', fit);
  // The first size may not be the last: panels open, the window changes.
  let touched = false;
  events.on('canvas.viewbox.changed', () => {
    touched = true;
  });
  const resize = new ResizeObserver(() => {
    viewer.get<{ resized(): void }>('canvas').resized();
    if (!touched) fit();
    touched = false;
  });
  resize.observe(container);

  let path: string[] = [];
  let marked: string[] = [];
  let selected: string | undefined;

  return {
    drawing,
    elements: () => elements,
    showStatistics(statistics, completed) {
      overlays.remove({ type: 'dirigent-counts' });
      for (const id of marked) for (const marker of ['is-active', 'has-incident', 'is-done', 'is-scope']) canvas.removeMarker(id, marker);
      marked = [];
      for (const each of statistics) {
        if (!registry.get(each.elementId) || CONTAINERS.has(registry.get(each.elementId)!.type)) continue;
        marked.push(each.elementId);
        // An open sub-process is drawn behind its elements: it must not outshine them.
        if (registry.get(each.elementId)!.type === 'bpmn:SubProcess' && !registry.get(each.elementId)!.collapsed) canvas.addMarker(each.elementId, 'is-scope');
        if (each.incidents > 0) canvas.addMarker(each.elementId, 'has-incident');
        else if (each.active > 0) canvas.addMarker(each.elementId, 'is-active');
        else if (each.completed > 0) canvas.addMarker(each.elementId, 'is-done');
        addBadges(overlays, each, completed);
      }
    },
    showPath(flows) {
      for (const id of path) canvas.removeMarker(id, 'is-taken');
      path = flows.filter((id) => registry.get(id));
      for (const id of path) canvas.addMarker(id, 'is-taken');
    },
    select(elementId) {
      if (selected && registry.get(selected)) canvas.removeMarker(selected, 'is-selected');
      selected = elementId;
      const shape = selected === undefined ? undefined : registry.get(selected);
      if (!shape) return;
      canvas.addMarker(shape.id, 'is-selected');
      const root = canvas.findRoot(shape);
      if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    },
    zoom: (factor) => void canvas.zoom(canvas.zoom() * factor, 'auto'),
    fit,
    focus(elementId) {
      const shape = registry.get(elementId);
      if (!shape) return;
      const { outer } = canvas.viewbox();
      const scale = Math.max(canvas.zoom(), 0.62);
      const width = outer.width / scale;
      const height = outer.height / scale;
      const x = (shape.x ?? 0) + (shape.width ?? 0) / 2 - width / 2;
      const y = (shape.y ?? 0) + (shape.height ?? 0) / 2 - height / 2;
      canvas.viewbox({ x, y, width, height });
    },
    destroy() {
      resize.disconnect();
      viewer.destroy();
    },
  };
}

/** Reads the model only; what is missing in it is added before it is drawn. */
async function parse(viewer: NavigatedViewer, xml: string): Promise<Definitions> {
  const moddle = viewer.get<{ fromXML(xml: string, type: string): Promise<{ rootElement: Definitions }> }>('moddle');
  return (await moddle.fromXML(xml, 'bpmn:Definitions')).rootElement;
}

async function draw(viewer: NavigatedViewer, definitions: Definitions, processId: string | undefined): Promise<DiagramView['drawing']> {
  const { diagram, whole } = prepare(definitions, viewer, processId);
  if (!diagram) return 'none';
  widenLabels(definitions);
  await viewer.importDefinitions(definitions as never, diagram as never);
  return whole ? 'generated' : 'own';
}

/** A model of its own making is drawn as far as it can be; that nothing can be added to it is no reason to show nothing. */
function prepare(definitions: Definitions, viewer: NavigatedViewer, processId: string | undefined): { diagram?: DiagramPart; whole: boolean } {
  try {
    return completeDiagrams(definitions, viewer.get<Moddle>('moddle'), processId);
  } catch {
    return { diagram: definitions.diagrams?.[0], whole: false };
  }
}

/** The whole diagram with a margin, but never larger than it was drawn by more than a little. */
function fitCalmly(canvas: Canvas, below: number): void {
  const { inner, outer } = canvas.viewbox();
  if (outer.width === 0 || outer.height === 0) return;
  const margin = 28;
  const scale = Math.min((outer.width - 2 * margin) / inner.width, (outer.height - 2 * margin - below) / inner.height, 1.15);
  if (!Number.isFinite(scale) || scale <= 0) return;
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({ x: inner.x - (width - inner.width) / 2, y: inner.y - (height - below / scale - inner.height) / 2, width, height });
}

function addBadges(overlays: Overlays, counts: ElementStatistics, completed: boolean): void {
  const add = (position: object, tone: string, count: number, words: string) => {
    const html = document.createElement('div');
    html.className = `badge badge-${tone}`;
    html.title = words;
    html.textContent = tone === 'incident' ? `! ${count > 1 ? count : ''}`.trim() : String(count);
    overlays.add(counts.elementId, 'dirigent-counts', { position, html, show: { minZoom: 0.2, maxZoom: 8 } });
  };
  if (counts.active > 0) add({ bottom: 11, left: 2 }, 'active', counts.active, `${counts.active} active`);
  if (counts.incidents > 0) add({ bottom: 11, right: 2 }, 'incident', counts.incidents, `${counts.incidents} with an incident`);
  if (completed && counts.completed > 0) add({ top: -11, right: 2 }, 'completed', counts.completed, `${counts.completed} completed`);
}
