/**
 * One model with every element of BPMN and every event in every position, written from a table.
 * Invariant: each entry of `everyKind().shapes` is an element of the model, with the symbol that it has to have; two
 * elements have the same symbol exactly where the standard draws them the same.
 */
const DEFINITION = {
  message: (id) => `<messageEventDefinition id="${id}-d" messageRef="m-${id}"/>`,
  timer: (id) => `<timerEventDefinition id="${id}-d"><timeDuration xsi:type="tFormalExpression">P999D</timeDuration></timerEventDefinition>`,
  error: (id) => `<errorEventDefinition id="${id}-d" errorRef="error"/>`,
  escalation: (id) => `<escalationEventDefinition id="${id}-d" escalationRef="escalation-${id}"/>`,
  cancel: (id) => `<cancelEventDefinition id="${id}-d"/>`,
  compensation: (id) => `<compensateEventDefinition id="${id}-d"/>`,
  conditional: (id) => `<conditionalEventDefinition id="${id}-d"><condition xsi:type="tFormalExpression">=ready = true</condition></conditionalEventDefinition>`,
  link: (id) => `<linkEventDefinition id="${id}-d" name="over"/>`,
  signal: (id) => `<signalEventDefinition id="${id}-d" signalRef="s-${id}"/>`,
  terminate: (id) => `<terminateEventDefinition id="${id}-d"/>`,
};
const CATCHING = ['message', 'timer', 'conditional', 'signal', 'multiple', 'parallel-multiple'];
const START = ['none', ...CATCHING];
const HANDLER = ['message', 'timer', 'error', 'escalation', 'compensation', 'conditional', 'signal', 'multiple', 'parallel-multiple'];
const HANDLER_BESIDE = ['message', 'timer', 'escalation', 'conditional', 'signal', 'multiple', 'parallel-multiple'];
const CATCH = ['message', 'timer', 'conditional', 'link', 'signal', 'multiple', 'parallel-multiple'];
const BOUNDARY = ['message', 'timer', 'error', 'escalation', 'cancel', 'compensation', 'conditional', 'signal', 'multiple', 'parallel-multiple'];
const THROW = ['none', 'message', 'escalation', 'compensation', 'link', 'signal', 'multiple'];
const END = ['none', 'message', 'error', 'escalation', 'cancel', 'compensation', 'signal', 'terminate', 'multiple'];
const TASKS = {
  task: '', sendTask: ' messageRef="m-task"', receiveTask: ' messageRef="m-task"', userTask: '', manualTask: '',
  businessRuleTask: '', serviceTask: '', scriptTask: ' scriptFormat="feel"', callActivity: ' calledElement="every-kind"',
};
const MARKERS = {
  loop: '<standardLoopCharacteristics loopMaximum="2"/>',
  parallel: '<multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">=2</loopCardinality></multiInstanceLoopCharacteristics>',
  sequential: '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality xsi:type="tFormalExpression">=2</loopCardinality></multiInstanceLoopCharacteristics>',
};
const GATEWAYS = {
  'exclusive-plain': ['exclusiveGateway', ''],
  exclusive: ['exclusiveGateway', ''],
  inclusive: ['inclusiveGateway', ''],
  parallel: ['parallelGateway', ''],
  complex: ['complexGateway', ''],
  'event-based': ['eventBasedGateway', ''],
  'event-based-start': ['eventBasedGateway', ' instantiate="true"'],
  'event-based-start-parallel': ['eventBasedGateway', ' instantiate="true" eventGatewayType="Parallel"'],
};
/** What the event-based gateways wait for, and the way out where a condition does not hold. */
const WIRES = [
  ['gateway-event-based', 'catch-timer'], ['gateway-event-based', 'catch-conditional'],
  ['gateway-event-based-start', 'catch-message'], ['gateway-event-based-start', 'catch-signal'],
  ['gateway-event-based-start-parallel', 'race-1'], ['gateway-event-based-start-parallel', 'race-2'],
  ['data-task', 'end-none'],
];
/** Nodes without sequence flows, with none that enter, with none that leave. */
const ALONE = /^(undo|handler-.*-scope|collapsed-handler)$/;
const NOT_ENTERED = /^(start-|boundary-(?!.*-host$)|catch-link|gateway-event-based-start|receive-start)/;
const NOT_LEFT = /^(end-|data-end|throw-link|boundary-compensation$|gateway-event-based)/;
const STEP = 150;
const LEFT = 250;
const RIGHT = LEFT + 11 * STEP;

