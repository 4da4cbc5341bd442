/** Deploys the model with every kind of element and compares what the studio draws for each with what it has to be. */
import { everyKind } from './every-kind.mjs';
import { deploy, settled } from './harness.mjs';

/** Fails with every element that is not drawn, lacks its symbol, or looks like another kind. DEMO_KINDS names pictures. */
export async function showsEveryKind(page, base) {
  const { xml, shapes, edges } = everyKind();
  const key = await deploy(base, { 'every-kind.bpmn': xml });
  await page.goto(`${base}/processes/${key}`);
  await page.locator('.diagram-canvas[data-ready="true"]').waitFor();
  await settled(page);
  const size = page.viewportSize();
  // Large enough to read in the pictures.
  if (process.env.DEMO_KINDS) await page.setViewportSize({ width: 2600, height: 5000 });
  const failures = [];
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, scheme);
    const drawn = await page.evaluate(readDrawings);
    failures.push(...compare(drawn, shapes, edges).map((each) => `${scheme}: ${each}`));
    if (process.env.DEMO_KINDS) await page.locator('.diagram').screenshot({ path: `${process.env.DEMO_KINDS}-${scheme}.png` });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(size);
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

/** What is wrong with the drawings, by element. */
export function compare(drawn, shapes, edges) {
  const failures = [];
  const looks = new Map();
  const symbols = new Map();
  for (const { id, symbol, parts } of [...shapes, ...edges.map((each) => ({ parts: 1, ...each }))]) {
    const drawing = drawn[id];
    if (!drawing) {
      failures.push(`${id} is not drawn`);
      continue;
    }
    if (drawing.unknown) failures.push(`${id} is of a kind that nothing draws`);
    if (drawing.parts < parts) failures.push(`${id} has ${drawing.parts} graphics instead of ${parts}: its symbol is missing`);
    if (drawing.invisible) failures.push(`${id} cannot be seen against the background`);
    if (drawing.width === 0 && drawing.height === 0) failures.push(`${id} has no size`);
    if (!symbol) continue;
    const other = looks.get(drawing.look);
    if (other && other.symbol !== symbol) failures.push(`${id} (${symbol}) looks like ${other.id} (${other.symbol})`);
    const same = symbols.get(symbol);
    if (same && same.look !== drawing.look) failures.push(`${id} does not look like ${same.id}, though both are ${symbol}`);
    if (!other) looks.set(drawing.look, { id, symbol });
    if (!same) symbols.set(symbol, { id, look: drawing.look });
  }
  return failures;
}

/** Runs in the page: for each element how many graphics it has and what they are, without texts and the course of lines. */
function readDrawings() {
  const GRAPHICS = 'path, circle, ellipse, rect, polygon, polyline, line';
  const background = getComputedStyle(document.querySelector('.diagram')).backgroundColor;
  const unlike = (paint) => paint !== 'none' && paint !== background && !/, 0\)$/.test(paint);
  const drawn = {};
  for (const element of document.querySelectorAll('.djs-element[data-element-id]')) {
    const id = element.getAttribute('data-element-id');
    if (id.endsWith('_label')) continue;
    const visual = element.querySelector(':scope > .djs-visual');
    const graphics = [...visual.querySelectorAll(GRAPHICS)].filter((each) => !each.closest('defs, text'));
    const line = element.classList.contains('djs-connection');
    const box = visual.getBoundingClientRect();
    const describe = (each) => {
      const style = getComputedStyle(each);
      const course = ['d', 'points', 'r', 'cx', 'cy', 'rx', 'width', 'height', 'transform'].map((name) => (line ? '' : each.getAttribute(name)));
      // The arrow itself, for its name is a random one.
      const end = (name) => document.getElementById(/#([^"')]+)/.exec(style[name])?.[1])?.innerHTML ?? style[name];
      return [each.tagName, ...course, style.fill, style.stroke, style.strokeWidth, style.strokeDasharray, end('markerStart'), end('markerEnd')].join(' ');
    };
    drawn[id] = {
      parts: graphics.length,
      look: graphics.map(describe).join('; '),
      // So diagram-js draws what no renderer takes.
      unknown: graphics.some((each) => getComputedStyle(each).stroke === 'rgb(255, 0, 255)'),
      invisible: !graphics.some((each) => unlike(getComputedStyle(each).stroke)),
      width: box.width,
      height: box.height,
    };
  }
  return drawn;
}
