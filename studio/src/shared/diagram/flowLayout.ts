/**
 * Places the elements of one scope in columns and rows, from left to right along its flows, and routes the flows.
 * Invariant: no two elements overlap and no flow runs through an element: vertical lines lie between columns, horizontal
 * ones in a row that holds nothing else there.
 */
import { findChains, findLayers, type Cell } from './layers';

export interface FlowNode {
  id: string;
  width: number;
  height: number;
  /** The activity on whose border a boundary event sits. */
  host?: string;
  /** Index of the lane; rows of different lanes never mix. */
  band?: number;
}

export interface Flow {
  id: string;
  source: string;
  target: string;
  labelled?: boolean;
}

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

export interface FlowLayout {
  width: number;
  height: number;
  boxes: Map<string, Box>;
  routes: Map<string, Point[]>;
  /** From where to where each lane reaches. */
  bands: Map<number, { top: number; bottom: number }>;
}

const ROW_GAP = 34;
const COLUMN_GAP = 44;
const CHANNEL = 10;
const BOUNDARY = 36;
/** Unconnected elements stand side by side up to this width. */
const WRAP = 900;

/** All parts of a scope: what hangs together by flows, one below the other; elements without flows beside each other. */
export function layoutFlow(nodes: FlowNode[], flows: Flow[]): FlowLayout {
  const known = new Set(nodes.map((node) => node.id));
  const usable = flows.filter((flow) => known.has(flow.source) && known.has(flow.target));
  const whole: FlowLayout = { width: 0, height: 0, boxes: new Map(), routes: new Map(), bands: new Map() };
  if (nodes.some((node) => node.band !== undefined)) {
    append(whole, layoutConnected(nodes, usable), 0, 0);
    return whole;
  }
  const { connected, single } = components(nodes, usable);
  for (const part of connected) append(whole, layoutConnected(part.nodes, part.flows), 0, below(whole));
  let x = 0;
  let top = below(whole);
  for (const part of single) {
    const placed = layoutConnected(part.nodes, []);
    if (x > 0 && x + placed.width > Math.max(WRAP, whole.width)) {
      x = 0;
      top = below(whole);
    }
    append(whole, placed, x, top);
    x += placed.width + COLUMN_GAP;
  }
  return whole;
}

const below = (whole: FlowLayout) => (whole.height === 0 ? 0 : whole.height + ROW_GAP);

function append(whole: FlowLayout, part: FlowLayout, x: number, y: number): void {
  for (const [id, box] of part.boxes) whole.boxes.set(id, { ...box, x: box.x + x, y: box.y + y });
  for (const [id, points] of part.routes) whole.routes.set(id, points.map((point) => ({ x: point.x + x, y: point.y + y })));
  for (const [band, { top, bottom }] of part.bands) whole.bands.set(band, { top: top + y, bottom: bottom + y });
  whole.width = Math.max(whole.width, x + part.width);
  whole.height = Math.max(whole.height, y + part.height);
}

interface Part {
  nodes: FlowNode[];
  flows: Flow[];
}

function components(nodes: FlowNode[], flows: Flow[]): { connected: Part[]; single: Part[] } {
  const parent = new Map(nodes.map((node) => [node.id, node.id]));
  const find = (id: string): string => {
    let root = id;
    while (parent.get(root) !== root) root = parent.get(root)!;
    for (let at = id; at !== root;) {
      const next = parent.get(at)!;
      parent.set(at, root);
      at = next;
    }
    return root;
  };
  for (const node of nodes) if (node.host && parent.has(node.host)) parent.set(find(node.id), find(node.host));
  for (const flow of flows) parent.set(find(flow.source), find(flow.target));
  const parts = new Map<string, Part>();
  for (const node of nodes) {
    const root = find(node.id);
    const part = parts.get(root) ?? { nodes: [], flows: [] };
    part.nodes.push(node);
    parts.set(root, part);
  }
  for (const flow of flows) parts.get(find(flow.source))!.flows.push(flow);
  const all = [...parts.values()];
  return { connected: all.filter((part) => part.flows.length > 0), single: all.filter((part) => part.flows.length === 0) };
}

