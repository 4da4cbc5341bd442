/** The frame of every screen: one heading, its facts, its actions. */
import { IconChevronLeft } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import styles from './ui.module.css';

interface PageProps {
  title: ReactNode;
  /** Title of the browser tab. */
  tab: string;
  facts?: ReactNode;
  actions?: ReactNode;
  back?: { label: string; link: LinkProps };
  /** Fills the window; parts of the page scroll instead of the page. */
  full?: boolean;
  children: ReactNode;
}

export function Page({ title, tab, facts, actions, back, full, children }: PageProps) {
  useEffect(() => {
    document.title = `${tab} · Dirigent`;
  }, [tab]);
  return (
    <div className={`${styles.page} ${full ? styles.pageFull : ''}`}>
      <header className={styles.pageHead}>
        <div className={styles.pageTitle}>
          {back && (
            <Link {...back.link} className={styles.crumb}>
              <IconChevronLeft size={14} aria-hidden /> {back.label}
            </Link>
          )}
          <h1>{title}</h1>
          {facts && <div className={styles.pageSub}>{facts}</div>}
        </div>
        {actions && <div className={styles.pageActions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Card({ title, aside, children, className, label }: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  label?: string;
}) {
  return (
    <section className={`${styles.card} ${className ?? ''}`} aria-label={label ?? (typeof title === 'string' ? title : undefined)}>
      {title && (
        <div className={styles.cardHead}>
          <h2>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
