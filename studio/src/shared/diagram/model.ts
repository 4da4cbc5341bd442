/** What is used here of a model as bpmn-moddle reads it. */
import { inFlowOrder, type DiagramElement } from './outline';

export interface ModelElement {
  $type: string;
  id: string;
  name?: string;
  $parent?: ModelElement;
  $instanceOf(type: string): boolean;
  flowElements?: ModelElement[];
  artifacts?: ModelElement[];
  sourceRef?: ModelElement | ModelElement[];
  targetRef?: ModelElement;
  attachedToRef?: ModelElement;
  triggeredByEvent?: boolean;
  processRef?: ModelElement;
  participants?: ModelElement[];
  messageFlows?: ModelElement[];
  laneSets?: LaneSet[];
  dataInputAssociations?: ModelElement[];
  dataOutputAssociations?: ModelElement[];
  text?: string;
  extensionElements?: { values?: Extension[] };
}

/** An element of another namespace; what the reader does not know has its attributes as they stand there. */
interface Extension {
  $type: string;
  $descriptor?: { ns?: { uri?: string; localName?: string } };
  agentType?: string;
}

export interface LaneSet {
  lanes?: (ModelElement & { flowNodeRef?: ModelElement[]; childLaneSet?: LaneSet })[];
}

export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlaneElement {
  bpmnElement?: ModelElement;
  bounds?: Bounds;
  isExpanded?: boolean;
  label?: { bounds?: Bounds };
}

export interface DiagramPart {
  id?: string;
  plane?: { bpmnElement?: ModelElement; planeElement?: PlaneElement[] };
}

export interface Definitions {
  rootElements?: ModelElement[];
  diagrams?: DiagramPart[];
}

export interface Moddle {
  create(type: string, attributes: Record<string, unknown>): unknown;
}

/** The process that is asked for; without a wish, the first that is executable, else the first. */
export function processOf(definitions: Definitions, processId: string | undefined): ModelElement | undefined {
  const processes = (definitions.rootElements ?? []).filter((each) => each.$instanceOf('bpmn:Process'));
  return (
    processes.find((each) => each.id === processId) ??
    processes.find((each) => (each as { isExecutable?: boolean }).isExecutable) ??
    processes[0]
  );
}

const ZEEBE = 'http://camunda.org/schema/zeebe/1.0';

const AGENTS: Record<string, string> = { aiAgentSubProcess: 'AI agent', aiAgentTask: 'AI agent', external: 'External AI agent' };

/** What kind of AI agent a model of Camunda 8 marks an element as. */
function agentOf(element: ModelElement): string | undefined {
  for (const { $descriptor, agentType } of element.extensionElements?.values ?? []) {
    const { uri, localName } = $descriptor?.ns ?? {};
    if (uri === ZEEBE && localName === 'agentDefinition' && agentType !== undefined) return AGENTS[agentType];
  }
  return undefined;
}

/** Everything that a token can be at, in the order in which tokens come, the inside of a sub-process after it. */
export function elementsOf(scope: ModelElement, depth = 0): DiagramElement[] {
  const nodes = (scope.flowElements ?? [])
    .filter((each) => each.$instanceOf('bpmn:FlowNode'))
    // What an event starts stands beside the flow; it comes last.
    .sort((a, b) => Number(a.triggeredByEvent ?? false) - Number(b.triggeredByEvent ?? false));
  const next = new Map<string, string[]>(nodes.map((node) => [node.id, []]));
  for (const flow of scope.flowElements ?? []) {
    if (!flow.$instanceOf('bpmn:SequenceFlow') || Array.isArray(flow.sourceRef)) continue;
    if (flow.sourceRef && flow.targetRef) next.get(flow.sourceRef.id)?.push(flow.targetRef.id);
  }
  for (const node of nodes) if (node.attachedToRef) next.get(node.attachedToRef.id)?.push(node.id);
  const ordered = inFlowOrder(nodes.map((node) => ({ id: node.id, name: node.name ?? '', type: node.$type, depth, agent: agentOf(node), next: next.get(node.id)! })));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return ordered.flatMap((element) => {
    const node = byId.get(element.id)!;
    return node.flowElements ? [element, ...elementsOf(node, depth + 1)] : [element];
  });
}
