/**
 * Columns and rows for elements along their flows: each element right of all that lead to it, except where that would be
 * a loop; a flow over several columns holds a free place in each of them.
 */
import type { Flow, FlowNode } from './flowLayout';

export interface Cell {
  layer: number;
  row: number;
  band: number;
  /** Nothing where a flow only passes. */
  node?: FlowNode;
}

/** More places than this, and nobody would find anything in the drawing. */
const MAX_CELLS = 20_000;

export interface Layers {
  layer: Map<string, number>;
  /** Ids of the flows that lead back. */
  back: Set<string>;
}

export function findLayers(nodes: FlowNode[], flows: Flow[], place: (id: string) => string): Layers {
  const outgoing = new Map<string, Flow[]>(nodes.map((node) => [node.id, []]));
  const incoming = new Map<string, number>(nodes.map((node) => [node.id, 0]));
  for (const flow of flows) {
    outgoing.get(place(flow.source))!.push(flow);
    incoming.set(place(flow.target), incoming.get(place(flow.target))! + 1);
  }
  const back = loops(nodes, outgoing, incoming, place);
  const layer = new Map<string, number>(nodes.map((node) => [node.id, 0]));
  const waiting = new Map<string, number>(nodes.map((node) => [node.id, 0]));
  for (const flow of flows) if (!back.has(flow.id)) waiting.set(place(flow.target), waiting.get(place(flow.target))! + 1);
  const ready = nodes.filter((node) => waiting.get(node.id) === 0).map((node) => node.id);
  for (let index = 0; index < ready.length; index += 1) {
    const id = ready[index]!;
    for (const flow of outgoing.get(id)!) {
      if (back.has(flow.id)) continue;
      const target = place(flow.target);
      layer.set(target, Math.max(layer.get(target)!, layer.get(id)! + 1));
      waiting.set(target, waiting.get(target)! - 1);
      if (waiting.get(target) === 0) ready.push(target);
    }
  }
  return { layer, back };
}

/** The flows that close a loop, found by a walk from the elements that nothing leads to. */
function loops(nodes: FlowNode[], outgoing: Map<string, Flow[]>, incoming: Map<string, number>, place: (id: string) => string): Set<string> {
  const back = new Set<string>();
  const state = new Map<string, 'open' | 'done'>();
  const roots = [...nodes].sort((a, b) => Number(incoming.get(a.id)! > 0) - Number(incoming.get(b.id)! > 0));
  for (const root of roots) {
    if (state.has(root.id)) continue;
    state.set(root.id, 'open');
    const path = [{ id: root.id, next: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const flow = outgoing.get(top.id)![top.next];
      if (!flow) {
        state.set(top.id, 'done');
        path.pop();
        continue;
      }
      top.next += 1;
      const target = place(flow.target);
      if (state.get(target) === 'open') back.add(flow.id);
      else if (!state.has(target)) {
        state.set(target, 'open');
        path.push({ id: target, next: 0 });
      }
    }
  }
  return back;
}

export interface Chains {
  columns: Cell[][];
  /** The cells that each forward flow goes through, its ends included. */
  chains: Map<string, Cell[]>;
}

export function findChains(
  nodes: FlowNode[], flows: Flow[], layer: Map<string, number>, back: Set<string>, hosts: Map<string, string | undefined>,
): Chains {
  const columns: Cell[][] = Array.from({ length: Math.max(...layer.values()) + 1 }, () => []);
  const cells = new Map<string, Cell>();
  for (const node of nodes) {
    const cell: Cell = { layer: layer.get(node.id)!, row: 0, band: node.band ?? 0, node };
    cells.set(node.id, cell);
    columns[cell.layer]!.push(cell);
  }
  const chains = new Map<string, Cell[]>();
  let count = nodes.length;
  // What leaves by the border comes after what leaves in the ordinary way, so that it lies below.
  const ordered = [...flows].sort((a, b) => Number(hosts.get(a.source) !== undefined) - Number(hosts.get(b.source) !== undefined));
  for (const flow of ordered) {
    if (back.has(flow.id)) continue;
    const source = cells.get(hosts.get(flow.source) ?? flow.source)!;
    const target = cells.get(flow.target)!;
    const chain = [source];
    for (let at = source.layer + 1; at < target.layer; at += 1) {
      const passing: Cell = { layer: at, row: 0, band: source.band };
      columns[at]!.push(passing);
      chain.push(passing);
      count += 1;
      if (count > MAX_CELLS) throw new RangeError('the model is too large to be laid out');
    }
    chain.push(target);
    chains.set(flow.id, chain);
  }
  assignRows(columns, [...chains.values()]);
  return { columns, chains };
}

/** Column by column: everything beside what leads to it, further branches below. */
function assignRows(columns: Cell[][], chains: Cell[][]): void {
  const wanted = new Map<Cell, number>();
  const children = new Map<Cell, Cell[]>();
  for (const chain of chains) {
    chain.slice(0, -1).forEach((cell, index) => {
      const list = children.get(cell) ?? [];
      if (!list.includes(chain[index + 1]!)) list.push(chain[index + 1]!);
      children.set(cell, list);
    });
  }
  for (const column of columns) {
    const next = new Map<number, number>();
    const order = column.map((cell, index) => ({ cell, index, row: wanted.get(cell) ?? 0 }));
    for (const { cell, row } of order.sort((a, b) => a.row - b.row || a.index - b.index)) {
      cell.row = Math.max(row, next.get(cell.band) ?? 0);
      next.set(cell.band, cell.row + 1);
    }
    for (const { cell } of order) {
      (children.get(cell) ?? []).forEach((child, index) => {
        const row = child.band === cell.band ? cell.row + index : 0;
        wanted.set(child, Math.min(wanted.get(child) ?? row, row));
      });
    }
  }
}