/** Where the columns and rows of one connected part lie, and which line between columns each source takes. */
interface Grid {
  left: number[];
  right: number[];
  rows: Map<string, { centre: number; bottom: number }>;
  channel: (column: number, source: string) => number;
  height: number;
  width: number;
}

const rowKey = (cell: Cell) => `${cell.band}:${cell.row}`;

function layoutConnected(nodes: FlowNode[], flows: Flow[]): FlowLayout {
  const hosts = new Map(nodes.map((node) => [node.id, node.host && nodes.some((each) => each.id === node.host) ? node.host : undefined]));
  const main = nodes.filter((node) => !hosts.get(node.id));
  const boundary = new Map<string, FlowNode[]>();
  for (const node of nodes) {
    const host = hosts.get(node.id);
    if (host) boundary.set(host, [...(boundary.get(host) ?? []), node]);
  }
  const wide = main.map((node) => ({ ...node, width: Math.max(node.width, (boundary.get(node.id)?.length ?? 0) * (BOUNDARY + 12)) }));
  const { layer, back } = findLayers(wide, flows, (id) => hosts.get(id) ?? id);
  const { columns, chains } = findChains(wide, flows, layer, back, hosts);
  const tails = flows.filter((flow) => hosts.get(flow.source));
  const grid = measure(columns, chains, flows, boundary, tails);
  const layout: FlowLayout = { width: grid.width, height: grid.height, boxes: new Map(), routes: new Map(), bands: new Map() };
  const cellOf = new Map<string, Cell>();
  for (const column of columns) for (const cell of column) if (cell.node) place(layout, grid, cell, cell.node, boundary, cellOf);
  routeAll(layout, grid, flows, chains, cellOf, hosts, tails);
  measureBands(layout, grid, columns);
  return layout;
}

function place(layout: FlowLayout, grid: Grid, cell: Cell, node: FlowNode, boundary: Map<string, FlowNode[]>, cellOf: Map<string, Cell>): void {
  const column = grid.left[cell.layer]!;
  const x = column + (grid.right[cell.layer]! - column - node.width) / 2;
  const y = grid.rows.get(rowKey(cell))!.centre - node.height / 2;
  layout.boxes.set(node.id, { x, y, width: node.width, height: node.height });
  cellOf.set(node.id, cell);
  const events = boundary.get(node.id) ?? [];
  events.forEach((event, index) => {
    const centre = x + (node.width * (index + 1)) / (events.length + 1);
    layout.boxes.set(event.id, { x: centre - event.width / 2, y: y + node.height - event.height / 2, width: event.width, height: event.height });
    cellOf.set(event.id, cell);
  });
}

