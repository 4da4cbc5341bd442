/**
 * The story of a newcomer: start the sample while its payment service fails, see the incident, read the cause, correct
 * the variable, approve the order, see it done. Everything through the screens, nothing through the API.
 *
 * DIRIGENT_URL is the address of a running server with the sample (`./x run`); CHROMIUM may name a browser.
 */
import { readFileSync } from 'node:fs';
import { accessible, browserPath, openPage, picture, Story, watermarkVisible } from './harness.mjs';

const base = (process.env.DIRIGENT_URL ?? 'http://localhost:8080').replace(/\/$/, '');
const story = new Story();

async function reachable() {
  try {
    return (await fetch(`${base}/v2/topology`)).ok;
  } catch {
    return false;
  }
}

if (!browserPath()) {
  story.skip('the story of a newcomer', 'no Chromium; install it (apt-get install chromium) or name it in CHROMIUM');
} else if (!(await reachable())) {
  story.skip('the story of a newcomer', `no server at ${base}; start one with ./x run or set DIRIGENT_URL`);
} else {
  await tell();
}
story.end();

async function tell() {
  const { browser, page, complaints } = await openPage(base);
  const button = (name) => page.getByRole('button', { name });
  let instance = '';

  await story.step('the first page opens and is live', async () => {
    await page.goto(base);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('Engine healthy').waitFor();
    await accessible(page, 'home');
  });

  await story.step('the sample process shows its diagram', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Processes' }).click();
    await page.getByRole('link', { name: 'Order fulfilment', exact: true }).click();
    await page.locator('.diagram-canvas[data-ready="true"]').waitFor();
    await watermarkVisible(page);
    await accessible(page, 'process');
  });

  await story.step('an order starts while the payment service fails', async () => {
    await button('Start instance').first().click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('button', { name: /outage/i }).click();
    await drawer.locator('.cm-content').filter({ hasText: 'outage' }).waitFor();
    await drawer.getByRole('button', { name: 'Start instance' }).click();
    await page.waitForURL(/\/instances\/\d+/);
    instance = new URL(page.url()).pathname.split('/').pop();
  });

  await story.step('the incident appears by itself and says why', async () => {
    const incident = page.getByRole('article', { name: /Incident at/ });
    await incident.waitFor({ timeout: 90_000 });
    await incident.getByText(/500|outage|unavailable/i).first().waitFor();
    await page.locator('.badge-incident').waitFor();
    await watermarkVisible(page);
    await accessible(page, 'incident');
    await settled(page);
    await picture(page, 'instance-incident');
  });

  await story.step('home says what needs a person', async () => {
    await page.goto(base);
    await page.getByText('instances with an incident').waitFor();
    await page.getByRole('heading', { name: 'Stuck' }).waitFor();
    await settled(page);
    await picture(page, 'home');
    await page.goto(`${base}/instances/${instance}`);
  });

  await story.step('the variable is corrected and the incident resolved', async () => {
    await button('Edit variable and resolve').click();
    const drawer = page.getByRole('dialog');
    const choice = drawer.getByRole('combobox', { name: 'Variable' });
    if (!(await choice.inputValue()).startsWith('simulate')) {
      await choice.click();
      await page.getByRole('option', { name: /^simulate/ }).click();
    }
    const editor = drawer.locator('.cm-content');
    await editor.click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('"none"');
    await drawer.getByRole('button', { name: 'Save and resolve' }).click();
    await drawer.waitFor({ state: 'hidden' });
    await page.getByRole('article', { name: /Incident at/ }).filter({ has: page.getByRole('button', { name: 'Retry' }) }).waitFor({ state: 'hidden' });
  });

  await story.step('the token moves on to a task, live', async () => {
    const tasks = page.getByRole('tab', { name: /User tasks/ });
    await tasks.click();
    const link = page.getByRole('tabpanel').getByRole('link', { name: /Review order/ });
    await link.waitFor({ timeout: 60_000 });
    await link.click();
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
  });

  await story.step('the instance is done and tells its history', async () => {
    await page.goto(`${base}/instances/${instance}?tab=history`);
    await page.getByRole('heading', { level: 1 }).getByText('Completed').waitFor({ timeout: 30_000 });
    await page.getByText('The instance completed').waitFor();
    await page.locator('.diagram-canvas[data-ready="true"]').waitFor();
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
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Connectors' }).click();
    await page.getByRole('button', { name: /field/ }).first().waitFor();
    await accessible(page, 'connectors');
  });

  await story.step('a refused deployment shows every finding', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Processes' }).click();
    await button('Deploy').waitFor();
    const before = complaints.length;
    await page.locator('input[type=file]').setInputFiles({ name: 'broken.bpmn', mimeType: 'text/xml', buffer: readFileSync(new URL('broken.bpmn', import.meta.url)) });
    const dialog = page.getByRole('dialog');
    await dialog.getByText('was not deployed').waitFor();
    const findings = await dialog.getByRole('listitem').count();
    if (findings < 1) throw new Error('no finding is shown');
    await accessible(page, 'findings');
    // The browser itself logs the refusal that this step asks for.
    complaints.splice(before, complaints.length - before, ...complaints.slice(before).filter((each) => !/status of 400/.test(each)));
    await dialog.getByRole('button', { name: 'Close' }).first().click();
  });

  await story.step('no console error, no policy violation, no foreign request', async () => {
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
  await browser.close();
}

/** Messages are gone and no diagram or list is still loading. */
async function settled(page) {
  await page.waitForFunction(
    () => !document.querySelector('.diagram-loading, .mantine-Notification-root'),
    undefined,
    { timeout: 20_000 },
  );
}
