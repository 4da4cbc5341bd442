// Drives a running server with @camunda8/orchestration-cluster-api, unmodified. Every answer is checked against the
// client's own schemas (CAMUNDA_SDK_VALIDATION=req:strict,res:fanatical), so a missing, null or mistyped field fails.
//
//   CAMUNDA_REST_ADDRESS=http://127.0.0.1:8080 npm test
//
// The last line reads "N passed, N failed, N skipped"; the exit code is 1 where something failed.
import assert from 'node:assert/strict';
import { createCamundaClient } from '@camunda8/orchestration-cluster-api';

const address = process.env.CAMUNDA_REST_ADDRESS ?? 'http://127.0.0.1:8080';
const run = `r${Date.now().toString(36)}`;
const options = {
  CAMUNDA_REST_ADDRESS: address,
  CAMUNDA_AUTH_STRATEGY: 'NONE',
  CAMUNDA_SDK_LOG_LEVEL: 'error',
};
const client = createCamundaClient({ config: { ...options, CAMUNDA_SDK_VALIDATION: 'req:strict,res:fanatical' } });
// The client's schemas are those of 8.9. Three answers have one field more, which 8.10 requires: see `newer`.
const lenient = createCamundaClient({ config: { ...options, CAMUNDA_SDK_VALIDATION: 'req:strict,res:strict' } });
// Strict requests lose the cursor of a page (the first alternative of its schema matches without it), so this one checks
// them and sends them as they are; what it complains of fails the step.
const complaints = [];
const paging = createCamundaClient({
  config: { ...options, CAMUNDA_SDK_VALIDATION: 'req:warn,res:fanatical' },
  log: { level: 'warn', transport: (event) => complaints.push(event.args.map(String).join(' ')) },
});
const now = { consistency: { waitUpToMs: 0 } };

const header = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  id="d" targetNamespace="http://dirigent.example/clients">`;

/** Service task, message, user task, one after the other. */
const order = `${header}
  <message id="m" name="paid-${run}"><extensionElements>
    <zeebe:subscription correlationKey="=orderId"/></extensionElements></message>
  <process id="order-${run}" name="Order" isExecutable="true">
    <startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="charge"/>
    <serviceTask id="charge" name="Charge"><extensionElements>
      <zeebe:taskDefinition type="charge-${run}" retries="1"/>
      <zeebe:taskHeaders><zeebe:header key="currency" value="EUR"/></zeebe:taskHeaders></extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing></serviceTask>
    <sequenceFlow id="f2" sourceRef="charge" targetRef="wait"/>
    <intermediateCatchEvent id="wait" name="Paid"><incoming>f2</incoming><outgoing>f3</outgoing>
      <messageEventDefinition id="md" messageRef="m"/></intermediateCatchEvent>
    <sequenceFlow id="f3" sourceRef="wait" targetRef="approve"/>
    <userTask id="approve" name="Approve"><extensionElements><zeebe:userTask/>
      <zeebe:assignmentDefinition candidateGroups="clerks"/></extensionElements>
      <incoming>f3</incoming><outgoing>f4</outgoing></userTask>
    <sequenceFlow id="f4" sourceRef="approve" targetRef="end"/>
    <endEvent id="end"><incoming>f4</incoming></endEvent>
  </process></definitions>`;

/** A form at the start and one at the task. */
const asking = `${header}
  <process id="asking-${run}" name="Asking" isExecutable="true">
    <startEvent id="start"><extensionElements><zeebe:formDefinition formId="begin-${run}"/></extensionElements>
      <outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="fill"/>
    <userTask id="fill" name="Fill in"><extensionElements><zeebe:userTask/>
      <zeebe:formDefinition formId="fill-${run}" bindingType="deployment"/></extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing></userTask>
    <sequenceFlow id="f2" sourceRef="fill" targetRef="end"/>
    <endEvent id="end"><incoming>f2</incoming></endEvent>
  </process></definitions>`;
const form = (id, key) => JSON.stringify({ id: `${id}-${run}`, type: 'default', components: [{ type: 'textfield', key }] });

/** The price rests on the discount, which a table finds. */
const pricing = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="pricing-${run}" name="Pricing"
  namespace="http://dirigent.example/clients">
  <inputData id="amountInput" name="amount"><variable name="amount" typeRef="number"/></inputData>
  <decision id="discount-${run}" name="Discount"><variable name="Discount" typeRef="number"/>
    <informationRequirement id="r1"><requiredInput href="#amountInput"/></informationRequirement>
    <decisionTable id="table" hitPolicy="UNIQUE"><input id="in" label="Amount">
      <inputExpression id="x" typeRef="number"><text>amount</text></inputExpression></input>
      <output id="out" name="Discount" typeRef="number"/>
      <rule id="big"><inputEntry id="e1"><text>&gt;= 1000</text></inputEntry>
        <outputEntry id="o1"><text>10</text></outputEntry></rule>
      <rule id="small"><inputEntry id="e2"><text>&lt; 1000</text></inputEntry>
        <outputEntry id="o2"><text>0</text></outputEntry></rule></decisionTable></decision>
  <decision id="price-${run}" name="Price"><variable name="Price" typeRef="number"/>
    <informationRequirement id="r2"><requiredInput href="#amountInput"/></informationRequirement>
    <informationRequirement id="r3"><requiredDecision href="#discount-${run}"/></informationRequirement>
    <literalExpression id="l"><text>amount * (100 - Discount) / 100</text></literalExpression></decision>
</definitions>`;

