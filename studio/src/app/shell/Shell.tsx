/** The frame around every screen: rail, top bar, status bar. */
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { warmUp } from '../warmUp';
import { ConnectionBanner } from './ConnectionBanner';
import { Rail } from './Rail';
import { StatusBar } from './StatusBar';
import { TopBar } from './TopBar';
import styles from './shell.module.css';

export function Shell() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = useRef(true);

  // A new screen starts at its top and takes the focus from the link that led to it.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    main.current?.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);

  useEffect(warmUp, []);

  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>Skip to the content</a>
      <Rail />
      <TopBar />
      <main id="main" className={styles.main} ref={main} tabIndex={-1}>
        <ConnectionBanner />
        <Outlet />
      </main>
      <StatusBar />
    </div>
  );
}