function measure(columns: Cell[][], chains: Map<string, Cell[]>, flows: Flow[], boundary: Map<string, FlowNode[]>, tails: Flow[]): Grid {
  const used = columns.map(() => new Map<string, number>());
  const labelled = columns.map(() => false);
  for (const flow of flows) {
    const chain = chains.get(flow.id) ?? [];
    const column = chain[0]?.layer ?? 0;
    for (const cell of chain.slice(0, -1)) {
      const channels = used[cell.layer]!;
      if (!channels.has(flow.source)) channels.set(flow.source, channels.size);
    }
    if (flow.labelled) labelled[column] = true;
  }
  const left: number[] = [];
  const right: number[] = [];
  let x = COLUMN_GAP;
  columns.forEach((cells, index) => {
    const width = Math.max(36, ...cells.map((cell) => cell.node?.width ?? 0));
    left.push(x);
    right.push(x + width);
    x += width + COLUMN_GAP + CHANNEL * used[index]!.size + (labelled[index] ? 44 : 0);
  });
  const rows = new Map<string, { centre: number; bottom: number }>();
  const heights = new Map<string, { cell: Cell; height: number; extra: number }>();
  for (const cell of columns.flat()) {
    const known = heights.get(rowKey(cell)) ?? { cell, height: 20, extra: 0 };
    known.height = Math.max(known.height, cell.node ? Math.max(cell.node.height, 72) : 0);
    const events = cell.node ? (boundary.get(cell.node.id) ?? []) : [];
    const ends = tails.filter((flow) => events.some((event) => event.id === flow.source)).length;
    if (events.length > 0) known.extra = Math.max(known.extra, 26) + 8 * ends;
    heights.set(rowKey(cell), known);
  }
  let y = 0;
  for (const { cell, height, extra } of [...heights.values()].sort((a, b) => a.cell.band - b.cell.band || a.cell.row - b.cell.row)) {
    rows.set(rowKey(cell), { centre: y + height / 2, bottom: y + height });
    y += height + extra + ROW_GAP;
  }
  return {
    left, right, rows,
    channel: (column, source) => right[column]! + COLUMN_GAP / 2 + CHANNEL * (used[column]!.get(source) ?? 0),
    height: y - ROW_GAP,
    width: right[right.length - 1]! + COLUMN_GAP,
  };
}

function routeAll(
  layout: FlowLayout, grid: Grid, flows: Flow[], chains: Map<string, Cell[]>, cellOf: Map<string, Cell>,
  hosts: Map<string, string | undefined>, tails: Flow[],
): void {
  const bottom = layout.height;
  let loops = 0;
  for (const flow of flows) {
    const chain = chains.get(flow.id);
    const source = layout.boxes.get(flow.source)!;
    const target = layout.boxes.get(flow.target)!;
    const cell = cellOf.get(flow.source)!;
    const centre = grid.rows.get(rowKey(cell))!.centre;
    const points: Point[] = [];
    let y = centre;
    if (hosts.get(flow.source)) {
      y = grid.rows.get(rowKey(cell))!.bottom + 26 + 8 * (tails.indexOf(flow) % 5);
      points.push({ x: source.x + source.width / 2, y: source.y + source.height });
      points.push({ x: source.x + source.width / 2, y });
    } else {
      points.push({ x: source.x + source.width, y });
    }
    if (chain) {
      for (let step = 0; step < chain.length - 1; step += 1) {
        const next = grid.rows.get(rowKey(chain[step + 1]!))!.centre;
        const x = grid.channel(chain[step]!.layer, flow.source);
        points.push({ x, y }, { x, y: next });
        y = next;
      }
    } else {
      // Backwards: below everything, and up again before the target.
      loops += 1;
      const under = bottom + 10 + 14 * loops;
      const x = grid.right[cell.layer]! + 14;
      const before = grid.left[cellOf.get(flow.target)!.layer]! - 14;
      y = target.y + target.height / 2;
      points.push({ x, y: points[points.length - 1]!.y }, { x, y: under }, { x: before, y: under }, { x: before, y });
      layout.height = under + 4;
    }
    points.push({ x: target.x, y: target.y + target.height / 2 });
    layout.routes.set(flow.id, straightened(points));
  }
}

function measureBands(layout: FlowLayout, grid: Grid, columns: Cell[][]): void {
  for (const cell of columns.flat()) {
    const { centre, bottom } = grid.rows.get(rowKey(cell))!;
    const known = layout.bands.get(cell.band);
    const top = centre - (bottom - centre);
    layout.bands.set(cell.band, { top: Math.min(known?.top ?? top, top), bottom: Math.max(known?.bottom ?? bottom, bottom) });
  }
}

/** Without points that lie on the line between their neighbours. */
export function straightened(points: Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept[kept.length - 1];
    const before = kept[kept.length - 2];
    if (last && last.x === point.x && last.y === point.y) continue;
    if (last && before && ((before.x === last.x && last.x === point.x) || (before.y === last.y && last.y === point.y))) kept.pop();
    kept.push(point);
  }
  return kept;
}
