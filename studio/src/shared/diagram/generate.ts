/**
 * Drawings for what a model holds none for: a process without diagram interchange, the inside of a collapsed sub-process.
 * Invariant: a drawing that the model brings along is never changed.
 */
import { layoutFlow, type Box, type Flow, type FlowLayout, type FlowNode, type Point } from './flowLayout';
import { processOf, type Definitions, type DiagramPart, type LaneSet, type Moddle, type ModelElement, type PlaneElement } from './model';

export interface Generated {
  /** The diagram that shows the process. */
  diagram?: DiagramPart;
  /** It is not from the model. */
  whole: boolean;
}

const INSIDE = { left: 24, top: 40, right: 24, bottom: 28 };
const POOL_HEAD = 30;
const LANE_PADDING = 26;

/** Adds what is missing to `definitions` and says which diagram shows the process. */
export function completeDiagrams(definitions: Definitions, moddle: Moddle, processId: string | undefined): Generated {
  const process = processOf(definitions, processId);
  definitions.diagrams ??= [];
  let diagram = process && definitions.diagrams.find((each) => shows(each, process));
  const whole = diagram === undefined && process !== undefined;
  const drawer = new Drawer(moddle);
  if (whole) {
    diagram = drawer.diagram(around(definitions, process), (root) => drawer.root(root));
    definitions.diagrams.push(diagram);
  }
  // The insides of collapsed sub-processes, also of those in such an inside.
  for (let index = 0; index < definitions.diagrams.length; index += 1) {
    for (const scope of undrawnInsides(definitions.diagrams, definitions.diagrams[index]!)) {
      definitions.diagrams.push(drawer.diagram(scope, (inside) => drawer.scope(inside, { x: 0, y: 0 })));
    }
  }
  return { diagram: diagram ?? definitions.diagrams[0], whole };
}

function shows(diagram: DiagramPart, process: ModelElement): boolean {
  const shown = diagram.plane?.bpmnElement;
  if (!shown || (diagram.plane?.planeElement ?? []).length === 0) return false;
  return shown.id === process.id || (shown.participants ?? []).some((each) => each.processRef?.id === process.id);
}

/** The collaboration that the process takes part in, or itself. */
function around(definitions: Definitions, process: ModelElement): ModelElement {
  const takesPart = (each: ModelElement) => (each.participants ?? []).some((participant) => participant.processRef?.id === process.id);
  return (definitions.rootElements ?? []).find((each) => each.$instanceOf('bpmn:Collaboration') && takesPart(each)) ?? process;
}

function undrawnInsides(diagrams: DiagramPart[], diagram: DiagramPart): ModelElement[] {
  const drawn = new Set(diagrams.flatMap((each) => (each.plane?.planeElement ?? []).map((element) => element.bpmnElement?.id)));
  const planes = new Set(diagrams.map((each) => each.plane?.bpmnElement?.id));
  return (diagram.plane?.planeElement ?? []).flatMap(({ bpmnElement: element, isExpanded }) => {
    if (!element?.$instanceOf('bpmn:SubProcess') || isExpanded || planes.has(element.id)) return [];
    const nodes = flowNodes(element);
    return nodes.length > 0 && !nodes.some((node) => drawn.has(node.id)) ? [element] : [];
  });
}

const flowNodes = (scope: ModelElement) => (scope.flowElements ?? []).filter((each) => each.$instanceOf('bpmn:FlowNode'));
const isData = (each: ModelElement) => each.$instanceOf('bpmn:DataObjectReference') || each.$instanceOf('bpmn:DataStoreReference');

/** A scope that is measured: its own layout, and those of the sub-processes in it. */
interface Measured {
  layout: FlowLayout;
  inner: Map<string, Measured>;
}

class Drawer {
  private elements: PlaneElement[] = [];
  private readonly boxes = new Map<string, Box>();
  private readonly moddle: Moddle;

  constructor(moddle: Moddle) {
    this.moddle = moddle;
  }

  diagram(element: ModelElement, draw: (element: ModelElement) => void): DiagramPart {
    this.elements = [];
    draw(element);
    const plane = this.moddle.create('bpmndi:BPMNPlane', { id: `${element.id}_generated_plane`, bpmnElement: element, planeElement: this.elements });
    const diagram = this.moddle.create('bpmndi:BPMNDiagram', { id: `${element.id}_generated`, plane }) as DiagramPart;
    Object.assign(plane as object, { $parent: diagram });
    for (const each of this.elements) Object.assign(each, { $parent: plane });
    return diagram;
  }