/** One business rule task. */
const priced = `${header}
  <process id="priced-${run}" name="Priced" isExecutable="true">
    <startEvent id="start"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
    <businessRuleTask id="decide" name="Decide"><extensionElements>
      <zeebe:calledDecision decisionId="price-${run}" resultVariable="price"/></extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing></businessRuleTask>
    <sequenceFlow id="f2" sourceRef="decide" targetRef="end"/>
    <endEvent id="end"><incoming>f2</incoming></endEvent>
  </process></definitions>`;

let passed = 0;
let failed = 0;
let skipped = 0;
let broken = false;

/** One step; those after a failed one rest on it and are skipped. */
async function step(name, body) {
  if (broken) {
    skipped += 1;
    console.log(`skipped: ${name}`);
    return;
  }
  try {
    await body();
    passed += 1;
    console.log(`passed: ${name}`);
  } catch (error) {
    failed += 1;
    broken = true;
    console.log(`failed: ${name}: ${error?.stack ?? error}`);
    if (error?.issues) console.log(JSON.stringify(error.issues, null, 1));
  }
}

const one = (answer) => {
  assert.equal(answer.items.length, 1, JSON.stringify(answer));
  assert.equal(answer.page.totalItems, 1);
  return answer.items[0];
};

/** An answer whose one difference from the client's schema, in its strictest mode, is a field that 8.10 added. */
async function newer(field, call) {
  await assert.rejects(async () => call(client), (error) => {
    const found = error.cause ?? error; // some calls wrap it
    assert.deepEqual([found.name, found.issues], ['CamundaValidationError', [`/: ${field}`]], error.stack);
    return true;
  });
  return call(lenient);
}

let definition;
let instance;
let job;
let incident;
let task;

await step('asks for topology, licence, status and itself', async () => {
  const topology = await client.getTopology();
  assert.ok(topology.brokers.length > 0);
  assert.equal((await client.getLicense()).validLicense, true);
  assert.ok((await client.getAuthentication()).tenants.length > 0);
  await client.getStatus();
});

