/**
 * Loads the screens that are not open yet while nothing else goes on, so that a click opens one at once, also while the
 * server is away. The first screen has long been shown by then.
 */
import { screens } from './screens';

const AFTER = 1_500;

export function warmUp(): () => void {
  let stopped = false;
  const timer = setTimeout(async () => {
    const parts: (() => Promise<unknown>)[] = [...Object.values(screens), () => import('../shared/diagram/view'), () => import('../shared/ui/CodeEditor')];
    for (const load of parts) {
      if (stopped) return;
      // What does not come now is asked for again when it is opened.
      await load().catch(() => undefined);
      await idle();
    }
  }, AFTER);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: 1_000 });
    else setTimeout(resolve, 50);
  });
}
