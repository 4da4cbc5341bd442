/**
 * The story of a newcomer: start a large order while the payment service is down, approve it, see the incident, read its
 * cause, correct the variable, see the order go on to its end. Everything through the screens.
 *
 * `--pictures` also takes the pictures of the documentation; before that, orders are put under way, so that the pages are not
 * empty.
 * DIRIGENT_URL is the address of a running server with the sample deployed (`./x run`); CHROMIUM may name a browser. The
 * sample's services are started here, on a port of their own.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findsTheWayBack, outlastsTheServer, reachesEverything, remembersInTheAddress, waitsForAMissingFile } from './astray.mjs';
import { Loans } from './decisions.mjs';
import { Deletion } from './deletion.mjs';
import { showsEveryKind } from './diagrams.mjs';
import { Operation } from './operate.mjs';
import { laysOut, listsTheUndrawable, opensCollapsed } from './undrawn.mjs';
import { accessible, ask, browserPath, forgiving, openPage, picture, refused, settled, Story, wantsPictures, watermarkVisible, write } from './harness.mjs';

const base = (process.env.DIRIGENT_URL ?? 'http://localhost:8080').replace(/\/$/, '');
const sample = new URL('../../examples/order-fulfilment/', import.meta.url);
const story = new Story();

if (!browserPath()) {
  story.skip('the story of a newcomer', 'no Chromium; install it (apt-get install chromium) or name it in CHROMIUM');
} else if (!(await reachable())) {
  story.skip('the story of a newcomer', `no server at ${base}; start one with ./x run or set DIRIGENT_URL`);
} else {
  const services = await startServices();
  try {
    await tell(services.url);
  } finally {
    services.stop();
  }
}
story.end();

async function reachable() {
  try {
    return (await fetch(`${base}/v2/topology`)).ok;
  } catch {
    return false;
  }
}

function startServices() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('services/server.mjs', sample)), '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const url = text.match(/http:\/\/[\d.]+:\d+/)?.[0];
      if (url) resolve({ url, stop: () => child.kill() });
    });
    child.on('exit', (code) => reject(new Error(`the sample's services ended with ${code}`)));
  });
}

/** As `demo.sh` of the sample does: some are done, some wait, some are stuck. */
async function putOrdersUnderWay(order, servicesUrl) {
  const { body } = await ask(base, 'POST', '/v2/process-definitions/search', { filter: { processDefinitionId: 'order-fulfilment' } });
  const people = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Emmy Noether', 'Katherine Johnson', 'Edsger Dijkstra', 'Barbara Liskov', 'Kurt Goedel', 'Mary Shaw'];
  const kinds = [{}, { total: 4200 }, { simulate: 'outage' }, { simulate: 'declined' }, {}, { total: 3100 }, {}, { simulate: 'risky' }, { simulate: 'outage' }];
  for (const [index, name] of people.entries()) {
    const customer = { name, email: `${name.toLowerCase().replace(' ', '.')}@example.org` };
    const variables = { ...order, orderId: `A-${1001 + index}`, customer, servicesUrl, ...kinds[index] };
    const { status } = await ask(base, 'POST', '/v2/process-instances', { processDefinitionKey: body.items[0].processDefinitionKey, variables });
    if (status !== 200) throw new Error(`order ${index} was not started: ${status}`);
  }
}

