/** Models that bring no drawing, or only a part of one, or that nobody could draw. */
import { readFileSync } from 'node:fs';
import { accessible, ask, deploy, settled, watermarkVisible } from './harness.mjs';

/** A process without a drawing is laid out, with its tokens in it. */
export async function laysOut(page, base) {
  const xml = readFileSync(new URL('undrawn.bpmn', import.meta.url), 'utf8');
  const key = await deploy(base, { 'undrawn.bpmn': xml });
  const instance = await start(base, key);
  await page.goto(`${base}/instances/${instance}`);
  await page.locator('.diagram-canvas[data-ready="true"]').waitFor();
  await page.getByText('this layout is generated').waitFor();
  await page.locator('.badge-active').first().waitFor();
  const wanted = [...xml.matchAll(/<(?:startEvent|endEvent|\w+Task|boundaryEvent|\w+Gateway|subProcess|sequenceFlow|textAnnotation|association) id="([^"]+)"/g)].map((match) => match[1]);
  const drawn = await page.evaluate(() => [...document.querySelectorAll('.djs-element')].map((each) => each.getAttribute('data-element-id')));
  const missing = wanted.filter((id) => !drawn.includes(id));
  if (missing.length > 0) throw new Error(`not drawn: ${missing.join(', ')}`);
  await watermarkVisible(page);
  await accessible(page, 'generated layout');
}

const plane = (shapes) => `<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="collapsed">${shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`;
const shape = (id, x, width, height) => `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"${id === 'sub' ? ' isExpanded="false"' : ''}><dc:Bounds x="${x}" y="${100 - height / 2}" width="${width}" height="${height}"/></bpmndi:BPMNShape>`;

/** A collapsed sub-process of which only the outside is drawn opens nevertheless. */
export async function opensCollapsed(page, base) {
  const xml = model(
    'collapsed',
    `<startEvent id="start"/><subProcess id="sub" name="Look into it"><startEvent id="in"/><userTask id="look" name="Look"><extensionElements><zeebe:userTask/></extensionElements></userTask><sequenceFlow id="f2" sourceRef="in" targetRef="look"/></subProcess><sequenceFlow id="f1" sourceRef="start" targetRef="sub"/>`,
    plane(shape('start', 100, 36, 36) + shape('sub', 200, 100, 80)),
  );
  const instance = await start(base, await deploy(base, { 'collapsed.bpmn': xml }));
  await page.goto(`${base}/instances/${instance}`);
  await page.locator('.diagram-canvas[data-ready="true"]').waitFor();
  await page.locator('button.bjs-drilldown').click();
  await page.locator('[data-element-id="look"].is-active').waitFor();
  // The list leads into it as well.
  await page.goto(`${base}/instances/${instance}?element=look`);
  await page.locator('[data-element-id="look"].is-selected').waitFor();
}

/** Where no drawing can be made, the list of elements still says where tokens are. */
export async function listsTheUndrawable(page, base) {
  const count = 60;
  const names = Array.from({ length: count }, (_, index) => `t${index}`);
  const tasks = names.map((id) => `<manualTask id="${id}" name="Step ${id.slice(1)}"/>`).join('');
  const flows = names.flatMap((from, at) => names.slice(at + 1).map((to) => `<sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}"/>`)).join('');
  const wait = '<userTask id="wait" name="Wait here"><extensionElements><zeebe:userTask/></extensionElements></userTask>';
  const xml = model('tangled', `<startEvent id="start"/>${wait}<sequenceFlow id="f" sourceRef="start" targetRef="wait"/><sequenceFlow id="g" sourceRef="wait" targetRef="t0"/>${tasks}${flows}`, '');
  const instance = await start(base, await deploy(base, { 'tangled.bpmn': xml }));
  await page.goto(`${base}/instances/${instance}`);
  await page.getByRole('heading', { name: 'This model has no diagram' }).waitFor();
  const list = page.getByRole('list', { name: 'Elements of the process' });
  await list.getByRole('button', { name: /Wait here.*active/ }).waitFor();
  const shown = await list.getByRole('button').count();
  if (shown !== count + 2) throw new Error(`${shown} elements are listed instead of ${count + 2}`);
  await accessible(page, 'without a diagram');
  await settled(page);
}

function model(id, content, drawing) {
  return `<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://example.org/demo"><process id="${id}" isExecutable="true">${content}</process>${drawing}</definitions>`;
}

async function start(base, processDefinitionKey) {
  const { status, body } = await ask(base, 'POST', '/v2/process-instances', { processDefinitionKey });
  if (status !== 200) throw new Error(body.detail);
  return body.processInstanceKey;
}
