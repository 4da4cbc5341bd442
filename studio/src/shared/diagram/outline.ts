/** The elements of a diagram as text, in the order in which tokens meet them. */

export interface DiagramElement {
  id: string;
  name: string;
  type: string;
  /** The kind of AI agent that the model marks it as, in words. */
  agent?: string;
  /** How many sub-processes it is inside of. */
  depth?: number;
  /** Ids of the elements that its sequence flows lead to. */
  next: string[];
}

/** `elements` so that each comes after what leads to it, a way back of a loop aside; the rest keeps the document's order. */
export function inFlowOrder(elements: DiagramElement[]): DiagramElement[] {
  const byId = new Map(elements.map((element) => [element.id, element]));
  const entered = new Set(elements.flatMap((element) => element.next));
  const begins = [...elements.filter((element) => !entered.has(element.id)), ...elements];
  const waiting = new Map<string, number>();
  const back = waysBack(begins, byId);
  for (const element of elements) {
    for (const id of element.next) if (!back.has(`${element.id} ${id}`)) waiting.set(id, (waiting.get(id) ?? 0) + 1);
  }
  const ordered: DiagramElement[] = [];
  const seen = new Set<string>();
  for (const begin of begins) {
    // The last in is the next out: a branch is followed to its end before the next one begins.
    const open = waiting.get(begin.id) ? [] : [begin];
    for (let element = open.pop(); element; element = open.pop()) {
      if (seen.has(element.id)) continue;
      seen.add(element.id);
      ordered.push(element);
      const next: DiagramElement[] = [];
      for (const id of element.next) {
        if (back.has(`${element.id} ${id}`)) continue;
        const left = waiting.get(id)! - 1;
        waiting.set(id, left);
        if (left === 0 && byId.has(id)) next.push(byId.get(id)!);
      }
      open.push(...next.reverse());
    }
  }
  return ordered;
}

/** The connections that close a loop. */
function waysBack(begins: DiagramElement[], byId: Map<string, DiagramElement>): Set<string> {
  const back = new Set<string>();
  const state = new Map<string, 'open' | 'done'>();
  for (const begin of begins) {
    if (state.has(begin.id)) continue;
    state.set(begin.id, 'open');
    const path = [{ element: begin, next: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const id = top.element.next[top.next];
      if (id === undefined) {
        state.set(top.element.id, 'done');
        path.pop();
        continue;
      }
      top.next += 1;
      const target = byId.get(id);
      if (state.get(id) === 'open') back.add(`${top.element.id} ${id}`);
      else if (target && !state.has(id)) {
        state.set(id, 'open');
        path.push({ element: target, next: 0 });
      }
    }
  }
  return back;
}