/** The model's text and what it shows: `shapes` are `{ id, symbol, parts }`, `parts` the graphics it has at least. */
export function everyKind() {
  const model = new Model();
  const rows = [
    ['Start', 'startEvent', START, events], ['Handlers', '', HANDLER, handlers(true)], ['Handlers beside', '', HANDLER_BESIDE, handlers(false)],
    ['Catch', 'intermediateCatchEvent', CATCH, events], ['Boundary', '', BOUNDARY, boundaries(true)],
    ['Boundary beside', '', HANDLER_BESIDE, boundaries(false)], ['Throw', 'intermediateThrowEvent', THROW, events],
    ['End', 'endEvent', END, events],
  ];
  for (const [name, tag, kinds, draw] of rows) model.lane(name, 150, (y) => draw(model, tag, kinds, y));
  model.lane('Tasks', 150, (y) => tasks(model, y));
  model.lane('Repeated', 150, (y) => repeated(model, y));
  model.lane('Scopes', 150, (y) => scopes(model, y));
  model.lane('Gateways', 150, (y) => gateways(model, y));
  model.lane('Data', 150, (y) => data(model, y));
  return model.finish();
}

class Model {
  body = '';
  io = '';
  roots = '<error id="error" name="Broken" errorCode="BROKEN"/><message id="m-task" name="task"/>';
  lanes = '';
  artifacts = '';
  picture = '';
  members = [];
  nodes = [];
  flows = [];
  shapes = [];
  edges = [];
  y = 0;

  lane(name, height, draw) {
    this.members = [];
    draw(this.y + height / 2);
    const id = `lane-${name.toLowerCase().replace(/ /g, '-')}`;
    this.lanes += `<lane id="${id}" name="${name}">${this.members.map((each) => `<flowNodeRef>${each}</flowNodeRef>`).join('')}</lane>`;
    this.show(id, 'lane', 1, [130, this.y, RIGHT - 130, height], ' isHorizontal="true"');
    this.y += height;
    this.nodes.push(...this.members);
  }

  show(id, symbol, parts, [x, y, width, height], more = '') {
    this.shapes.push({ id, symbol, parts });
    this.picture += `<bpmndi:BPMNShape id="${id}-di" bpmnElement="${id}"${more}><dc:Bounds x="${x}" y="${y}" width="${width}" height="${height}"/></bpmndi:BPMNShape>`;
  }

  /** An edge; a symbol is asked for where it says more than that there is a line. */
  connect(id, points, symbol) {
    this.edges.push({ id, symbol });
    this.picture += edge(id, points);
  }

  definitions(id, kind) {
    if (kind === 'none') return '';
    const names = /multiple$/.test(kind) ? ['message', 'signal'] : [kind];
    return names.map((name) => {
      const own = `${id}-${name}`;
      if (name === 'message') this.roots += `<message id="m-${own}" name="${own}"/>`;
      if (name === 'signal') this.roots += `<signal id="s-${own}" name="${own}"/>`;
      if (name === 'escalation') this.roots += `<escalation id="escalation-${own}" name="${own}" escalationCode="${own}"/>`;
      return DEFINITION[name](own);
    }).join('');
  }

