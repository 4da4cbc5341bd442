import { describe, expect, test } from 'vitest';
import { layoutFlow, straightened, type Box, type Flow, type FlowLayout, type FlowNode, type Point } from './flowLayout';

const task = (id: string, more: Partial<FlowNode> = {}): FlowNode => ({ id, width: 100, height: 80, ...more });
const event = (id: string, host: string): FlowNode => ({ id, width: 36, height: 36, host });
const flow = (source: string, target: string): Flow => ({ id: `${source}-${target}`, source, target });

const inside = (at: Point, box: Box) => at.x > box.x + 1 && at.x < box.x + box.width - 1 && at.y > box.y + 1 && at.y < box.y + box.height - 1;

/** Every way in which a drawing is wrong. */
function faults(layout: FlowLayout, nodes: FlowNode[], flows: Flow[]): string[] {
  const found: string[] = [];
  const box = (id: string) => layout.boxes.get(id)!;
  const solid = nodes.filter((node) => !node.host);
  for (const [index, a] of solid.entries()) {
    for (const b of solid.slice(index + 1)) {
      const [p, q] = [box(a.id), box(b.id)];
      if (p.x < q.x + q.width && q.x < p.x + p.width && p.y < q.y + q.height && q.y < p.y + p.height) found.push(`${a.id} lies over ${b.id}`);
    }
  }
  for (const { id, source, target } of flows) {
    const points = layout.routes.get(id);
    if (!points) {
      found.push(`${id} has no route`);
      continue;
    }
    for (const [index, to] of points.slice(1).entries()) {
      const from = points[index]!;
      if (from.x !== to.x && from.y !== to.y) found.push(`${id} is slanted`);
      for (const node of solid) {
        for (let step = 1; step < 40; step += 1) {
          const at = { x: from.x + ((to.x - from.x) * step) / 40, y: from.y + ((to.y - from.y) * step) / 40 };
          if (inside(at, box(node.id))) {
            found.push(`${id} runs through ${node.id}`);
            break;
          }
        }
      }
    }
    const [first, last] = [points[0]!, points[points.length - 1]!];
    if (last.x !== box(target).x) found.push(`${id} does not end at ${target}`);
    const start = box(source);
    if (first.x < start.x || first.x > start.x + start.width || first.y < start.y || first.y > start.y + start.height) found.push(`${id} does not begin at ${source}`);
  }
  return [...new Set(found)];
}

/** Numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('layout along the flows', () => {
  test('what follows stands to the right, branches below each other, their join beside the first', () => {
    const nodes = ['start', 'a', 'b', 'join'].map((id) => task(id));
    const layout = layoutFlow(nodes, [flow('start', 'a'), flow('start', 'b'), flow('a', 'join'), flow('b', 'join')]);
    const at = (id: string) => layout.boxes.get(id)!;
    expect(at('a').x).toBeGreaterThan(at('start').x + 100);
    expect(at('a').x).toBe(at('b').x);
    expect(at('b').y).toBeGreaterThan(at('a').y + 80);
    expect(at('join').y).toBe(at('start').y);
  });
  test('a boundary event sits on the lower border of its host', () => {
    const layout = layoutFlow([task('work'), event('late', 'work'), task('escalate')], [flow('late', 'escalate')]);
    const [host, late] = [layout.boxes.get('work')!, layout.boxes.get('late')!];
    expect(late.y + late.height / 2).toBe(host.y + host.height);
    expect(late.x).toBeGreaterThan(host.x);
  });
  test('a boundary event of nothing that is there stands alone', () => {
    expect(layoutFlow([event('late', 'gone')], []).boxes.has('late')).toBe(true);
  });
  test('a loop has a way back that goes below everything', () => {
    const nodes = ['a', 'b', 'c'].map((id) => task(id));
    const flows = [flow('a', 'b'), flow('b', 'c'), flow('c', 'b'), flow('b', 'b')];
    const layout = layoutFlow(nodes, flows);
    expect(Math.max(...layout.routes.get('c-b')!.map((point) => point.y))).toBeGreaterThan(80);
    expect(faults(layout, nodes, flows)).toEqual([]);
  });
  test('a flow to nowhere is left out', () => {
    expect(layoutFlow([task('a')], [flow('a', 'gone')]).routes.size).toBe(0);
  });
  test('lanes do not mix their rows', () => {
    const layout = layoutFlow([task('a', { band: 0 }), task('b', { band: 1 }), task('c', { band: 0 })], [flow('a', 'b'), flow('b', 'c')]);
    expect(layout.boxes.get('a')!.y).toBe(layout.boxes.get('c')!.y);
    expect(layout.bands.get(1)!.top).toBeGreaterThan(layout.bands.get(0)!.bottom);
  });
  test('a chain of thousands does not overflow the stack, and what nobody could read is refused', () => {
    const nodes = Array.from({ length: 5_000 }, (_, index) => task(`t${index}`));
    const flows = nodes.slice(1).map((node, index) => flow(`t${index}`, node.id));
    expect(layoutFlow(nodes, flows).boxes.size).toBe(5_000);
    const long = nodes.slice(0, 200).map((node, index) => flow(node.id, `t${4_999 - index}`));
    expect(() => layoutFlow(nodes, [...flows, ...long.map((each) => ({ ...each, id: `long-${each.id}` }))])).toThrow('too large');
  });
  test('two hundred random models have no overlap and no flow through an element', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const pick = numbers(seed);
      const count = 2 + pick(14);
      const nodes = Array.from({ length: count }, (_, index) => task(`n${index}`, pick(3) === 0 ? { width: 36, height: 36 } : pick(5) === 0 ? { width: 320, height: 210 } : {}));
      for (let index = 0; index < count / 4; index += 1) nodes.push(event(`e${index}`, `n${pick(count)}`));
      const flows = new Map<string, Flow>();
      for (let index = 0; index < count * 1.6; index += 1) {
        const each = flow(nodes[pick(nodes.length)]!.id, `n${pick(count)}`);
        flows.set(each.id, each);
      }
      const layout = layoutFlow(nodes, [...flows.values()]);
      expect(faults(layout, nodes, [...flows.values()]), `seed ${seed}`).toEqual([]);
    }
  });
});

test('points on a line are dropped', () => {
  expect(straightened([{ x: 0, y: 0 }, { x: 5, y: 0 }, { x: 5, y: 0 }, { x: 9, y: 0 }, { x: 9, y: 4 }])).toEqual([{ x: 0, y: 0 }, { x: 9, y: 0 }, { x: 9, y: 4 }]);
});
