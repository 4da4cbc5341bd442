/** What a newcomer meets off the path: addresses that lead nowhere, a server that is away, a file that does not come. */
import { accessible, settled } from './harness.mjs';

const LOST = [
  ['/no/such/page', 'There is no such page', 'Go home'],
  ['/instances/123', 'There is no such instance', 'Show all instances'],
  ['/instances/abc', 'There is no such instance', 'Show all instances'],
  ['/processes/123', 'This process is not deployed', 'Show all processes'],
  ['/decisions/123', 'This decision is not deployed', 'Show all decisions'],
  ['/tasks?task=123', 'There is no such task', 'Show open tasks'],
];

/** Every address that leads nowhere says so and offers a way on. */
export async function findsTheWayBack(page, base) {
  for (const [path, title, way] of LOST) {
    await page.goto(base + path);
    await page.getByRole('heading', { name: title }).waitFor();
    await accessible(page, path);
    await page.getByRole('link', { name: way }).click();
    await page.waitForURL((url) => url.pathname + url.search !== path);
    const name = await page.title();
    if (!/^\S.* · Dirigent$/.test(name)) throw new Error(`${path} led to a page with the title ${name}`);
  }
}

/** What is chosen on a page is in its address: whoever opens the link, or reloads, sees the same. */
export async function remembersInTheAddress(page, base, instance) {
  const again = async (look) => {
    await look();
    await page.reload();
    await look();
  };
  await page.goto(`${base}/instances`);
  await page.getByRole('button', { name: 'Completed', exact: true }).click();
  await page.getByRole('combobox', { name: 'Process' }).click();
  await page.getByRole('option', { name: 'Order fulfilment' }).click();
  await page.waitForURL(/state=completed.*process=order-fulfilment|process=order-fulfilment.*state=completed/);
  await again(async () => {
    await page.locator('button[aria-pressed="true"]', { hasText: 'Completed' }).waitFor();
    await page.getByRole('link', { name: 'Order fulfilment' }).first().waitFor();
  });
  await page.goto(`${base}/instances/${instance}`);
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('list', { name: 'Elements of the process' }).getByRole('button', { name: /Charge card/ }).click();
  await again(async () => {
    await page.locator('[role=tab][aria-selected="true"]', { hasText: 'History' }).waitFor();
    await page.getByRole('button', { name: 'Show all elements' }).waitFor();
    await page.locator('[data-element-id].is-selected').waitFor();
  });
}

/** While the server cannot be reached the page says so, keeps what it shows, and goes on without a reload. */
export async function outlastsTheServer(page, base, instance) {
  await page.goto(`${base}/instances/${instance}`);
  await page.locator('.diagram-canvas[data-ready="true"]').waitFor();
  await page.evaluate(() => {
    window.neverReloaded = true;
  });
  // The other screens have come meanwhile.
  await page.waitForFunction(() => performance.getEntriesByType('resource').some((each) => /\/CodeEditor-.*\.js$/.test(each.name)));
  await page.context().setOffline(true);
  const banner = page.getByText('The server cannot be reached.');
  await banner.waitFor();
  await page.getByText('Engine not reachable').waitFor();
  await page.locator('.diagram-canvas[data-ready="true"]').waitFor();
  await accessible(page, 'without a server');
  // A screen that has never been open.
  await page.getByRole('link', { name: 'Decisions', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Decisions' }).waitFor();
  await page.getByRole('link', { name: 'Processes', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Processes' }).waitFor();
  await page.context().setOffline(false);
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
  await banner.waitFor({ state: 'hidden' });
  await page.getByRole('link', { name: 'Order fulfilment', exact: true }).waitFor();
  if (!(await page.evaluate(() => window.neverReloaded))) throw new Error('the page was reloaded');
  await settled(page);
}

/** A screen whose file does not come waits for it, and opens by itself. */
export async function waitsForAMissingFile(page, base) {
  const file = /\/assets\/ConnectorsPage-.*\.js$/;
  await page.route(file, (route) => route.abort());
  // A page of its own, so that nothing of it is loaded yet.
  await page.goto(`${base}/connectors`);
  await page.getByRole('heading', { name: 'This page could not be loaded yet' }).waitFor();
  await page.unroute(file);
  // It may open by itself before anyone clicks.
  await page.getByRole('button', { name: 'Try again' }).click({ timeout: 2_000 }).catch(() => undefined);
  await page.getByRole('heading', { level: 1, name: 'Connectors' }).waitFor();
}

/** Every action of a page is reached with the Tab key, and what has the focus can be seen. */
export async function reachesEverything(page, base, paths) {
  for (const path of paths) {
    await page.goto(base + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForFunction(() => !document.querySelector('[role=status] > .sr-only, .diagram-loading, .dmn-loading, .mantine-Skeleton-root'));
    await page.evaluate(() => {
      window.reached = new Set();
      document.activeElement?.blur();
    });
    const unseen = new Set();
    for (let step = 0; step < MOST_STOPS; step += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(readFocus);
      if (stop === 'again') break;
      if (stop) unseen.add(stop);
    }
    const missed = await page.evaluate(readMissed);
    if (missed.length > 0) throw new Error(`${path}: the Tab key does not reach ${missed.join('\n')}`);
    if (unseen.size > 0) throw new Error(`${path}: the focus cannot be seen on ${[...unseen].join('\n')}`);
  }
}

const MOST_STOPS = 400;

/** Runs in the page: `again` where the focus has gone round, else what has it and does not show it. */
function readFocus() {
  const element = document.activeElement;
  if (!element || element === document.body) return undefined;
  if (window.reached.values().next().value === element && window.reached.size > 1) return 'again';
  window.reached.add(element);
  const visible = (each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  };
  // An editor, a switch and a choice show it on what is around or beside them.
  const beside = element.type === 'radio' || element.type === 'checkbox' ? element.nextElementSibling : undefined;
  return [element, element.closest('[class*="_editor"]'), beside].some((each) => each && visible(each)) ? undefined : element.outerHTML.slice(0, 140);
}

/** Runs in the page: what can be used and was never reached. */
function readMissed() {
  const focusable = 'a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, [tabindex="0"], [contenteditable=true]';
  const shown = (each) => each.getClientRects().length > 0 && getComputedStyle(each).visibility !== 'hidden' && each.tabIndex >= 0;
  // An open dialog keeps the focus to itself.
  const place = [...document.querySelectorAll('[role=dialog]')].find((each) => each.getClientRects().length > 0) ?? document;
  // Of a group of choices and of the tabs one is reached, and the arrows lead on; the drawing has the list of its elements.
  const led = (each) => each.type === 'radio' || each.getAttribute('role') === 'tab' || each.closest('.bjs-powered-by, .djs-container');
  return [...place.querySelectorAll(focusable)].filter((each) => shown(each) && !led(each) && !window.reached.has(each)).map((each) => each.outerHTML.slice(0, 140));
}