  event(id, tag, kind, symbol, x, y, more = '') {
    const both = kind === 'parallel-multiple' ? ' parallelMultiple="true"' : '';
    const frame = /start|end/.test(tag) ? 1 : 2;
    this.show(id, symbol, kind === 'none' ? frame : frame + 1, [x - 18, y - 18, 36, 36]);
    return `<${tag} id="${id}" name="${kind.replace('-', ' ')}"${both}${more}>${this.definitions(id, kind)}</${tag}>`;
  }

  /** A start, what it starts, and the end of it: what a scope needs. */
  started(id, start, end, [x, y]) {
    this.edges.push({ id: `${id}-flow` });
    this.picture += edge(`${id}-flow`, [[x - 12, y], [x + 12, y]]);
    return `${start}${end}<sequenceFlow id="${id}-flow" sourceRef="${id}-start" targetRef="${id}-end"/>`;
  }

  /** An executable process leaves no node unreached. These flows are not drawn: they would hide what there is to see. */
  wire() {
    const from = new Set(this.flows.map(([source]) => source));
    const to = new Set(this.flows.map(([, target]) => target));
    let count = 0;
    const add = (source, target) => {
      count += 1;
      this.body += `<sequenceFlow id="wire-${count}" sourceRef="${source}" targetRef="${target}"/>`;
    };
    for (const [source, target] of WIRES) add(source, target);
    for (const id of this.nodes) {
      if (ALONE.test(id)) continue;
      if (!to.has(id) && !NOT_ENTERED.test(id) && !WIRES.some(([, target]) => target === id)) add('start-none', id);
      if (!from.has(id) && !NOT_LEFT.test(id)) add(id, 'end-none');
    }
  }