await step('deploys', async () => {
  const deployed = await client.createDeployment({ resources: [new File([order], 'order.bpmn')] });
  assert.equal(deployed.processes[0].processDefinitionId, `order-${run}`);
  definition = deployed.processes[0].processDefinitionKey;
  const found = await client.searchProcessDefinitions({ filter: { processDefinitionKey: definition } }, now);
  assert.equal(one(found).name, 'Order');
  const single = await client.getProcessDefinition({ processDefinitionKey: definition }, now);
  assert.equal(single.version, 1);
  assert.equal(await client.getProcessDefinitionXml({ processDefinitionKey: definition }, now), order);
});

await step('starts an instance', async () => {
  const created = await client.createProcessInstance({
    processDefinitionKey: definition, variables: { orderId: run, amount: 7 }, tags: ['client'], businessId: run,
  });
  instance = created.processInstanceKey;
  const found = one(await client.searchProcessInstances({ filter: { processInstanceKey: instance } }, now));
  assert.deepEqual([found.state, found.hasIncident, found.businessId], ['ACTIVE', false, run]);
  const single = await newer('suspendedDate', (by) => by.getProcessInstance({ processInstanceKey: instance }, now));
  assert.equal(single.state, 'ACTIVE');
});

await step('leases the job and fails it', async () => {
  const leased = await client.activateJobs({
    type: `charge-${run}`, worker: 'client', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: 10_000,
  });
  [job] = leased.jobs;
  assert.equal(job.processInstanceKey, instance);
  assert.deepEqual([job.variables.amount, job.customHeaders.currency], [7, 'EUR']);
  await client.failJob({ jobKey: job.jobKey, retries: 0, errorMessage: 'card declined' });
  const found = one(await client.searchJobs({ filter: { jobKey: job.jobKey } }, now));
  assert.deepEqual([found.state, found.retries, found.errorMessage], ['FAILED', 0, 'card declined']);
});

await step('resolves the incident', async () => {
  const found = one(await client.searchIncidents({ filter: { processInstanceKey: instance } }, now));
  assert.deepEqual([found.errorType, found.state, found.jobKey], ['JOB_NO_RETRIES', 'ACTIVE', job.jobKey]);
  incident = found.incidentKey;
  assert.equal((await client.getIncident({ incidentKey: incident }, now)).elementId, 'charge');
  await client.updateJob({ jobKey: job.jobKey, changeset: { retries: 1 } });
  await client.resolveIncident({ incidentKey: incident });
  assert.equal((await client.getIncident({ incidentKey: incident }, now)).state, 'RESOLVED');
});

await step('works the job with a worker', async () => {
  await new Promise((resolve, reject) => {
    const worker = client.createJobWorker({
      jobType: `charge-${run}`, workerName: 'client', maxParallelJobs: 1, jobTimeoutMs: 30_000, pollIntervalMs: 50,
      jobHandler: async (taken) => {
        const receipt = await taken.complete({ charged: taken.variables.amount });
        worker.stop();
        resolve();
        return receipt;
      },
    });
    setTimeout(() => reject(new Error('no job within 20 s')), 20_000).unref();
  });
  const found = await client.searchVariables(
    { filter: { processInstanceKey: instance, name: 'charged' } }, now,
  );
  assert.equal(one(found).value, '7');
  const variable = await client.getVariable({ variableKey: found.items[0].variableKey }, now);
  assert.equal(variable.name, 'charged');
});

await step('correlates the message', async () => {
  const filter = { processInstanceKey: instance, messageSubscriptionState: 'CREATED' };
  assert.equal(one(await client.searchMessageSubscriptions({ filter }, now)).messageName, `paid-${run}`);
  const correlated = await client.correlateMessage({
    name: `paid-${run}`, correlationKey: run, variables: { receipt: 'R-1' },
  });
  assert.equal(correlated.processInstanceKey, instance);
  const taken = await client.searchCorrelatedMessageSubscriptions({ filter: { processInstanceKey: instance } }, now);
  assert.equal(one(taken).messageKey, correlated.messageKey);
});