async function tell(servicesUrl) {
  const { browser, page, complaints } = await openPage(base);
  story.page = page;
  const button = (name) => page.getByRole('button', { name });
  const rail = (name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });
  const order = JSON.parse(readFileSync(new URL('order.json', sample), 'utf8'));
  let instance = '';

  if (wantsPictures) await story.step('orders are under way', () => putOrdersUnderWay(order, servicesUrl));

  await story.step('the first page opens and is live', async () => {
    await page.goto(base);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('Engine healthy').waitFor();
    await accessible(page, 'home');
  });

  await story.step('the sample process shows its diagram', async () => {
    await rail('Processes').click();
    await page.getByRole('link', { name: 'Order fulfilment', exact: true }).click();
    await page.locator('.diagram-canvas[data-ready="true"]').waitFor();
    await watermarkVisible(page);
    await accessible(page, 'process');
  });

  await story.step('a large order starts while the payment service is down', async () => {
    await button('Start instance').first().click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('button', { name: /outage/i }).click();
    const editor = drawer.locator('.cm-content');
    await editor.filter({ hasText: 'outage' }).waitFor();
    await write(page, editor, { ...order, total: 2890, simulate: 'outage', servicesUrl });
    await drawer.getByRole('button', { name: 'Start instance' }).click();
    await page.waitForURL(/\/instances\/\d+/);
    instance = new URL(page.url()).pathname.split('/').pop();
  });

  await story.step('the instance is suspended and resumed', async () => {
    const waits = page.getByRole('list', { name: 'What the instance waits for' });
    await waits.getByText(/Review order/).waitFor({ timeout: 30_000 });
    await button('Suspend').click();
    await button('Resume').waitFor();
    await page.getByRole('heading', { level: 1 }).getByText('Suspended').waitFor();
    await button('Resume').click();
    await button('Suspend').waitFor();
  });

  await story.step('its token is put before the review once more', async () => {
    // A message about the last step may lie over the button; it stays while the mouse is over it.
    await page.mouse.move(2, 2);
    await settled(page);
    await button('Move tokens').click();
    await accessible(page, 'move');
    for (const name of ['From', 'To']) {
      await page.getByRole('combobox', { name, exact: true }).click();
      await page.getByRole('option', { name: 'Review order' }).click();
    }
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByText('Tokens moved').waitFor();
  });

  await story.step('the page says that someone has to review it', async () => {
    const waits = page.getByRole('list', { name: 'What the instance waits for' });
    await waits.getByText(/Review order/).waitFor({ timeout: 30_000 });
    await waits.getByRole('link', { name: 'Open the task' }).click();
    await page.getByRole('heading', { name: 'Review order' }).waitFor();
    await page.locator('.diagram-canvas[data-ready="true"]').waitFor();
    await button('Claim').click();
    await page.getByText('This task is yours.').waitFor();
    await accessible(page, 'task');
    await settled(page);
    await picture(page, 'tasks');
  });

  await story.step('the order is approved', async () => {
    await page.getByRole('radio', { name: 'Yes' }).first().click();
    await button('Complete task').click();
    await page.getByText('Task completed').waitFor();
    await page.goto(`${base}/instances/${instance}`);
  });

  await story.step('the incident appears by itself and says why', async () => {
    const incident = page.getByRole('article', { name: 'Incident at Charge card' });
    await incident.waitFor({ timeout: 60_000 });
    await incident.getByText(/500/).first().waitFor();
    await page.locator('.badge-incident').waitFor();
    await watermarkVisible(page);
    await accessible(page, 'incident');
    await settled(page);
    await picture(page, 'instance-incident');
  });

  await story.step('home says what needs a person', async () => {
    await page.goto(base);
    await page.getByText('instances with an incident').waitFor();
    await page.getByRole('region', { name: 'Stuck' }).getByText('Charge card').first().waitFor();
    await settled(page);
    await picture(page, 'home');
    await page.goto(`${base}/instances/${instance}`);
  });

  await story.step('the variable is corrected and the incident resolved', async () => {
    await button('Edit variable and resolve').click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('combobox', { name: 'Variable' }).click();
    await page.getByRole('option', { name: /^simulate = / }).click();
    await drawer.locator('.cm-content').filter({ hasText: 'outage' }).waitFor();
    await accessible(page, 'edit');
    await write(page, drawer.locator('.cm-content'), null);
    await drawer.getByRole('button', { name: 'Save and resolve' }).click();
    await drawer.waitFor({ state: 'hidden' });
  });

  await story.step('the order goes on to its end, live', async () => {
    await page.getByRole('heading', { level: 1 }).getByText('Completed').waitFor({ timeout: 60_000 });
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('The instance completed').waitFor();
    await accessible(page, 'history');
    await settled(page);
    await picture(page, 'instance-done');
  });

  await story.step('the process page counts it', async () => {
    await page.getByRole('link', { name: /^Version \d+/ }).click();
    await page.locator('.badge-completed').first().waitFor();
    await settled(page);
    await picture(page, 'process');
  });

  await story.step('Ctrl+K finds the instance by its key', async () => {
    await page.keyboard.press('ControlOrMeta+K');
    await page.getByRole('combobox', { name: 'Go to' }).fill(instance);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/instances/${instance}`));
  });

  await story.step('connectors are listed', async () => {
    await rail('Connectors').click();
    await page.getByRole('button', { name: /field/ }).first().waitFor();
    await accessible(page, 'connectors');
  });

  await story.step('a refused deployment shows every finding', () => refused(complaints, 400, async () => {
    await rail('Processes').click();
    await button('Deploy').waitFor();
    await page.locator('input[type=file]').setInputFiles({ name: 'broken.bpmn', mimeType: 'text/xml', buffer: readFileSync(new URL('broken.bpmn', import.meta.url)) });
    const dialog = page.getByRole('dialog');
    await dialog.getByText('was not deployed').waitFor();
    const findings = await dialog.getByRole('listitem').count();
    if (findings < 1) throw new Error('no finding is shown');
    await accessible(page, 'findings');
    await dialog.getByRole('button', { name: 'Close' }).first().click();
  }));

  const operation = new Operation(page, base);
  await story.step('a token is put with variables of its own', () => operation.putsATokenWithVariables());
  await story.step('one of two tokens is ended', () => operation.endsOneToken());
  await story.step('a migration that cannot be names every obstacle', () => refused(complaints, 409, () => operation.refusesAMigration()));
  await story.step('the instance goes on with another version', () => operation.migrates());
  await story.step('it is cancelled and deleted', () => refused(complaints, 404, () => operation.deletes()));

  const deletion = new Deletion(page, base);
  await story.step('a version by which an instance runs is not deleted, and the page says why', () => refused(complaints, 409, () => deletion.isRefusedWhileAnInstanceRuns()));
  await story.step('a version is deleted, and the one below starts instances', () => deletion.isDeletedOnceItEnded());
  await story.step('a deleted version is still shown with its instances', () => deletion.isStillShownWithItsInstances());
  await story.step('the last version goes with its history', () => refused(complaints, 404, () => deletion.goesWithItsHistory()));

  const loans = new Loans(page, base);
  await story.step('decisions are listed, once there are any', () => loans.lists());
  await story.step('a decision is evaluated and its table marks the rule', async () => {
    await loans.evaluates();
    await picture(page, 'decision');
  });
  await story.step('what it requires is seen in the same evaluation', () => loans.followsTheRequirements());
  await story.step('an evaluation by a process appears by itself', () => loans.showsWhoAsked());
  await story.step('a decision that failed says why', () => loans.saysWhyItFailed());

  await story.step('a diagram shows every kind of element with a symbol of its own', () => showsEveryKind(page, base));

  await story.step('a model without a drawing is laid out', () => laysOut(page, base));

  await story.step('the inside of a collapsed sub-process opens, though it is not drawn', () => opensCollapsed(page, base));

  await story.step('what cannot be drawn is listed with its tokens', () => listsTheUndrawable(page, base));

  await story.step('an address that leads nowhere says so and offers a way on', () => refused(complaints, '40[04]', () => findsTheWayBack(page, base)));

  await story.step('a link shows the same again', () => remembersInTheAddress(page, base, instance));

  await story.step('the page outlasts the server, without a reload', () => forgiving(complaints, /ERR_INTERNET_DISCONNECTED|network error/, () => outlastsTheServer(page, base, instance)));

  await story.step('a screen whose file does not come opens when it is there', () => forgiving(complaints, /ERR_FAILED|dynamically imported module/, () => waitsForAMissingFile(page, base)));

  await story.step('the Tab key reaches everything, and shows where it is', async () => {
    const { body } = await ask(base, 'POST', '/v2/process-definitions/search', { filter: { processDefinitionId: 'order-fulfilment' } });
    const { body: decided } = await ask(base, 'POST', '/v2/decision-definitions/search', { filter: { decisionDefinitionId: 'assessment' } });
    const { body: running } = await ask(base, 'POST', '/v2/process-instances/search', { filter: { processDefinitionId: 'claims', state: 'ACTIVE' } });
    const process = `/processes/${body.items[0].processDefinitionKey}`;
    const one = `/instances/${running.items[0].processInstanceKey}`;
    const decision = `/decisions/${decided.items[0].decisionDefinitionKey}`;
    await reachesEverything(page, base, ['/', '/processes', process, `${process}?start=true`, '/instances', one, `${one}?tab=history`, '/incidents', '/tasks', '/decisions', decision, '/connectors']);
  });

  await story.step('no console error, no policy violation, no foreign request', async () => {
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
  await browser.close();
}
