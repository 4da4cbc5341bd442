/** What the demo needs around its story: steps that are counted, a watched page, pictures in both schemes. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const wantsPictures = process.argv.includes('--pictures') || Boolean(process.env.DIRIGENT_PICTURES);
const SIZE = { width: 1440, height: 900 };

export function browserPath() {
  const candidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return candidates.find((path) => path && existsSync(path));
}

/** Runs steps in order; after one that fails the others are skipped, for they build upon each other. */
export class Story {
  passed = 0;
  failed = 0;
  skipped = 0;

  /** A page of which a picture is taken where a step fails; DEMO_FAILURE names the file. */
  page;

  async step(name, action) {
    if (this.failed > 0) {
      this.skipped += 1;
      console.log(`skip  ${name}`);
      return;
    }
    const begin = performance.now();
    try {
      await action();
      this.passed += 1;
      console.log(`ok    ${name} (${Math.round(performance.now() - begin)} ms)`);
    } catch (error) {
      this.failed += 1;
      if (this.page && process.env.DEMO_FAILURE) await this.page.screenshot({ path: process.env.DEMO_FAILURE }).catch(() => {});
      console.log(`FAIL  ${name}${this.page ? ` (${this.page.url()})` : ''}\n      ${String(error?.message ?? error).split('\n').slice(0, 12).join('\n      ')}`);
    }
  }

  skip(name, reason) {
    this.skipped += 1;
    console.log(`skip  ${name}\nskipped: ${reason}`);
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`);
    process.exitCode = this.failed > 0 ? 1 : 0;
  }
}

/** A page whose complaints are kept: console errors, uncaught errors, policy violations, foreign requests. */
export async function openPage(base) {
  const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'], headless: true });
  const context = await browser.newContext({ viewport: SIZE, colorScheme: 'light', reducedMotion: 'reduce', locale: 'en-GB' });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && new URL(url).origin !== new URL(base).origin) complaints.push(`foreign request: ${url}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  page.setDefaultTimeout(15_000);
  return { browser, page, complaints };
}

/** A picture in each scheme, where the command line asks for pictures. The page follows the system's scheme by itself. */
export async function picture(page, name) {
  if (!wantsPictures) return;
  mkdirSync(images, { recursive: true });
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, scheme);
    // Nothing of the last click or message belongs in a picture.
    await page.mouse.move(2, 2);
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    await page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== 'running' || each.effect?.getComputedTiming().iterations === Infinity));
    await page.screenshot({ path: `${images}${name}-${scheme}.png` });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Fails with what axe finds against WCAG 2.2 A and AA, in both schemes. */
export async function accessible(page, where) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, scheme);
    await page.evaluate(axe);
    const found = await page.evaluate(() =>
      window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
        .then((result) => result.violations.map((each) => `${each.id}: ${each.nodes.map((node) => `${node.target.join(' ')} (${[...node.any, ...node.all, ...node.none][0]?.message ?? ''})`).slice(0, 3).join(', ')}`)),
    );
    if (found.length > 0) throw new Error(`${where}, ${scheme}: ${found.join('; ')}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The licence of bpmn-js: its watermark stays fully visible and nothing lies over it. */
export async function watermarkVisible(page) {
  const covered = await page.evaluate(() =>
    [...document.querySelectorAll('.bjs-powered-by')].map((mark) => {
      const box = mark.getBoundingClientRect();
      const points = [[box.left + 3, box.top + 3], [box.right - 3, box.top + 3], [box.left + 3, box.bottom - 3], [box.right - 3, box.bottom - 3]];
      return points.every(([x, y]) => mark.contains(document.elementFromPoint(x, y))) && box.width > 40;
    }),
  );
  if (covered.length === 0 || covered.includes(false)) throw new Error('the bpmn.io watermark is missing or covered');
}

/** Messages are gone and no diagram or list is still loading. */
export async function settled(page) {
  await page.waitForFunction(
    () => !document.querySelector('.diagram-loading, .mantine-Notification-root'),
    undefined,
    { timeout: 20_000 },
  );
}

/** Deploys files by name and gives the key of the first process in them. */
export async function deploy(base, files) {
  const form = new FormData();
  for (const [name, text] of Object.entries(files)) form.append('resources', new Blob([text]), name);
  const response = await fetch(`${base}/v2/deployments`, { method: 'POST', body: form });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer.deployments.find((each) => each.processDefinition)?.processDefinition.processDefinitionKey;
}

/** An answer of the API, as what the screens show is compared with it. */
export async function ask(base, method, path, body) {
  const response = await fetch(`${base}${path}`, { method, headers: { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** Replaces what an editor holds. */
export async function write(page, editor, value) {
  await editor.click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(JSON.stringify(value, null, 2));
}

/** Does what a step asks for although it is refused, and drops what the browser itself logs about such an answer. */
export function refused(complaints, status, action) {
  return forgiving(complaints, new RegExp(`status of ${status}`), action);
}

/** The same for anything that a step provokes. */
export async function forgiving(complaints, expected, action) {
  const before = complaints.length;
  await action();
  complaints.push(...complaints.splice(before).filter((each) => !expected.test(each)));
}