await step('assigns and completes the user task', async () => {
  const filter = { processInstanceKey: instance, state: 'CREATED', candidateGroup: 'clerks' };
  const found = one(await client.searchUserTasks({ filter }, now));
  task = found.userTaskKey;
  assert.equal(found.name, 'Approve');
  await client.assignUserTask({ userTaskKey: task, assignee: 'ada' });
  await client.updateUserTask({ userTaskKey: task, changeset: { priority: 80 } });
  const assigned = await newer('businessId', (by) => by.getUserTask({ userTaskKey: task }, now));
  assert.deepEqual([assigned.assignee, assigned.priority], ['ada', 80]);
  const variables = await client.searchUserTaskVariables({ userTaskKey: task, filter: { name: 'receipt' } }, now);
  assert.equal(one(variables).value, '"R-1"');
  await client.completeUserTask({ userTaskKey: task, variables: { approved: true } });
  const completed = await newer('businessId', (by) => by.getUserTask({ userTaskKey: task }, now));
  assert.equal(completed.state, 'COMPLETED');
});

await step('finds the whole history', async () => {
  const ended = one(await client.searchProcessInstances({ filter: { processInstanceKey: instance } }, now));
  assert.equal(ended.state, 'COMPLETED');
  const elements = await client.searchElementInstances({ filter: { processInstanceKey: instance } }, now);
  const types = elements.items.map((item) => item.type);
  for (const type of ['PROCESS', 'START_EVENT', 'SERVICE_TASK', 'INTERMEDIATE_CATCH_EVENT', 'USER_TASK', 'END_EVENT']) {
    assert.ok(types.includes(type), `${type} in ${types}`);
  }
  assert.ok(elements.items.every((item) => item.state === 'COMPLETED'));
  const single = await client.getElementInstance(
    { elementInstanceKey: elements.items[0].elementInstanceKey }, now,
  );
  assert.equal(single.processInstanceKey, instance);
  const flows = await client.getProcessInstanceSequenceFlows({ processInstanceKey: instance }, now);
  assert.deepEqual(flows.items.map((flow) => flow.elementId), ['f1', 'f2', 'f3', 'f4']);
  const statistics = await client.getProcessInstanceStatistics({ processInstanceKey: instance }, now);
  assert.equal(statistics.items.find((item) => item.elementId === 'approve').completed, 1);
  const ofDefinition = await client.getProcessDefinitionStatistics({ processDefinitionKey: definition }, now);
  assert.equal(ofDefinition.items.find((item) => item.elementId === 'end').completed, 1);
});

await step('pages through results', async () => {
  const filter = { processInstanceKey: instance };
  const first = await paging.searchElementInstances({ filter, page: { limit: 2 } }, now);
  const second = await paging.searchElementInstances({ filter, page: { limit: 2, after: first.page.endCursor } }, now);
  const keys = [...first.items, ...second.items].map((item) => item.elementInstanceKey);
  assert.equal(new Set(keys).size, 4);
  const back = await paging.searchElementInstances({ filter, page: { limit: 2, before: second.page.startCursor } }, now);
  assert.deepEqual(back.items, first.items);
  assert.deepEqual(complaints, []);
});

await step('publishes, cancels, sets variables', async () => {
  const { messageKey } = await client.publishMessage({ name: `nobody-${run}`, correlationKey: 'x', timeToLive: 1_000 });
  assert.ok(messageKey);
  const created = await client.createProcessInstance({ processDefinitionId: `order-${run}`, variables: { orderId: 'o' } });
  const key = created.processInstanceKey;
  await client.createElementInstanceVariables({ elementInstanceKey: key, variables: { note: 'x' }, local: true });
  const variables = await client.searchVariables({ filter: { scopeKey: key, name: 'note' } }, now);
  assert.equal(one(variables).value, '"x"');
  await client.cancelProcessInstance({ processInstanceKey: key });
  const cancelled = await newer('suspendedDate', (by) => by.getProcessInstance({ processInstanceKey: key }, now));
  assert.equal(cancelled.state, 'TERMINATED');
});

