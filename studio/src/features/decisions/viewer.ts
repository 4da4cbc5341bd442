/** The dmn-js viewer behind a small interface; a chunk of its own, loaded with the first decision. */
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import DmnViewer, { type DmnView } from 'dmn-js/lib/NavigatedViewer';
import { exampleInputs, type DmnDefinitions } from './inputs';
import { asDrawn } from './namespaces';

export interface DecisionView {
  /** A drawing of the requirements is in the model. */
  hasRequirements: boolean;
  /** JSON text. */
  example(decisionId: string): string;
  /** False where there is nothing that this viewer could draw. */
  show(decisionId: string, requirements: boolean): Promise<boolean>;
  /** Marks rules of the shown table by their places from 1; nothing is marked without places. */
  mark(rules: number[] | undefined): void;
  destroy(): void;
}

interface Canvas {
  zoom(level: 'fit-viewport' | number, centre?: 'auto'): number;
  viewbox(box?: object): { inner: { x: number; y: number; width: number; height: number }; outer: { width: number; height: number } };
  resized(): void;
}

const MARGIN = 20;

const drawing = {
  defaultFillColor: 'var(--d-diagram-fill)',
  defaultStrokeColor: 'var(--d-diagram-stroke)',
  defaultLabelColor: 'var(--d-diagram-label)',
};

export async function openDecisions(container: HTMLElement, xml: string, onOpen: (decisionId: string) => void): Promise<DecisionView> {
  const viewer = new DmnViewer({ container, drd: { drdRenderer: drawing } });
  try {
    await viewer.importXML(asDrawn(xml), { open: false });
  } catch (error) {
    viewer.destroy();
    throw error;
  }
  const views = viewer.getViews();
  const requirements = views.find((view) => view.type === 'drd');
  let shown: DmnView | undefined;
  let marked: number[] | undefined;

  const fit = () => {
    if (shown !== requirements || !shown) return;
    const canvas = viewer.getActiveViewer()?.get<Canvas>('canvas');
    if (!canvas) return;
    canvas.resized();
    const { inner, outer } = canvas.viewbox();
    const scale = Math.min((outer.width - 2 * MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height, 1.15);
    if (!Number.isFinite(scale) || scale <= 0) return;
    const [width, height] = [outer.width / scale, outer.height / scale];
    canvas.viewbox({ x: inner.x - (width - inner.width) / 2, y: inner.y - (height - inner.height) / 2, width, height });
  };
  const resize = new ResizeObserver(fit);
  resize.observe(container);
  const click = (event: MouseEvent) => {
    const id = event.target instanceof Element ? event.target.closest('.djs-shape[data-element-id]')?.getAttribute('data-element-id') : undefined;
    if (id && views.some((view) => view.element.id === id && view !== requirements)) onOpen(id);
  };
  container.addEventListener('click', click);

  const paint = () => {
    // A column of annotations that says nothing only takes room.
    const table = container.querySelector('.tjs-table');
    const notes = [...(table?.querySelectorAll('tbody td.annotation') ?? [])];
    table?.setAttribute('data-annotations', notes.every((note) => /^-?$/.test(note.textContent?.trim() ?? '')) ? 'none' : 'some');
    container.querySelectorAll('.tjs-table tbody tr').forEach((row, index) => {
      const hit = marked?.includes(index + 1);
      row.toggleAttribute('data-matched', hit === true);
      row.toggleAttribute('data-passed', marked !== undefined && !hit);
    });
  };

  return {
    hasRequirements: requirements !== undefined,
    example: (decisionId) => exampleInputs(viewer.getDefinitions() as DmnDefinitions, decisionId),
    async show(decisionId, graph) {
      const view = graph ? requirements : views.find((each) => each !== requirements && each.element.id === decisionId);
      if (!view) return false;
      if (view !== shown) await viewer.open(view);
      shown = view;
      fit();
      readable(container);
      paint();
      return true;
    },
    mark(rules) {
      marked = rules;
      paint();
    },
    destroy() {
      resize.disconnect();
      container.removeEventListener('click', click);
      viewer.destroy();
    },
  };
}

/** What a screen reader and the keyboard need and dmn-js does not bring along. */
function readable(container: HTMLElement): void {
  for (const scroller of container.querySelectorAll<HTMLElement>('.tjs-container, .dmn-literal-expression-container')) {
    scroller.tabIndex = 0;
    scroller.setAttribute('role', 'region');
    scroller.setAttribute('aria-label', 'Logic of the decision');
  }
}
