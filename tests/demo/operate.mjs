/** What is done to a running instance by hand: tokens put and ended one by one, migration, cancellation, deletion. */
import { readFileSync } from 'node:fs';
import { accessible, ask, deploy, settled, write } from './harness.mjs';

/** The steps on one instance; each looks at the screen and at what the engine answers. */
export class Operation {
  constructor(page, base) {
    this.page = page;
    this.base = base;
    this.first = readFileSync(new URL('onboarding.bpmn', import.meta.url), 'utf8');
  }

  async begin() {
    this.firstKey = await deploy(this.base, { 'onboarding.bpmn': this.first });
    const { body } = await ask(this.base, 'POST', '/v2/process-instances', { processDefinitionKey: this.firstKey });
    this.key = body.processInstanceKey;
    await this.page.goto(`${this.base}/instances/${this.key}`);
    await this.page.locator('.diagram-canvas[data-ready="true"]').waitFor();
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  async choose(list, option) {
    await this.page.getByRole('combobox', { name: list }).click();
    await this.page.getByRole('option', { name: option }).first().click();
  }

  async active(elementId) {
    const filter = { processInstanceKey: this.key, state: 'ACTIVE', elementId };
    return (await ask(this.base, 'POST', '/v2/element-instances/search', { filter })).body.items;
  }

  async putsATokenWithVariables() {
    await this.begin();
    await this.button('Move tokens').click();
    await this.choose('To', 'Create the account');
    await this.button('Variables').click();
    await this.page.getByText('Only for “Create the account”').click();
    await write(this.page, this.page.locator('.cm-content'), { system: 'mail' });
    await this.page.getByText('Puts a new token before “Create the account”').waitFor();
    await accessible(this.page, 'token with variables');
    await this.button('Put a token').click();
    await this.page.getByText('Token put').waitFor();
    const tokens = await this.active('account');
    equal(tokens.length, 2, 'tokens at the account');
    const { body } = await ask(this.base, 'POST', '/v2/variables/search', { filter: { processInstanceKey: this.key, name: 'system' } });
    equal(body.items[0]?.value, '"mail"', 'the variable');
    equal(body.items[0]?.scopeKey, tokens.map((each) => each.elementInstanceKey).sort().pop(), 'where the variable belongs');
    await this.page.locator('.djs-overlays[data-container-id="account"] .badge-active').getByText('2').waitFor();
    await this.page.getByRole('region', { name: 'Local to Create the account' }).getByText('"mail"').waitFor();
  }

  async endsOneToken() {
    const before = await this.active('account');
    await settled(this.page);
    await this.button('Move tokens').click();
    const gone = before[0].elementInstanceKey;
    await this.choose('From', new RegExp(`Create the account: one since .*${gone.slice(-6)}`));
    await this.button('End token').click();
    await this.page.getByText('Token ended').waitFor();
    equal((await this.active('account')).map((each) => each.elementInstanceKey).join(), before[1].elementInstanceKey, 'the token that is left');
    equal((await this.active('desk')).length, 1, 'tokens at the desk');
    await this.page.locator('.djs-overlays[data-container-id="account"] .badge-active').getByText('1').waitFor();
  }

  async refusesAMigration() {
    const second = this.first.replace('id="desk" name="Prepare the desk"', 'id="workplace" name="Prepare the workplace"').replace('id="account" name', 'id="login" name')
      .replaceAll('Ref="desk"', 'Ref="workplace"').replaceAll('Ref="account"', 'Ref="login"');
    this.secondKey = await deploy(this.base, { 'onboarding.bpmn': second });
    this.version = (await ask(this.base, 'GET', `/v2/process-definitions/${this.secondKey}`)).body.version;
    await settled(this.page);
    await this.button('Migrate').click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByText('The new version has no element of the same id').waitFor();
    if (await dialog.getByRole('button', { name: /^Migrate/ }).isEnabled()) throw new Error('it can be sent without a mapping');
    await this.choose('Prepare the desk goes on as', /login/);
    await this.choose('Create the account goes on as', /workplace/);
    await dialog.getByRole('button', { name: `Migrate to version ${this.version}` }).click();
    const obstacles = dialog.getByRole('list', { name: 'What stands in the way' }).getByRole('listitem');
    await obstacles.nth(1).waitFor();
    equal(await obstacles.count(), 2, 'obstacles');
    await obstacles.getByText('“Prepare the desk” (desk)').waitFor();
    await obstacles.getByText('“Create the account” (account)').waitFor();
    await accessible(this.page, 'refused migration');
    equal((await this.instance()).processDefinitionKey, this.firstKey, 'the definition');
  }

  async migrates() {
    await this.choose('Prepare the desk goes on as', /workplace/);
    await this.choose('Create the account goes on as', /login/);
    await accessible(this.page, 'migration');
    await this.button(`Migrate to version ${this.version}`).click();
    await this.page.getByText('Instance migrated').waitFor();
    equal((await this.instance()).processDefinitionKey, this.secondKey, 'the definition');
    equal((await this.active('workplace')).length + (await this.active('login')).length, 2, 'tokens in the new version');
    await this.page.getByRole('link', { name: `Version ${this.version}` }).waitFor();
    await this.page.locator('[data-element-id="workplace"].is-active').waitFor();
    await this.page.getByText('Someone has to claim and complete the task “Prepare the workplace”').waitFor();
  }

  async deletes() {
    await settled(this.page);
    await this.button('Cancel instance').click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Cancel instance' }).click();
    await this.page.getByRole('heading', { level: 1 }).getByText('Cancelled').waitFor();
    equal((await this.instance()).state, 'TERMINATED', 'the state');
    await settled(this.page);
    await this.button('Delete').click();
    await accessible(this.page, 'deletion');
    await this.page.getByRole('dialog').getByRole('button', { name: 'Delete instance' }).click();
    await this.page.waitForURL(/\/instances$/);
    await this.page.getByText('Instance deleted').waitFor();
    equal((await ask(this.base, 'GET', `/v2/process-instances/${this.key}`)).status, 404, 'the answer about the deleted instance');
    await this.page.getByRole('region', { name: 'Instances' }).waitFor();
    equal(await this.page.getByText(this.key, { exact: true }).locator('visible=true').count() - await this.page.locator('.mantine-Notification-root').getByText(this.key).count(), 0, 'rows of the deleted instance');
  }

  async instance() {
    return (await ask(this.base, 'GET', `/v2/process-instances/${this.key}`)).body;
  }
}

function equal(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}
