/** A version of a process is deleted on its page: refused while an instance runs, then done, with its history. */
import { readFileSync } from 'node:fs';
import { accessible, ask, deploy, settled } from './harness.mjs';

export class Deletion {
  constructor(page, base) {
    this.page = page;
    this.base = base;
    const model = readFileSync(new URL('onboarding.bpmn', import.meta.url), 'utf8');
    // A process of its own, so that no other step's instances run by it.
    this.model = model.replaceAll('onboarding', 'offboarding').replaceAll('Onboarding', 'Offboarding');
  }

  async begin() {
    this.first = await deploy(this.base, { 'offboarding.bpmn': this.model });
    this.second = await deploy(this.base, { 'offboarding.bpmn': this.model.replace('Create the account', 'Close the account') });
    const { body } = await ask(this.base, 'GET', `/v2/process-definitions/${this.second}`);
    this.id = body.processDefinitionId;
    const started = await ask(this.base, 'POST', '/v2/process-instances', { processDefinitionKey: this.second });
    this.instance = started.body.processInstanceKey;
    await this.page.goto(`${this.base}/processes/${this.second}`);
    await this.page.locator('.diagram-canvas[data-ready="true"]').waitFor();
  }

  dialog() {
    return this.page.getByRole('dialog');
  }

  async ask() {
    await settled(this.page);
    await this.page.getByRole('button', { name: 'Delete version', exact: true }).click();
    await this.dialog().getByRole('list', { name: 'What will happen' }).waitFor();
  }

  async isRefusedWhileAnInstanceRuns() {
    await this.begin();
    await this.ask();
    await this.dialog().getByText('Version 1 is the latest one then').waitFor();
    await this.dialog().getByText('stay in the history, with their diagram').waitFor();
    await accessible(this.page, 'deletion of a version');
    await this.dialog().getByRole('button', { name: 'Delete version 2' }).click();
    await this.dialog().getByText('Nothing was deleted: 1 instance still runs by this version').waitFor();
    await accessible(this.page, 'refused deletion of a version');
    equal((await ask(this.base, 'GET', `/v2/process-definitions/${this.second}`)).body.state, 'ACTIVE', 'the state');
    await this.dialog().getByRole('link', { name: 'Show the running instances' }).click();
    await this.page.waitForURL(/\/instances\?/);
    await this.page.getByRole('region', { name: 'Instances' }).getByText(this.instance).waitFor();
  }

  async isDeletedOnceItEnded() {
    const { status } = await ask(this.base, 'POST', `/v2/process-instances/${this.instance}/cancellation`, {});
    equal(status, 204, 'the cancellation');
    await this.page.goto(`${this.base}/processes/${this.second}`);
    await this.page.locator('.diagram-canvas[data-ready="true"]').waitFor();
    await this.ask();
    await this.dialog().getByRole('button', { name: 'Delete version 2' }).click();
    await this.page.waitForURL(new RegExp(`/processes/${this.first}`));
    await this.page.getByText('Version deleted').waitFor();
    equal((await ask(this.base, 'GET', `/v2/process-definitions/${this.second}`)).body.state, 'DELETED', 'the state');
    const again = await ask(this.base, 'POST', '/v2/process-instances', { processDefinitionId: this.id });
    equal(again.body.processDefinitionVersion, 1, 'the version that starts now');
    await ask(this.base, 'POST', `/v2/process-instances/${again.body.processInstanceKey}/cancellation`, {});
  }

  /** Whoever follows a link from an instance that ended sees what it ran by, and that it cannot be started. */
  async isStillShownWithItsInstances() {
    await this.page.goto(`${this.base}/instances/${this.instance}`);
    await this.page.locator('.diagram-canvas[data-ready="true"]').waitFor();
    await this.page.getByRole('link', { name: 'Version 2' }).click();
    await this.page.waitForURL(new RegExp(`/processes/${this.second}`));
    await this.page.locator('.diagram-canvas[data-ready="true"]').waitFor();
    await this.page.getByText('Deleted', { exact: true }).waitFor();
    if (await this.page.getByRole('button', { name: 'Start instance' }).first().isEnabled()) throw new Error('a deleted version can be started');
    equal(await this.page.getByRole('button', { name: 'Delete version' }).count(), 0, 'ways to delete it again');
    await accessible(this.page, 'deleted version');
  }

  async goesWithItsHistory() {
    await this.page.goto(`${this.base}/processes/${this.first}`);
    await this.page.locator('.diagram-canvas[data-ready="true"]').waitFor();
    await this.ask();
    await this.dialog().getByText('It is the only version').waitFor();
    await this.dialog().getByRole('checkbox', { name: 'Delete its history too' }).check();
    await this.dialog().getByText('What is kept of instances that ended by it is deleted').waitFor();
    await this.dialog().getByRole('button', { name: 'Delete version 1' }).click();
    await this.page.waitForURL(/\/processes$/);
    await this.page.getByText('Version deleted').waitFor();
    equal((await ask(this.base, 'GET', `/v2/process-definitions/${this.first}`)).status, 404, 'the answer about the deleted version');
    const { body } = await ask(this.base, 'POST', '/v2/process-instances/search', { filter: { processDefinitionKey: this.first } });
    equal(body.items.length, 0, 'instances of it');
    await this.page.getByRole('region', { name: 'Processes' }).waitFor();
    equal(await this.page.getByRole('region', { name: 'Processes' }).getByText(this.id).count(), 0, 'rows of the deleted process');
  }
}

function equal(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}