  root(element: ModelElement): void {
    if (!element.participants) {
      this.scope(element, { x: 0, y: 0 });
      return;
    }
    const measured = element.participants.map((each) => (each.processRef ? measure(each.processRef) : undefined));
    const width = Math.max(600, ...measured.map((each) => (each ? each.layout.width + POOL_HEAD * 2 + 20 : 0)));
    let y = 0;
    element.participants.forEach((participant, index) => {
      const inside = measured[index];
      const artifacts = participant.processRef ? artifactRoom(participant.processRef) : 0;
      const height = inside ? inside.layout.height + artifacts + 2 * LANE_PADDING : 70;
      this.shape(participant, { x: 0, y, width, height }, { isHorizontal: true });
      if (participant.processRef && inside) {
        this.lanes(participant.processRef, inside, { x: POOL_HEAD, y, width: width - POOL_HEAD, height });
        this.draw(participant.processRef, inside, { x: 2 * POOL_HEAD, y: y + LANE_PADDING });
      }
      y += height + 40;
    });
    for (const flow of element.messageFlows ?? []) this.straight(flow, single(flow.sourceRef), flow.targetRef);
  }

  scope(scope: ModelElement, origin: Point): void {
    this.draw(scope, measure(scope), origin);
  }

  private lanes(process: ModelElement, { layout }: Measured, room: Box): void {
    const lanes = leaves(process.laneSets);
    const bands = lanes.map((_, index) => layout.bands.get(index));
    let y = room.y;
    lanes.forEach((lane, index) => {
      const later = bands.slice(index + 1).find(Boolean);
      const band = bands[index];
      // The border lies between the last row of this lane and the first of the next.
      const last = index === lanes.length - 1;
      const end = last || !band ? (last ? room.y + room.height : y + 40) : room.y + LANE_PADDING + (later ? (band.bottom + later.top) / 2 : band.bottom + 22);
      this.shape(lane, { x: room.x, y, width: room.width, height: Math.max(30, end - y) }, { isHorizontal: true });
      y = Math.max(y + 30, end);
    });
  }

  private draw(scope: ModelElement, { layout, inner }: Measured, origin: Point): void {
    for (const node of flowNodes(scope)) {
      const box = layout.boxes.get(node.id);
      if (!box) continue;
      const at = { ...box, x: box.x + origin.x, y: box.y + origin.y };
      const inside = inner.get(node.id);
      const expanded = inside !== undefined;
      this.shape(node, at, {
        ...(node.$instanceOf('bpmn:SubProcess') ? { isExpanded: expanded } : {}),
        ...(node.$instanceOf('bpmn:ExclusiveGateway') ? { isMarkerVisible: true } : {}),
        ...(node.attachedToRef && node.name ? { label: this.label(node.name, at) } : {}),
      });
      if (inside) this.draw(node, inside, { x: at.x + INSIDE.left, y: at.y + INSIDE.top });
    }
    this.artifacts(scope, layout, origin);
    for (const flow of scope.flowElements ?? []) {
      const points = layout.routes.get(flow.id);
      if (points) this.edge(flow, points.map((point) => ({ x: point.x + origin.x, y: point.y + origin.y })));
    }
    for (const association of scope.artifacts ?? []) {
      if (association.$instanceOf('bpmn:Association')) this.straight(association, single(association.sourceRef), association.targetRef);
    }
    for (const node of flowNodes(scope)) {
      for (const each of node.dataInputAssociations ?? []) this.straight(each, single(each.sourceRef), node);
      for (const each of node.dataOutputAssociations ?? []) this.straight(each, node, each.targetRef);
    }
  }

  /** Data, notes and groups in a strip below the flow, each as near as there is room to what it belongs to. */
  private artifacts(scope: ModelElement, layout: FlowLayout, origin: Point): void {
    const y = origin.y + layout.height + 34;
    const wanted = artifactsOf(scope).map((each) => {
      const near = neighbours(scope, each).map((id) => this.boxes.get(id)).find((box) => box !== undefined);
      return { each, x: near ? near.x + near.width / 2 - sizeOf(each).width / 2 : origin.x };
    });
    let free = -Infinity;
    for (const { each, x } of wanted.sort((a, b) => a.x - b.x)) {
      const at = Math.max(x, free);
      this.shape(each, { x: at, y, ...sizeOf(each) }, {});
      free = at + sizeOf(each).width + 40;
    }
  }

  private shape(element: ModelElement, box: Box, more: Record<string, unknown>): void {
    this.boxes.set(element.id, box);
    const bounds = this.moddle.create('dc:Bounds', { ...box });
    this.elements.push(this.moddle.create('bpmndi:BPMNShape', { id: `${element.id}_generated_di`, bpmnElement: element, bounds, ...more }) as PlaneElement);
  }

  /** Beside the line that leaves a boundary event downwards. */
  private label(name: string, event: Box): unknown {
    const width = Math.min(90, Math.max(...name.split(/\s+/).map((word) => word.length), Math.min(name.length, 13)) * 6.4 + 4);
    const bounds = this.moddle.create('dc:Bounds', { x: event.x + event.width / 2 + 8, y: event.y + event.height - 2, width, height: 14 });
    return this.moddle.create('bpmndi:BPMNLabel', { bounds });
  }

