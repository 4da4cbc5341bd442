/** Decisions: the list, a table with the rules that matched, evaluation by hand and by a process, and a failure. */
import { readFileSync } from 'node:fs';
import { accessible, ask, deploy, settled, watermarkVisible, write } from './harness.mjs';

const sample = new URL('../../examples/loan-approval/', import.meta.url);
const read = (name) => readFileSync(new URL(name, sample), 'utf8');

/** The steps on the sample of loans. */
export class Loans {
  constructor(page, base) {
    this.page = page;
    this.base = base;
    this.application = JSON.parse(read('application.json'));
  }

  async lists() {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Decisions' }).click();
    await this.page.getByRole('heading', { name: 'No decision is deployed' }).waitFor();
    await accessible(this.page, 'no decisions');
    const files = ['loan-approval.bpmn', 'loan-approval.dmn', 'finance.dmn'];
    this.process = await deploy(this.base, Object.fromEntries(files.map((name) => [name, read(name)])));
    // The list follows by itself.
    await this.page.getByRole('link', { name: 'assessment', exact: true }).waitFor();
    const { body } = await ask(this.base, 'POST', '/v2/decision-definitions/search', {});
    const rows = await this.page.getByRole('region', { name: 'Decisions' }).locator('tbody tr').count();
    if (rows !== body.items.length) throw new Error(`${rows} decisions are listed, ${body.items.length} are deployed`);
    await accessible(this.page, 'decisions');
  }

  async evaluates() {
    await this.page.getByRole('link', { name: 'assessment', exact: true }).click();
    await this.page.locator('.dmn[data-ready="true"] .tjs-table').waitFor();
    await watermarkVisible(this.page);
    const editor = this.page.locator('.cm-content');
    await editor.filter({ hasText: 'defaults' }).waitFor();
    await write(this.page, editor, this.application);
    await this.page.getByRole('button', { name: 'Evaluate' }).click();
    await this.page.getByLabel('Result of the evaluation').getByText('{"route":"accept","rate":3.5}').waitFor();
    await this.expectMarked([3]);
    const key = new URL(this.page.url()).searchParams.get('evaluation');
    const { body } = await ask(this.base, 'POST', '/v2/decision-instances/search', { filter: { decisionEvaluationKey: key, decisionDefinitionId: 'assessment' } });
    const { body: stored } = await ask(this.base, 'GET', `/v2/decision-instances/${body.items[0].decisionEvaluationInstanceKey}`);
    if (stored.matchedRules.map((rule) => rule.ruleIndex).join() !== '3') throw new Error('the engine knows of other rules');
    await accessible(this.page, 'decision');
    await settled(this.page);
  }

  async followsTheRequirements() {
    await this.page.getByRole('listitem', { name: 'risk' }).getByRole('link', { name: 'risk' }).click();
    await this.page.getByRole('heading', { level: 1, name: 'risk' }).waitFor();
    await this.expectMarked([4]);
    await this.page.getByText('Requirements', { exact: true }).click();
    await this.page.locator('.djs-shape[data-element-id="burden"]').waitFor();
    await watermarkVisible(this.page);
    await accessible(this.page, 'requirements');
    await this.page.locator('.djs-shape[data-element-id="burden"]').click();
    await this.page.getByRole('heading', { level: 1, name: 'burden' }).waitFor();
    await this.page.getByText('finance.instalment(loan.amount').waitFor();
    await this.page.reload();
    await this.page.getByRole('listitem', { name: 'burden' }).getByText('0.21').waitFor();
  }

  async showsWhoAsked() {
    const { body: definitions } = await ask(this.base, 'POST', '/v2/decision-definitions/search', { filter: { decisionDefinitionId: 'assessment' } });
    await this.page.goto(`${this.base}/decisions/${definitions.items[0].decisionDefinitionKey}`);
    const list = this.page.getByRole('region', { name: 'Evaluations of this version' });
    await list.getByText('By hand').first().waitFor();
    const { body } = await ask(this.base, 'POST', '/v2/process-instances', { processDefinitionKey: this.process, variables: { ...this.application, loan: { amount: 250_000, months: 24 } } });
    // Live: nobody reloads.
    await list.getByRole('link', { name: body.processInstanceKey }).waitFor();
    await list.locator('tbody tr').first().getByRole('link').first().click();
    await this.page.getByLabel('Result of the evaluation').getByText('"decline"').waitFor();
    await this.expectMarked([1]);
    // The history of the instance leads to the same.
    await this.page.goto(`${this.base}/instances/${body.processInstanceKey}?tab=history`);
    await this.page.getByRole('link', { name: 'Show the rules' }).click();
    await this.page.getByLabel('Result of the evaluation').getByText('"decline"').waitFor();
  }

  async saysWhyItFailed() {
    const clash = read('loan-approval.dmn').replace('id="loanApproval"', 'id="clashing"').replace('<inputEntry id="l1"><text>"low"', '<inputEntry id="l1"><text>"low", "medium"').replace('id="rate" name="rate"', 'id="clashingRate" name="rate"')
      .replaceAll('href="#rate"', 'href="#clashingRate"').replaceAll('dmnElementRef="rate"', 'dmnElementRef="clashingRate"').replace(/id="(risk|burden|assessment)" name/g, 'id="$1Clash" name').replace(/href="#(risk|burden|assessment)"/g, 'href="#$1Clash"').replace(/dmnElementRef="(risk|burden|assessment)"/g, 'dmnElementRef="$1Clash"');
    await deploy(this.base, { 'clashing.dmn': clash, 'finance.dmn': read('finance.dmn') });
    const { body } = await ask(this.base, 'POST', '/v2/decision-definitions/search', { filter: { decisionDefinitionId: 'clashingRate' } });
    await this.page.goto(`${this.base}/decisions/${body.items[0].decisionDefinitionKey}`);
    await this.page.locator('.dmn[data-ready="true"] .tjs-table').waitFor();
    const editor = this.page.locator('.cm-content');
    await write(this.page, editor, { applicant: { ...this.application.applicant, defaults: 1 } });
    await this.page.keyboard.press('ControlOrMeta+Enter');
    await this.page.getByRole('alert').getByText(/UNIQUE, but the rules 1, 2 match/).waitFor();
    await this.expectMarked([1, 2]);
    await accessible(this.page, 'failed decision');
  }

  async expectMarked(rules) {
    await this.page.locator('.tjs-table tbody tr[data-matched]').first().waitFor();
    const marked = await this.page.locator('.tjs-table tbody tr').evaluateAll((rows) => rows.flatMap((row, index) => (row.hasAttribute('data-matched') ? [index + 1] : [])));
    if (marked.join() !== rules.join()) throw new Error(`rules ${marked.join()} are marked instead of ${rules.join()}`);
  }
}