await step('evaluates an expression', async () => {
  const question = { expression: '=x + y', variables: { x: 10, y: 20 } };
  const evaluated = await newer('referencedSecrets', (by) => by.evaluateExpression(question));
  assert.equal(evaluated.result, 30);
});

await step('decides', async () => {
  const deployed = await client.createDeployment({
    resources: [new File([pricing], 'pricing.dmn'), new File([priced], 'priced.bpmn')],
  });
  const graph = deployed.decisionRequirements[0].decisionRequirementsKey;
  const price = deployed.decisions.find((found) => found.decisionDefinitionId === `price-${run}`);
  const key = price.decisionDefinitionKey;
  assert.equal(price.decisionRequirementsKey, graph);

  const ended = await client.createProcessInstance({
    processDefinitionId: `priced-${run}`, variables: { amount: 2_000 }, awaitCompletion: true,
  });
  assert.equal(ended.variables.price, 1_800);
  const filter = { processInstanceKey: ended.processInstanceKey };
  const taken = await client.searchDecisionInstances({ filter }, now);
  assert.deepEqual(taken.items.map((item) => [item.decisionDefinitionId, item.state, item.result]),
    [[`discount-${run}`, 'EVALUATED', '10'], [`price-${run}`, 'EVALUATED', '1800']]);
  const task = await client.searchElementInstances({ filter: { ...filter, elementId: 'decide' } }, now);
  assert.equal(taken.items[0].elementInstanceKey, one(task).elementInstanceKey);
  const decisionEvaluationInstanceKey = taken.items[0].decisionEvaluationInstanceKey;
  const table = await client.getDecisionInstance({ decisionEvaluationInstanceKey }, now);
  assert.deepEqual([table.evaluatedInputs[0].inputValue, table.matchedRules[0].ruleId], ['2000', 'big']);

  const evaluated = await client.evaluateDecision({ decisionDefinitionKey: key, variables: { amount: 100 } });
  assert.deepEqual([evaluated.output, evaluated.evaluatedDecisions.length, evaluated.failureMessage], ['100', 2, null]);
  const newest = await client.evaluateDecision({ decisionDefinitionId: `discount-${run}`, variables: { amount: 1_000 } });
  assert.equal(newest.evaluatedDecisions[0].matchedRules[0].evaluatedOutputs[0].outputValue, '10');
  const onRequest = await client.searchDecisionInstances(
    { filter: { decisionEvaluationKey: evaluated.decisionEvaluationKey, decisionDefinitionKey: key } }, now,
  );
  assert.equal(one(onRequest).processInstanceKey, null);

  const definitions = await client.searchDecisionDefinitions(
    { filter: { decisionRequirementsKey: graph, isLatestVersion: true }, sort: [{ field: 'name' }] }, now,
  );
  assert.deepEqual(definitions.items.map((item) => item.name), ['Discount', 'Price']);
  assert.equal((await client.getDecisionDefinition({ decisionDefinitionKey: key }, now)).version, 1);
  assert.equal(await client.getDecisionDefinitionXml({ decisionDefinitionKey: key }, now), pricing);
  const graphs = await client.searchDecisionRequirements({ filter: { decisionRequirementsKey: graph } }, now);
  assert.equal(one(graphs).resourceName, 'pricing.dmn');
  const single = await client.getDecisionRequirements({ decisionRequirementsKey: graph }, now);
  assert.equal(single.decisionRequirementsId, `pricing-${run}`);
  assert.equal(await client.getDecisionRequirementsXml({ decisionRequirementsKey: graph }, now), pricing);
});

