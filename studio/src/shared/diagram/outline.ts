/** The elements of a diagram as text, in the order in which tokens meet them. */

export interface DiagramElement {
  id: string;
  name: string;
  type: string;
  /** Ids of the elements that its sequence flows lead to. */
  next: string[];
}

/** `elements` so that each comes after what leads to it where there is no loop; the rest keeps the document's order. */
export function inFlowOrder(elements: DiagramElement[]): DiagramElement[] {
  const byId = new Map(elements.map((element) => [element.id, element]));
  const waiting = new Map(elements.map((element) => [element.id, 0]));
  for (const element of elements) for (const id of element.next) waiting.set(id, (waiting.get(id) ?? 0) + 1);
  const ordered: DiagramElement[] = [];
  const seen = new Set<string>();
  const visit = (element: DiagramElement) => {
    if (seen.has(element.id)) return;
    seen.add(element.id);
    ordered.push(element);
    for (const id of element.next) {
      const left = (waiting.get(id) ?? 1) - 1;
      waiting.set(id, left);
      const next = byId.get(id);
      if (next && left <= 0) visit(next);
    }
  };
  for (const element of elements) if (waiting.get(element.id) === 0) visit(element);
  // What is left hangs on a loop.
  for (const element of elements) visit(element);
  return ordered;
}