  private edge(element: ModelElement, points: Point[]): void {
    const waypoint = points.map((point) => this.moddle.create('dc:Point', { ...point }));
    this.elements.push(this.moddle.create('bpmndi:BPMNEdge', { id: `${element.id}_generated_di`, bpmnElement: element, waypoint }) as PlaneElement);
  }

  /** From the nearer side of one to the nearer side of the other. */
  private straight(element: ModelElement, from: ModelElement | undefined, to: ModelElement | undefined): void {
    const a = from && this.boxes.get(from.id);
    const b = to && this.boxes.get(to.id);
    if (!a || !b) return;
    const down = a.y + a.height <= b.y;
    const start = { x: a.x + a.width / 2, y: down ? a.y + a.height : a.y };
    const end = { x: b.x + b.width / 2, y: down ? b.y : b.y + b.height };
    // A pool is wide: the line meets it where the other end is.
    if (from.$instanceOf('bpmn:Participant')) start.x = end.x;
    else if (to.$instanceOf('bpmn:Participant')) end.x = start.x;
    this.edge(element, [start, end]);
  }
}

function measure(scope: ModelElement): Measured {
  const inner = new Map<string, Measured>();
  const lanes = leaves(scope.laneSets);
  const band = new Map(lanes.flatMap((lane, index) => (lane.flowNodeRef ?? []).map((node) => [node.id, index] as const)));
  const nodes = flowNodes(scope).map((node): FlowNode => {
    let size = sizeOf(node);
    if (node.$instanceOf('bpmn:SubProcess') && flowNodes(node).length > 0) {
      const inside = measure(node);
      inner.set(node.id, inside);
      size = {
        width: Math.max(140, inside.layout.width + INSIDE.left + INSIDE.right),
        height: Math.max(100, inside.layout.height + artifactRoom(node) + INSIDE.top + INSIDE.bottom),
      };
    }
    return { id: node.id, ...size, host: node.attachedToRef?.id, band: lanes.length > 0 ? (band.get(node.id) ?? 0) : undefined };
  });
  const flows = (scope.flowElements ?? []).flatMap((each): Flow[] => {
    const source = single(each.sourceRef);
    if (!each.$instanceOf('bpmn:SequenceFlow') || !source || !each.targetRef) return [];
    return [{ id: each.id, source: source.id, target: each.targetRef.id, labelled: Boolean(each.name) }];
  });
  return { layout: layoutFlow(nodes, flows), inner };
}

function sizeOf(element: ModelElement): { width: number; height: number } {
  if (element.$instanceOf('bpmn:Event')) return { width: 36, height: 36 };
  if (element.$instanceOf('bpmn:Gateway')) return { width: 50, height: 50 };
  if (element.$instanceOf('bpmn:DataObjectReference')) return { width: 36, height: 50 };
  if (element.$instanceOf('bpmn:DataStoreReference')) return { width: 50, height: 50 };
  if (element.$instanceOf('bpmn:TextAnnotation')) return { width: 150, height: 20 + 16 * Math.ceil((element.text?.length ?? 0) / 22) };
  return { width: (element.name?.length ?? 0) > 36 ? 150 : 100, height: 80 };
}

function artifactsOf(scope: ModelElement): ModelElement[] {
  return [...(scope.flowElements ?? []).filter(isData), ...(scope.artifacts ?? []).filter((each) => each.$instanceOf('bpmn:TextAnnotation'))];
}

function artifactRoom(scope: ModelElement): number {
  const tallest = Math.max(0, ...artifactsOf(scope).map((each) => sizeOf(each).height));
  return tallest > 0 ? tallest + 54 : 0;
}

/** Ids of what a piece of data or a note is connected with. */
function neighbours(scope: ModelElement, artifact: ModelElement): string[] {
  const other = (each: ModelElement) => {
    const source = single(each.sourceRef);
    if (source?.id === artifact.id) return each.targetRef?.id;
    return each.targetRef?.id === artifact.id ? source?.id : undefined;
  };
  return [
    ...(scope.artifacts ?? []).flatMap((each) => other(each) ?? []),
    ...flowNodes(scope)
      .filter((node) =>
        (node.dataInputAssociations ?? []).some((each) => single(each.sourceRef)?.id === artifact.id) ||
        (node.dataOutputAssociations ?? []).some((each) => each.targetRef?.id === artifact.id))
      .map((node) => node.id),
  ];
}

function leaves(sets: LaneSet[] | undefined): NonNullable<LaneSet['lanes']> {
  return (sets ?? []).flatMap((set) => (set.lanes ?? []).flatMap((lane) => (lane.childLaneSet?.lanes?.length ? leaves([lane.childLaneSet]) : [lane])));
}

function single(reference: ModelElement | ModelElement[] | undefined): ModelElement | undefined {
  return Array.isArray(reference) ? reference[0] : reference;
}