  finish() {
    this.wire();
    this.show('every-kind-pool', 'pool', 1, [100, 0, RIGHT - 100, this.y], ' isHorizontal="true"');
    this.show('partner', 'closed-pool', 2, [100, this.y + 60, RIGHT - 100, 60], ' isHorizontal="true"');
    this.connect('message-flow', [[600, this.y], [600, this.y + 60]], 'message-flow');
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="every-kind-file" targetNamespace="http://example.org/every-kind">
${this.roots}<dataStore id="store" name="Store"/><category id="category"><categoryValue id="category-value" value="group"/></category>
<collaboration id="collaboration"><participant id="every-kind-pool" name="Every kind" processRef="every-kind"/><participant id="partner" name="Partner"><participantMultiplicity id="partners" minimum="2" maximum="3"/></participant><messageFlow id="message-flow" sourceRef="every-kind-pool" targetRef="partner"/></collaboration>
<process id="every-kind" name="Every kind" isExecutable="true">${this.io}<laneSet id="lanes">${this.lanes}</laneSet>
${this.body}
${this.artifacts}</process>
<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="collaboration">${ordered(this.picture)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>`;
    return { xml, shapes: this.shapes, edges: this.edges };
  }
}

function edge(id, points) {
  return `<bpmndi:BPMNEdge id="${id}-di" bpmnElement="${id}">${points.map(([x, y]) => `<di:waypoint x="${x}" y="${y}"/>`).join('')}</bpmndi:BPMNEdge>`;
}

/** Pools and lanes first, for later shapes lie above earlier ones. */
function ordered(picture) {
  const parts = picture.match(/<bpmndi:BPMN(Shape|Edge).*?<\/bpmndi:BPMN\1>/g);
  const rank = (part) => ['"every-kind-pool"', '"lane-'].findIndex((each) => part.includes(`bpmnElement=${each}`));
  const order = (part) => (rank(part) < 0 ? 2 : rank(part));
  return parts.sort((a, b) => order(a) - order(b)).join('\n');
}

function events(model, tag, kinds, y) {
  const position = { startEvent: 'start', intermediateCatchEvent: 'catch', intermediateThrowEvent: 'throw', endEvent: 'end' }[tag];
  kinds.forEach((kind, index) => {
    const id = `${position}-${kind}`;
    const x = LEFT + index * STEP;
    if (kind === 'cancel') {
      // Only a transaction can be cancelled.
      model.show('cancelled', 'transaction', 2, [x - 60, y - 55, 120, 100], ' isExpanded="true"');
      const start = model.event('cancelled-start', 'startEvent', 'none', 'start-none', x - 30, y);
      const end = model.event('cancelled-end', tag, kind, id, x + 30, y);
      model.body += `<transaction id="cancelled">${model.started('cancelled', start, end, [x, y])}</transaction>`;
      model.members.push('cancelled');
      return;
    }
    model.body += model.event(id, tag, kind, id, x, y);
    model.members.push(id);
  });
}

function handlers(interrupting) {
  return (model, _tag, kinds, y) =>
    kinds.forEach((kind, index) => {
      const id = `handler-${interrupting ? '' : 'beside-'}${kind}`;
      const x = LEFT + index * STEP;
      if (kind === 'compensation') model.show(`${id}-owner`, 'sub-process-wide', 1, [x - 70, y - 60, 140, 120], ' isExpanded="true"');
      model.show(`${id}-scope`, 'event-sub-process', 1, [x - 60, y - 50, 120, 100], ' isExpanded="true"');
      const symbol = interrupting ? `start-${kind}` : id;
      const start = model.event(`${id}-start`, 'startEvent', kind, symbol, x - 30, y - 10, interrupting ? '' : ' isInterrupting="false"');
      const end = model.event(`${id}-end`, 'endEvent', 'none', 'end-none', x + 30, y - 10);
      const scope = `<subProcess id="${id}-scope" triggeredByEvent="true">${model.started(id, start, end, [x, y - 10])}</subProcess>`;
      if (kind !== 'compensation') {
        model.body += scope;
        model.members.push(`${id}-scope`);
        return;
      }
      // Compensates a sub-process, so it lies in one.
      model.body += `<subProcess id="${id}-owner">${scope}</subProcess>`;
      model.members.push(`${id}-owner`);
    });
}

function boundaries(interrupting) {
  return (model, _tag, kinds, y) =>
    kinds.forEach((kind, index) => {
      const id = `boundary-${interrupting ? '' : 'beside-'}${kind}`;
      const x = LEFT + index * STEP;
      const host = `${id}-host`;
      const [tag, symbol] = kind === 'cancel' ? ['transaction', 'transaction'] : ['task', 'task'];
      model.show(host, symbol, symbol === 'task' ? 1 : 2, kind === 'cancel' ? [x - 60, y - 60, 120, 100] : [x - 50, y - 60, 100, 80], kind === 'cancel' ? ' isExpanded="true"' : '');
      model.body += `<${tag} id="${host}"/>`;
      const looks = !interrupting ? id : CATCH.includes(kind) ? `catch-${kind}` : id;
      const at = kind === 'cancel' ? y + 40 : y + 20;
      model.body += model.event(id, 'boundaryEvent', kind, looks, x, at, ` attachedToRef="${host}"${interrupting ? '' : ' cancelActivity="false"'}`);
      model.members.push(host, id);
      if (kind === 'compensation') compensate(model, id, x, at);
    });
}

/** The handler of a compensation, in the lane of tasks that repeat. */
function compensate(model, event, x, y) {
  model.body += '<task id="undo" name="compensation" isForCompensation="true"/>';
  model.artifacts += `<association id="undo-association" sourceRef="${event}" targetRef="undo" associationDirection="One"/>`;
  const target = 150 * 9 + 75;
  const left = LEFT + 9 * STEP;
  model.show('undo', 'task-compensation', 2, [left - 50, target - 40, 100, 80]);
  model.connect('undo-association', [[x, y + 18], [x, y + 40], [left + 70, y + 40], [left + 70, target], [left + 50, target]], 'association-one');
}

function tasks(model, y) {
  Object.entries(TASKS).forEach(([tag, more], index) => {
    task(model, tag, tag, more, index, y, tag === 'scriptTask' ? '<script>=1</script>' : '', tag === 'task' ? 1 : 2);
  });
  task(model, 'receive-start', 'receiveTask', ' messageRef="m-task" instantiate="true"', 9, y, '', 2);
}

function task(model, id, tag, more, index, y, inside, parts) {
  model.show(id, id, parts, [LEFT + index * STEP - 50, y - 40, 100, 80]);
  model.body += `<${tag} id="${id}" name="${id}"${more}>${inside}</${tag}>`;
  model.members.push(id);
}

function repeated(model, y) {
  Object.entries(MARKERS).forEach(([marker, inside], index) => {
    task(model, `task-${marker}`, 'task', '', index, y, inside, 2);
    collapsed(model, `scope-${marker}`, 'subProcess', '', index + 3, y, inside);
  });
  task(model, 'call-parallel', 'callActivity', ' calledElement="every-kind"', 6, y, MARKERS.parallel, 2);
  // It is drawn here, beside the other markers.
  model.members.push('undo');
}

function collapsed(model, id, tag, more, index, y, inside, content = '') {
  model.show(id, id, 2, [LEFT + index * STEP - 50, y - 40, 100, 80], ' isExpanded="false"');
  model.body += `<${tag} id="${id}" name="${id}"${more}>${inside}${content || `<task id="${id}-task"/>`}</${tag}>`;
  model.members.push(id);
}

function scopes(model, y) {
  const expanded = { 'sub-process': ['subProcess', 1], transaction: ['transaction', 2], 'ad-hoc': ['adHocSubProcess', 2] };
  Object.entries(expanded).forEach(([symbol, [tag, parts]], index) => {
    const id = `open-${symbol}`;
    const x = LEFT + index * STEP;
    model.show(id, symbol, parts, [x - 60, y - 55, 120, 100], ' isExpanded="true"');
    // Leaves the marker of its scope to be seen.
    model.show(`${id}-task`, 'low-task', 1, [x - 50, y - 45, 100, 60]);
    model.body += `<${tag} id="${id}"><task id="${id}-task" name="${symbol}"/></${tag}>`;
    model.members.push(id);
  });
  collapsed(model, 'collapsed', 'subProcess', '', 3, y, '');
  collapsed(model, 'collapsed-transaction', 'transaction', '', 4, y, '');
  collapsed(model, 'collapsed-ad-hoc', 'adHocSubProcess', '', 5, y, '');
  model.roots += '<signal id="s-collapsed" name="collapsed"/>';
  collapsed(model, 'collapsed-handler', 'subProcess', ' triggeredByEvent="true"', 6, y, '', '<startEvent id="collapsed-start"><signalEventDefinition id="collapsed-d" signalRef="s-collapsed"/></startEvent><endEvent id="collapsed-end"/><sequenceFlow id="collapsed-flow" sourceRef="collapsed-start" targetRef="collapsed-end"/>');
}

function gateways(model, y) {
  Object.entries(GATEWAYS).forEach(([id, [tag, more]], index) => {
    const x = LEFT + index * STEP;
    const marker = id === 'exclusive' ? ' isMarkerVisible="true"' : '';
    model.show(`gateway-${id}`, `gateway-${id}`, id === 'exclusive-plain' ? 1 : 2, [x - 25, y - 35, 50, 50], marker);
    model.members.push(`gateway-${id}`);
    model.body += `<${tag} id="gateway-${id}" name="${id}"${more}${id === 'exclusive' ? ' default="flow-default"' : ''}/>`;
  });
  for (const id of ['race-1', 'race-2']) {
    model.body += model.event(id, 'intermediateCatchEvent', 'message', 'catch-message', LEFT + (id === 'race-1' ? 8 : 9) * STEP, y - 10);
    model.members.push(id);
  }
  flow(model, 'flow', 'gateway-exclusive-plain', 'gateway-exclusive', [[LEFT + 25, y - 10], [LEFT + STEP - 25, y - 10]]);
  flow(model, 'flow-default', 'gateway-exclusive', 'gateway-inclusive', [[LEFT + STEP + 25, y - 10], [LEFT + 2 * STEP - 25, y - 10]]);
}

function flow(model, id, from, to, points, inside = '') {
  model.body += `<sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${inside}</sequenceFlow>`;
  model.flows.push([from, to]);
  model.connect(id, points, id);
}

function data(model, y) {
  const place = (index, width, height) => [LEFT + index * STEP - width / 2, y - height / 2, width, height];
  const item = (id, index, parts) => model.show(id, id, parts, place(index, 36, 50));
  model.body += '<dataObject id="object"/><dataObjectReference id="data-object" name="data object" dataObjectRef="object"/><dataObject id="objects" isCollection="true"/><dataObjectReference id="data-objects" name="collection" dataObjectRef="objects"/><dataStoreReference id="data-store" name="data store" dataStoreRef="store"/>';
  item('data-object', 0, 1);
  item('data-objects', 1, 2);
  model.show('data-store', 'data-store', 1, place(2, 50, 50));
  const ends = [['data-input', 'dataInput', ''], ['data-inputs', 'dataInput', ' isCollection="true"'], ['data-output', 'dataOutput', ''], ['data-outputs', 'dataOutput', ' isCollection="true"']];
  ends.forEach(([id, , more], index) => item(id, index + 3, more ? 3 : 2));
  const declared = ends.map(([id, tag, more]) => `<${tag} id="${id}" name="${id}"${more}/>`).join('');
  model.io = `<ioSpecification id="io">${declared}<inputSet><dataInputRefs>data-input</dataInputRefs><dataInputRefs>data-inputs</dataInputRefs></inputSet><outputSet><dataOutputRefs>data-output</dataOutputRefs><dataOutputRefs>data-outputs</dataOutputRefs></outputSet></ioSpecification>`;
  model.artifacts += '<textAnnotation id="annotation"><text>text annotation</text></textAnnotation><group id="group" categoryValueRef="category-value"/><association id="association" sourceRef="data-store" targetRef="annotation"/>';
  model.show('annotation', 'annotation', 1, place(7, 100, 40));
  model.show('group', 'group', 1, place(8, 100, 100));
  model.connect('association', [[LEFT + 2 * STEP, y - 25], [LEFT + 2 * STEP, y - 60], [LEFT + 7 * STEP - 50, y - 60], [LEFT + 7 * STEP - 50, y - 20]], 'association');
  const x = LEFT + 9 * STEP;
  model.show('data-task', 'serviceTask', 2, [x - 50, y - 40, 100, 80]);
  model.members.push('data-task');
  model.body += `<serviceTask id="data-task" name="data"><ioSpecification id="data-io"><dataInput id="data-in"/><dataOutput id="data-out"/><inputSet><dataInputRefs>data-in</dataInputRefs></inputSet><outputSet><dataOutputRefs>data-out</dataOutputRefs></outputSet></ioSpecification><dataInputAssociation id="reads"><sourceRef>data-object</sourceRef><targetRef>data-in</targetRef></dataInputAssociation><dataOutputAssociation id="writes"><sourceRef>data-out</sourceRef><targetRef>data-objects</targetRef></dataOutputAssociation></serviceTask>`;
  model.connect('reads', [[LEFT, y + 25], [LEFT, y + 65], [x, y + 65], [x, y + 40]], 'association-one');
  model.connect('writes', [[x - 20, y - 40], [x - 20, y - 68], [LEFT + STEP, y - 68], [LEFT + STEP, y - 25]], 'association-one');
  const end = RIGHT - 75;
  model.body += model.event('data-end', 'endEvent', 'none', 'end-none', end, y);
  model.members.push('data-end');
  flow(model, 'flow-conditional', 'data-task', 'data-end', [[x + 50, y], [end - 18, y]], '<conditionExpression xsi:type="tFormalExpression">=ready</conditionExpression>');
}