await step('shows forms', async () => {
  const [begin, fill] = [form('begin', 'who'), form('fill', 'what')];
  const files = () => [new File([asking], 'asking.bpmn'), new File([begin], 'begin.form'), new File([fill], 'fill.form')];
  const deployed = await client.createDeployment({ resources: files() });
  const ofFile = (answer, name) => answer.forms.find((found) => found.resourceName === name);
  const [first, second] = [ofFile(deployed, 'begin.form'), ofFile(deployed, 'fill.form')];
  assert.deepEqual([first.formId, first.version, second.formId], [`begin-${run}`, 1, `fill-${run}`]);
  const again = await client.createDeployment({ resources: files() });
  assert.equal(ofFile(again, 'fill.form').formKey, second.formKey);

  const key = deployed.processes[0].processDefinitionKey;
  assert.equal((await client.getProcessDefinition({ processDefinitionKey: key }, now)).hasStartForm, true);
  const atStart = await client.getStartProcessForm({ processDefinitionKey: key }, now);
  assert.deepEqual([atStart.formKey, atStart.formId, atStart.schema], [first.formKey, `begin-${run}`, begin]);

  const created = await client.createProcessInstance({ processDefinitionKey: key });
  const filter = { processInstanceKey: created.processInstanceKey };
  const found = one(await client.searchUserTasks({ filter }, now));
  assert.deepEqual([found.formKey, found.externalFormReference], [second.formKey, null]);
  const atTask = await client.getUserTaskForm({ userTaskKey: found.userTaskKey }, now);
  assert.deepEqual([atTask.formKey, atTask.version, atTask.schema], [second.formKey, 1, fill]);
  // The client's schemas refuse what it makes itself of any answer without a body, so these are read without it.
  const none = async (path) => assert.equal((await fetch(`${address}/v2/${path}/form`)).status, 204);
  await none(`process-definitions/${definition}`);
  await none(`user-tasks/${task}`);
});

await step('deletes what it deployed', async () => {
  const second = order.replace('name="Order"', 'name="Order again"');
  const deployed = await client.createDeployment({ resources: [new File([second], 'order.bpmn')] });
  const latest = deployed.processes[0];
  assert.equal(latest.processDefinitionVersion, 2);
  const running = await client.createProcessInstance({ processDefinitionId: `order-${run}`, variables: { orderId: 'd' } });
  const refused = client.deleteResource({ resourceKey: latest.processDefinitionKey });
  await assert.rejects(refused, (error) => error.status === 409 && error.title === 'INVALID_STATE'
    && error.detail.includes(`Expected to delete resource with key \`${latest.processDefinitionKey}\` but there are still running instances`));
  await client.cancelProcessInstance({ processInstanceKey: running.processInstanceKey });
  const deleted = await client.deleteResource({ resourceKey: latest.processDefinitionKey });
  assert.deepEqual([deleted.resourceKey, deleted.batchOperation], [latest.processDefinitionKey, null]);
  const filter = { processDefinitionId: `order-${run}` };
  const found = one(await client.searchProcessDefinitions({ filter: { ...filter, state: 'DELETED' } }, now));
  assert.deepEqual([found.version, found.state], [2, 'DELETED']);
  const next = one(await client.searchProcessDefinitions({ filter: { ...filter, isLatestVersion: true } }, now));
  assert.deepEqual([next.version, next.state], [1, 'ACTIVE']);
  assert.equal(await client.getProcessDefinitionXml({ processDefinitionKey: latest.processDefinitionKey }, now), second);
  const again = client.deleteResource({ resourceKey: latest.processDefinitionKey });
  await assert.rejects(again, (error) => error.status === 404 && error.title === 'NOT_FOUND');
  await client.deleteResource({ resourceKey: latest.processDefinitionKey, deleteHistory: true });
  const gone = client.getProcessDefinition({ processDefinitionKey: latest.processDefinitionKey }, now);
  await assert.rejects(gone, (error) => error.status === 404);
});

await step('is told what is wrong', async () => {
  const missing = client.getIncident({ incidentKey: '77' }, now);
  await assert.rejects(missing, (error) => error.status === 404 && error.title === 'NOT_FOUND');
  const unknown = client.createProcessInstance({ processDefinitionId: `none-${run}` });
  await assert.rejects(unknown, (error) => error.status === 404 && /rejected with code 'NOT_FOUND'/.test(error.detail));
});

console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
