import { BpmnModdle } from 'bpmn-moddle';
import { describe, expect, test } from 'vitest';
import { completeDiagrams } from './generate';
import { elementsOf, processOf, type Definitions, type DiagramPart, type Moddle } from './model';

const moddle = new BpmnModdle() as unknown as Moddle & { fromXML(xml: string): Promise<{ rootElement: Definitions }> };

async function read(content: string): Promise<Definitions> {
  const xml = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="t">${content}</definitions>`;
  return (await moddle.fromXML(xml)).rootElement;
}

const FLAT = `<process id="p" isExecutable="true"><startEvent id="s"/><userTask id="ask" name="Ask"/><boundaryEvent id="late" name="Too late" attachedToRef="ask"><timerEventDefinition/></boundaryEvent>
  <subProcess id="sub"><startEvent id="is"/><task id="it"/><sequenceFlow id="if" sourceRef="is" targetRef="it"/></subProcess><endEvent id="e"/>
  <dataObjectReference id="data" dataObjectRef="d"/><dataObject id="d"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="ask"/><sequenceFlow id="f2" sourceRef="ask" targetRef="sub"/><sequenceFlow id="f3" sourceRef="sub" targetRef="e"/><sequenceFlow id="f4" sourceRef="late" targetRef="e"/>
  <textAnnotation id="note"><text>Remember</text></textAnnotation><association id="a" sourceRef="ask" targetRef="note"/></process>`;

const drawn = (diagram: DiagramPart | undefined) => (diagram?.plane?.planeElement ?? []).map((each) => each.bpmnElement?.id).sort();
const shape = (diagram: DiagramPart, id: string) => diagram.plane!.planeElement!.find((each) => each.bpmnElement?.id === id)!;

describe('models without a drawing', () => {
  test('everything is drawn, the inside of a sub-process in it', async () => {
    const { diagram, whole } = completeDiagrams(await read(FLAT), moddle, 'p');
    expect(whole).toBe(true);
    expect(drawn(diagram)).toEqual(['a', 'ask', 'data', 'e', 'f1', 'f2', 'f3', 'f4', 'if', 'is', 'it', 'late', 'note', 's', 'sub']);
    const [outer, inner] = [shape(diagram!, 'sub'), shape(diagram!, 'it')];
    expect(outer.isExpanded).toBe(true);
    expect(inner.bounds!.x).toBeGreaterThan(outer.bounds!.x);
    expect(inner.bounds!.y + inner.bounds!.height).toBeLessThan(outer.bounds!.y + outer.bounds!.height);
    expect(shape(diagram!, 'note').bounds!.y).toBeGreaterThan(outer.bounds!.y + outer.bounds!.height);
  });
  test('pools stand below each other, with their lanes and messages', async () => {
    const { diagram } = completeDiagrams(
      await read(`<collaboration id="c"><participant id="customer" name="Customer"/><participant id="shop" processRef="p"/><messageFlow id="m" sourceRef="customer" targetRef="t"/></collaboration>
        <process id="p" isExecutable="true"><laneSet id="ls"><lane id="l1"><flowNodeRef>s</flowNodeRef></lane><lane id="l2"><flowNodeRef>t</flowNodeRef></lane></laneSet><startEvent id="s"/><task id="t"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/></process>`),
      moddle, 'p',
    );
    expect(drawn(diagram)).toEqual(['customer', 'f', 'l1', 'l2', 'm', 's', 'shop', 't']);
    const [pool, upper, lower, task] = ['shop', 'l1', 'l2', 't'].map((id) => shape(diagram!, id).bounds!);
    expect(upper!.y).toBe(pool!.y);
    expect(upper!.y + upper!.height).toBe(lower!.y);
    expect(lower!.y + lower!.height).toBe(pool!.y + pool!.height);
    expect(task!.y).toBeGreaterThan(lower!.y);
    expect(pool!.y).toBeGreaterThan(shape(diagram!, 'customer').bounds!.y + 70);
  });
  test('a model without processes has none', async () => {
    expect(completeDiagrams(await read('<message id="m"/>'), moddle, 'p')).toEqual({ diagram: undefined, whole: false });
  });
});

describe('models with a drawing', () => {
  const di = (element: string, more = '', id = element) => `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${element}"${more}><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>`;
  const SUB = '<process id="p" isExecutable="true"><subProcess id="sub"><task id="inner"/></subProcess></process>';

  test('it stays as it is', async () => {
    const definitions = await read(`${SUB}<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">${di('sub', ' isExpanded="true"')}${di('inner')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`);
    const before = JSON.stringify(definitions.diagrams);
    expect(completeDiagrams(definitions, moddle, 'p')).toMatchObject({ diagram: { id: 'd' }, whole: false });
    expect(JSON.stringify(definitions.diagrams)).toBe(before);
  });
  test('the inside of a collapsed sub-process gets one of its own, once', async () => {
    const definitions = await read(`${SUB}<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">${di('sub')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`);
    expect(completeDiagrams(definitions, moddle, 'p').whole).toBe(false);
    expect(definitions.diagrams!.map((each) => each.plane!.bpmnElement!.id)).toEqual(['p', 'sub']);
    expect(drawn(definitions.diagrams![1])).toEqual(['inner']);
    completeDiagrams(definitions, moddle, 'p');
    expect(definitions.diagrams).toHaveLength(2);
  });
  test('the process that is asked for is shown, not the first', async () => {
    const definitions = await read(`<process id="p"><task id="t"/></process><process id="q"><task id="u"/></process>
      <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">${di('t')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
      <bpmndi:BPMNDiagram id="d2"><bpmndi:BPMNPlane id="pl2" bpmnElement="q">${di('u')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`);
    expect(completeDiagrams(definitions, moddle, 'q').diagram!.id).toBe('d2');
  });
});

test('the list has every element, the inside after its sub-process and a boundary event after its host', async () => {
  const elements = elementsOf(processOf(await read(FLAT), 'p')!);
  expect(elements.map((each) => `${each.depth} ${each.id}`)).toEqual(['0 s', '0 ask', '0 sub', '1 is', '1 it', '0 late', '0 e']);
});
